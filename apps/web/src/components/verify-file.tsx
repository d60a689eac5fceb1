import { Alert, Button, Field, Label, Paragraph, Textfield } from '@digdir/designsystemet-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { VerifyJob, VerifyReply } from '../verify/worker';
import { useFormats, useWords } from '../i18n';

const WORDS = {
  nb: {
    lead: 'Filen leses her i nettleseren, bit for bit, og forlater aldri maskinen din. Ingen tjener er med på kontrollen.',
    file: 'Eksportert revisjonsspor (ledger.ndjson)',
    key: 'Notarens offentlige nøkkel (base64)',
    keyHelp:
      'Skriv nøkkelen som du har fått fra noen du stoler på. Uten den brukes nøkkelen som filen selv nevner, og det sier mindre.',
    go: 'Kontroller',
    cancel: 'Avbryt',
    working: (n: string, s: string) => `${n} linjer, ${s}`,
    holds: (n: string, s: string) => `Filen holder: ${n} innslag kontrollert på ${s} s.`,
    anchored: (n: string, c: string, at: string) =>
      `${n} innslag er dekket av ${c} signerte sjekkpunkter, det siste fra ${at}.`,
    believed: 'Nøkkel som ble trodd',
    own: 'Nøkkelen kom fra filen selv. Sammenlign den med den du kjenner.',
    broken: 'FILEN ER ENDRET',
    failed: 'Filen kunne ikke leses:',
  },
  en: {
    lead: 'The file is read in this browser, piece by piece, and never leaves your computer. No server takes part.',
    file: 'Exported ledger (ledger.ndjson)',
    key: "The notary's public key (base64)",
    keyHelp:
      'Type the key that you got from somebody you believe. Without it the key that the file itself names is used, which says less.',
    go: 'Verify',
    cancel: 'Cancel',
    working: (n: string, s: string) => `${n} lines, ${s}`,
    holds: (n: string, s: string) => `The file holds: ${n} entries verified in ${s} s.`,
    anchored: (n: string, c: string, at: string) =>
      `${n} entries are covered by ${c} signed checkpoints, the last of ${at}.`,
    believed: 'Key that was believed',
    own: 'The key came from the file itself. Compare it with the one you know.',
    broken: 'THE FILE HAS BEEN CHANGED',
    failed: 'The file could not be read:',
  },
};

/** Verifies an exported ledger in a worker of this page: no server takes part. */
export function VerifyFile() {
  const w = useWords(WORDS);
  const f = useFormats();
  const [file, setFile] = useState<File>();
  const [key, setKey] = useState('');
  const [reply, setReply] = useState<VerifyReply>();
  const [busy, setBusy] = useState(false);
  const [ready, setReady] = useState(false);
  const worker = useRef<Worker>(undefined);
  const spawn = useCallback(() => {
    worker.current?.terminate();
    const made = new Worker(new URL('../verify/worker.ts', import.meta.url), { type: 'module' });
    made.onmessage = ({ data }: MessageEvent<VerifyReply>) => {
      if (data.kind === 'ready') return setReady(true);
      setReply(data);
      if (data.kind !== 'progress') setBusy(false);
    };
    made.onerror = (event) => {
      setReply({ kind: 'failed', message: event.message });
      setBusy(false);
    };
    worker.current = made;
  }, []);
  // At once, so that everything that verifying needs is here before a file is chosen: the network may be gone by then.
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
  return (
    <div className="stack">
      <Paragraph>{w.lead}</Paragraph>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (file) start({ file, key });
        }}
      >
        <Field>
          <Label>{w.file}</Label>
          <input
            type="file"
            accept=".ndjson,.json,application/x-ndjson"
            onChange={(event) => {
              stop();
              setFile(event.target.files?.[0]);
            }}
          />
        </Field>
        <Textfield label={w.key} description={w.keyHelp} value={key} onChange={(event) => setKey(event.target.value)} />
        <div className="actions">
          <Button type="submit" disabled={!file || busy || !ready}>
            {w.go}
          </Button>
          {busy ? (
            <Button type="button" variant="tertiary" onClick={stop}>
              {w.cancel}
            </Button>
          ) : null}
        </div>
      </form>
      <div aria-live="polite" className="stack" data-testid="verdict">
        {reply ? <Verdict reply={reply} own={key.trim() === ''} w={w} f={f} /> : null}
      </div>
    </div>
  );
}

function Verdict({
  reply,
  own,
  w,
  f,
}: {
  reply: VerifyReply;
  own: boolean;
  w: (typeof WORDS)['nb' | 'en'];
  f: ReturnType<typeof useFormats>;
}) {
  if (reply.kind === 'progress')
    return (
      <>
        <progress max={1} value={reply.share} aria-label={w.working(f.number(reply.entries), f.share(reply.share))} />
        <Paragraph>{w.working(f.number(reply.entries), f.share(reply.share))}</Paragraph>
      </>
    );
  if (reply.kind === 'ready') return null;
  if (reply.kind === 'failed')
    return (
      <Alert data-color="danger">
        {w.failed} {reply.message}
      </Alert>
    );
  const { verdict, believed, seconds } = reply;
  if (verdict.problems.length > 0)
    return (
      <Alert data-color="danger">
        <strong>{w.broken}</strong>
        <ul>
          {verdict.problems.map((p) => (
            <li key={`${p.entry} ${p.problem}`}>
              {p.entry}: {p.problem}
            </li>
          ))}
        </ul>
      </Alert>
    );
  return (
    <>
      <Alert data-color="success">
        {w.holds(f.number(verdict.entries), f.number(seconds, 1))}{' '}
        {w.anchored(f.number(verdict.anchored), f.number(verdict.checkpoints), f.instant(verdict.lastCheckpoint))}
      </Alert>
      <Paragraph data-size="sm">
        {w.believed}: <code>{believed}</code>
      </Paragraph>
      {own ? <Alert data-color="warning">{w.own}</Alert> : null}
    </>
  );
}
