import { Alert, Button, Paragraph } from '@digdir/designsystemet-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Reproduction as ReproductionState } from '../api/client';
import { useLanguage, useMessages } from '../i18n';
import { codeText } from '../messages/code-texts';
import { MESSAGES } from '../messages/lineage-node';
import { progressName } from '../messages/progress';
import { STAGES } from '../messages/reproduction';
import { DataTable } from './data-table';
import { ShortId } from './page';
import { Problem } from './query-boundary';

const POLL_MS = 1500;

/** Reproduces a node from its pinned inputs, and shows stage by stage whether the result is the same. */
export function Reproduction({ id }: { id: string }) {
  const t = useMessages(MESSAGES);
  const [key, setKey] = useState<string>();
  const start = useMutation({
    mutationFn: () => answer(api.POST('/v1/reproductions', { body: { id } })),
    onSuccess: (started) => setKey(started.key),
  });
  const { data } = useQuery({
    queryKey: ['reproduction', key],
    queryFn: () => answer(api.GET('/v1/reproductions/{key}', { params: { path: { key: key! } } })),
    enabled: key !== undefined,
    refetchInterval: (query) =>
      query.state.data === undefined || query.state.data.state === 'running' ? POLL_MS : false,
  });
  const running = data?.state === 'running';
  return (
    <div className="stack" aria-live="polite">
      <div>
        <Button
          variant="secondary"
          data-size="sm"
          onClick={() => start.mutate()}
          loading={running}
          disabled={start.isPending || running}
        >
          {t.reproduce}
        </Button>
      </div>
      {start.isError ? <Problem error={start.error} /> : null}
      {data ? <Result reproduction={data} /> : null}
    </div>
  );
}

function Result({ reproduction }: { reproduction: ReproductionState }) {
  const t = useMessages(MESSAGES);
  const stages = useMessages(STAGES);
  const { language } = useLanguage();
  const { state, step, same, firstDifference } = reproduction;
  if (state === 'failed') return <Alert data-color="danger">{t.failed}</Alert>;
  if (state === 'running')
    return (
      <Paragraph>
        {t.running}: {step === null ? '' : progressName(step, language)}
      </Paragraph>
    );
  return (
    <>
      <Alert data-color={same ? 'success' : 'danger'}>
        {same ? t.same : `${t.differs} ${firstDifference === null ? '' : codeText(stages, firstDifference)}`}
      </Alert>
      <DataTable
        name={t.reproduce}
        rows={reproduction.stages}
        keyOf={(s) => `${s.stage} ${s.id}`}
        columns={[
          { head: t.stage, cell: (s) => codeText(stages, s.stage) },
          { head: t.id, cell: (s) => <ShortId id={s.id} /> },
          { head: t.result, cell: (s) => (s.same ? t.yes : t.no) },
        ]}
      />
    </>
  );
}
