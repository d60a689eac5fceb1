import { Alert, Button, Details, Paragraph } from '@digdir/designsystemet-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Graph } from '../api/client';
import { KINDS, pageOfKind } from '../messages/kinds';
import { useMay } from '../layout';
import { useFormats, useWords } from '../i18n';
import { Facts, Id, Section, To } from './page';
import { Problem } from './states';
import { Rows } from './table';

const WORDS = {
  nb: {
    id: 'Id',
    when: 'Når',
    by: 'Hvem',
    page: 'Egen side',
    proof: (n: number) => `Bevis for innslag ${n}`,
    verify: 'Kontroller beviset',
    reproduce: 'Lag på nytt og sammenlign',
    covered: (n: number, at: string) =>
      `Innslaget er dekket av sjekkpunktet med ${n} innslag fra ${at}. Beviset er regnet etter her i nettleseren, og stemmer.`,
    wrong: 'Beviset stemmer IKKE med sjekkpunktet.',
    running: 'Lages på nytt',
    same: 'Laget på nytt til de samme bytene.',
    differs: 'Ble IKKE det samme. Første steg som er forskjellig:',
    failed: 'Kunne ikke lages på nytt.',
    stage: 'Steg',
    result: 'Likt',
    yes: 'ja',
    no: 'NEI',
    bytes: 'Innslaget',
  },
  en: {
    id: 'Id',
    when: 'When',
    by: 'Who',
    page: 'Its page',
    proof: (n: number) => `Proof of entry ${n}`,
    verify: 'Check the proof',
    reproduce: 'Make again and compare',
    covered: (n: number, at: string) =>
      `The entry is covered by the checkpoint of ${n} entries of ${at}. The proof was recomputed in this browser, and holds.`,
    wrong: 'The proof does NOT lead to the checkpoint.',
    running: 'Being made again',
    same: 'Made again to the same bytes.',
    differs: 'It was NOT the same. The first stage that differs:',
    failed: 'It could not be made again.',
    stage: 'Stage',
    result: 'Same',
    yes: 'yes',
    no: 'NO',
    bytes: 'The entry',
  },
};
const CAN_BE_MADE = ['snapshot', 'matrix', 'training-run', 'model-version', 'scoring-run', 'list'];

/** One node: where it stands, the proof of its entries, and making it again. */
export function NodeDetails({ node }: { node: Graph['nodes'][number] }) {
  const w = useWords(WORDS);
  const kinds = useWords(KINDS);
  const f = useFormats();
  const mayProve = useMay('getEntryProof');
  const mayMake = useMay('startReproduction');
  const page = pageOfKind(node.kind, node.id);
  return (
    <Section title={`${kinds[node.kind]} ${node.id.slice(0, 12)}`}>
      <Facts
        of={[
          [w.id, <code key="i">{node.id}</code>],
          [w.when, f.instant(node.at)],
          [w.by, node.by ?? '–'],
          ...(page
            ? [
                [
                  w.page,
                  <To key="p" to={page}>
                    {kinds[node.kind]}
                  </To>,
                ] as const,
              ]
            : []),
        ]}
      />
      {mayProve ? node.ledger.slice(0, 3).map((seq) => <Proof key={seq} seq={seq} />) : null}
      {mayMake && CAN_BE_MADE.includes(node.kind) ? <Reproduce id={node.id} /> : null}
    </Section>
  );
}

function Proof({ seq }: { seq: number }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const proof = useMutation({
    mutationFn: async () => {
      const found = await answer(api.GET('/v1/ledger/entries/{seq}/proof', { params: { path: { seq } } }));
      const { proofHolds } = await import('../verify/proof');
      return { found, holds: proofHolds(found) };
    },
  });
  return (
    <div className="stack">
      <div>
        <Button variant="secondary" data-size="sm" onClick={() => proof.mutate()} disabled={proof.isPending}>
          {w.proof(seq)}: {w.verify}
        </Button>
      </div>
      {proof.isError ? <Problem error={proof.error} /> : null}
      {proof.data ? (
        <>
          <Alert data-color={proof.data.holds ? 'success' : 'danger'}>
            {proof.data.holds
              ? w.covered(proof.data.found.checkpoint.size, f.instant(proof.data.found.checkpoint.at))
              : w.wrong}
          </Alert>
          <Details data-size="sm">
            <Details.Summary>{w.bytes}</Details.Summary>
            <Details.Content>
              <pre className="scroll" tabIndex={0}>
                {JSON.stringify(JSON.parse(proof.data.found.bytes), null, 2)}
              </pre>
            </Details.Content>
          </Details>
        </>
      ) : null}
    </div>
  );
}

const LOOK_MS = 1500;

function Reproduce({ id }: { id: string }) {
  const w = useWords(WORDS);
  const [key, setKey] = useState<string>();
  const start = useMutation({
    mutationFn: () => answer(api.POST('/v1/reproductions', { body: { id } })),
    onSuccess: (started) => setKey(started.key),
  });
  const state = useQuery({
    queryKey: ['reproduction', key],
    queryFn: () => answer(api.GET('/v1/reproductions/{key}', { params: { path: { key: key! } } })),
    enabled: key !== undefined,
    refetchInterval: (query) =>
      query.state.data === undefined || query.state.data.state === 'running' ? LOOK_MS : false,
  });
  const { data } = state;
  return (
    <div className="stack" aria-live="polite">
      <div>
        <Button
          variant="secondary"
          data-size="sm"
          onClick={() => start.mutate()}
          loading={data?.state === 'running'}
          disabled={start.isPending || data?.state === 'running'}
        >
          {w.reproduce}
        </Button>
      </div>
      {start.isError ? <Problem error={start.error} /> : null}
      {data?.state === 'running' ? (
        <Paragraph>
          {w.running}: {data.step}
        </Paragraph>
      ) : null}
      {data?.state === 'failed' ? <Alert data-color="danger">{w.failed}</Alert> : null}
      {data?.state === 'done' ? (
        <>
          <Alert data-color={data.same ? 'success' : 'danger'}>
            {data.same ? w.same : `${w.differs} ${data.firstDifference}`}
          </Alert>
          <Rows
            name={w.reproduce}
            rows={data.stages}
            keyOf={(s) => `${s.stage} ${s.id}`}
            columns={[
              { head: w.stage, cell: (s) => s.stage },
              { head: w.id, cell: (s) => <Id of={s.id} /> },
              { head: w.result, cell: (s) => (s.same ? w.yes : w.no) },
            ]}
          />
        </>
      ) : null}
    </div>
  );
}
