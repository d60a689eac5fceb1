import { Alert, Button, Field, Label, Paragraph, Textfield } from '@digdir/designsystemet-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/verify-file';
import type { VerifyJob, VerifyReply } from '../../verify/worker';

/** The verifier in a worker of this page: its latest reply, whether it is loaded, and whether it is at work. */
function useVerifier() {
  const [reply, setReply] = useState<VerifyReply>();
  const [busy, setBusy] = useState(false);
  const [ready, setReady] = useState(false);
  const worker = useRef<Worker>(undefined);
  const spawn = useCallback(() => {
    worker.current?.terminate();
    const spawned = new Worker(new URL('../../verify/worker.ts', import.meta.url), { type: 'module' });
    spawned.onmessage = ({ data }: MessageEvent<VerifyReply>) => {
      if (data.kind === 'ready') return setReady(true);
      setReply(data);
      if (data.kind !== 'progress') setBusy(false);
    };
    spawned.onerror = (event) => {
      setReply({ kind: 'failed', message: event.message });
      setBusy(false);
    };
    worker.current = spawned;
  }, []);
  // Loaded at once, since the network may be gone by the time a file is chosen.
  useEffect(() => {
    spawn();
    return () => worker.current?.terminate();
  }, [spawn]);
  const stop = () => {
    if (busy) spawn();
    setBusy(false);
    setReply(undefined);
  };
  const start = (job: VerifyJob) => {
    setReply(undefined);
    setBusy(true);
    worker.current?.postMessage(job);
  };
  return { reply, busy, ready, start, stop };
}

/** Verifies an exported audit log in the browser: no server takes part. */
export function VerifyFile() {
  const t = useMessages(MESSAGES);
  const [file, setFile] = useState<File>();
  const [key, setKey] = useState('');
  const { reply, busy, ready, start, stop } = useVerifier();
  return (
    <div className="stack">
      <Paragraph>{t.lead}</Paragraph>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (file) start({ file, key });
        }}
      >
        <Field>
          <Label>{t.file}</Label>
          <input
            type="file"
            accept=".ndjson,.json,application/x-ndjson"
            onChange={(event) => {
              stop();
              setFile(event.target.files?.[0]);
            }}
          />
        </Field>
        <Textfield label={t.key} description={t.keyHelp} value={key} onChange={(event) => setKey(event.target.value)} />
        <div className="actions">
          <Button type="submit" disabled={!file || busy || !ready}>
            {t.verify}
          </Button>
          {busy ? (
            <Button type="button" variant="tertiary" onClick={stop}>
              {t.cancel}
            </Button>
          ) : null}
        </div>
      </form>
      <div aria-live="polite" className="stack" data-testid="verdict">
        {reply ? <Reply reply={reply} keyFromFile={key.trim() === ''} /> : null}
      </div>
    </div>
  );
}

function Reply({ reply, keyFromFile }: { reply: VerifyReply; keyFromFile: boolean }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  switch (reply.kind) {
    case 'ready':
      return null;
    case 'progress': {
      const progress = t.working(format.number(reply.entries), format.share(reply.share));
      return (
        <>
          <progress max={1} value={reply.share} aria-label={progress} />
          <Paragraph>{progress}</Paragraph>
        </>
      );
    }
    case 'failed':
      return (
        <Alert data-color="danger">
          {t.failed} {reply.message}
        </Alert>
      );
    case 'done':
      return <Verdict done={reply} keyFromFile={keyFromFile} />;
  }
}

function Verdict({ done, keyFromFile }: { done: Extract<VerifyReply, { kind: 'done' }>; keyFromFile: boolean }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const { verdict, publicKey, seconds } = done;
  if (verdict.problems.length > 0)
    return (
      <Alert data-color="danger">
        <strong>{t.changed}</strong>
        <ul>
          {verdict.problems.map((p) => (
            <li key={`${p.entry} ${p.problem}`}>
              {p.entry}: {p.problem}
            </li>
          ))}
        </ul>
      </Alert>
    );
  const { anchored, checkpoints, lastCheckpoint } = verdict;
  return (
    <>
      <Alert data-color="success">
        {t.intact(format.number(verdict.entries), format.number(seconds, 1))}{' '}
        {t.anchored(format.number(anchored), format.number(checkpoints), format.instant(lastCheckpoint))}
      </Alert>
      <Paragraph data-size="sm">
        {t.trustedKey}: <code>{publicKey}</code>
      </Paragraph>
      {keyFromFile ? <Alert data-color="warning">{t.keyFromFile}</Alert> : null}
    </>
  );
}
