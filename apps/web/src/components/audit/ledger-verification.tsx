import { Alert, Button } from '@digdir/designsystemet-react';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/audit';
import { Problem } from '../query-boundary';

const MOST_PROBLEMS = 20;

/** Asks the server to verify the whole audit log, and shows the result. */
export function LedgerVerification() {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const verification = useMutation({ mutationFn: () => answer(api.GET('/v1/ledger/verification')) });
  const { data } = verification;
  return (
    <div className="stack" aria-live="polite">
      <div>
        <Button variant="secondary" onClick={() => verification.mutate()} disabled={verification.isPending}>
          {verification.isPending ? t.checking : t.check}
        </Button>
      </div>
      {verification.isError ? <Problem error={verification.error} /> : null}
      {data && data.problems.length === 0 ? (
        <Alert data-color="success">
          {t.intact(format.number(data.entries), format.number(data.seconds, 1))}{' '}
          {data.anchored ? t.anchored(format.number(data.anchored.size), format.number(data.anchored.uncovered)) : ''}
        </Alert>
      ) : null}
      {data && data.problems.length > 0 ? (
        <Alert data-color="danger">
          {t.changed}
          <ul>
            {data.problems.slice(0, MOST_PROBLEMS).map((p) => (
              <li key={`${p.seq} ${p.problem}`}>
                {p.seq}: {p.problem}
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
    </div>
  );
}
