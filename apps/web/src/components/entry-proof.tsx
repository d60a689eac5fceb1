import { Alert, Button, Details } from '@digdir/designsystemet-react';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { useFormat, useMessages } from '../i18n';
import { MESSAGES } from '../messages/lineage-node';
import { JsonDocument } from './json-document';
import { Problem } from './query-boundary';

/** Fetches the proof of an audit log entry and verifies it in the browser. */
export function EntryProof({ seq }: { seq: number }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const verification = useMutation({
    mutationFn: async () => {
      const proof = await answer(api.GET('/v1/ledger/entries/{seq}/proof', { params: { path: { seq } } }));
      const { verifyEntryProof } = await import('../verify/proof');
      return { ...proof, valid: verifyEntryProof(proof) };
    },
  });
  const { data } = verification;
  return (
    <div className="stack">
      <div>
        <Button
          variant="secondary"
          data-size="sm"
          onClick={() => verification.mutate()}
          disabled={verification.isPending}
        >
          {t.verify(seq)}
        </Button>
      </div>
      {verification.isError ? <Problem error={verification.error} /> : null}
      {data ? (
        <>
          <Alert data-color={data.valid ? 'success' : 'danger'}>
            {data.valid ? t.covered(data.checkpoint.size, format.instant(data.checkpoint.at)) : t.wrong}
          </Alert>
          <Details data-size="sm">
            <Details.Summary>{t.entry}</Details.Summary>
            <Details.Content>
              <JsonDocument value={JSON.parse(data.bytes) as unknown} />
            </Details.Content>
          </Details>
        </>
      ) : null}
    </div>
  );
}
