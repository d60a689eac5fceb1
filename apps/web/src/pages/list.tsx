import { Alert, Button, Field, Label, Paragraph, Select, Switch, Tag, Textfield } from '@digdir/designsystemet-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { answer, api, type Line, type List } from '../api/client';
import { Facts, Id, Page, Section, StateTag, To } from '../components/page';
import { usePages } from '../components/use-infinite-pages';
import { Ask, Empty, Problem } from '../components/states';
import { type Column, LongList } from '../components/table';
import { useMay, useMe } from '../layout';
import { useFormats, useWords } from '../i18n';
import { STATES } from '../messages/states';

const WORDS = {
  nb: {
    title: 'Utvalgsliste',
    lead: 'Utvalgt betyr ikke mistenkt: en linje åpner en undersøkelse og avgjør ingenting. Når du ser en side av listen, blir det ført. Sannsynligheten er kalibrert på aktører som ble kontrollert; for andre holder den så langt de ligner.',
    slot: 'Felt',
    asOf: 'Hva som var kjent',
    state: 'Status',
    signOffs: 'Forseglinger',
    places: 'Plasser',
    candidates: 'Aktører skåret',
    version: 'Versjon',
    lineage: 'Avstamming',
    rank: 'Plass',
    provider: 'Aktør',
    group: 'Gruppe',
    probability: 'Sannsynlighet for funn',
    expected: 'Forventet beløp',
    outOfDistribution: 'ulik',
    outOfDistributionLead: 'Ulik alt modellen har sett: lite står bak tallene. Se på aktøren med andre øyne.',
    arm: 'Hvorfor valgt',
    amountNok: 'Refusjon siste år',
    selected: 'Utvalgt',
    yes: 'ja',
    all: 'Vis alle som ble skåret',
    csv: 'Last ned CSV',
    lines: 'Linjer',
    empty: 'Ingen linjer i dine grupper.',
    scope: (groups: string) => `Du ser gruppene til laget ditt: ${groups || 'ingen'}.`,
    arms: { exploit: 'øverst i rekkefølgen', explore: 'utforsking', random: 'trukket tilfeldig', mandatory: 'pålagt' },
    blind: 'Vurder før du ser plassen',
    blindLead:
      'Disse aktørene er trukket ut til å vurderes uten at plass og grunner vises. Deretter kommer de frem i listen.',
    verdicts: { control: 'bør kontrolleres', 'no-control': 'bør ikke kontrolleres', unsure: 'usikker' },
    verdict: 'Din vurdering',
    why: 'Hvorfor (valgfritt)',
    save: 'Lagre vurderingen',
    open: 'Åpne aktøren',
    signOff: 'Forsegl',
    refuse: 'Avslå listen',
    reason: 'Begrunnelse',
    decide: 'Forsegling',
    decideLead: 'To ulike kontrolledere forsegler. En forseglet liste kan ikke endres.',
  },
  en: {
    title: 'Selection list',
    lead: 'Selected does not mean suspected: a line opens an inquiry and decides nothing. When you see a page of the list, it is put on record. The probability is calibrated on providers that were controlled; for others it holds as far as they are alike.',
    slot: 'Slot',
    asOf: 'As known at',
    state: 'State',
    signOffs: 'Seals',
    places: 'Places',
    candidates: 'Providers scored',
    version: 'Version',
    lineage: 'Lineage',
    rank: 'Rank',
    provider: 'Provider',
    group: 'Group',
    probability: 'Probability of a finding',
    expected: 'Expected NOK',
    outOfDistribution: 'outOfDistribution',
    outOfDistributionLead:
      'Unlike all that the model has seen: little stands behind the figures. Look at the provider with other eyes.',
    arm: 'Why chosen',
    amountNok: 'Refunds of the last year',
    selected: 'Selected',
    yes: 'yes',
    all: 'Show all that were scored',
    csv: 'Download CSV',
    lines: 'Lines',
    empty: 'No lines in your groups.',
    scope: (groups: string) => `You see the groups of your team: ${groups || 'none'}.`,
    arms: { exploit: 'top of the order', explore: 'exploration', random: 'drawn at random', mandatory: 'mandatory' },
    blind: 'Assess before you see the rank',
    blindLead:
      'These providers were drawn to be assessed without rank and reasons. After that they appear in the list.',
    verdicts: { control: 'should be controlled', 'no-control': 'should not be controlled', unsure: 'unsure' },
    verdict: 'Your assessment',
    why: 'Why (optional)',
    save: 'Save the assessment',
    open: 'Open the provider',
    signOff: 'Seal',
    refuse: 'Refuse the list',
    reason: 'Reason',
    decide: 'Sealing',
    decideLead: 'Two different control leaders seal. A approved list cannot change.',
  },
};

export function ListPage() {
  const { listId = '' } = useParams();
  const list = useQuery({
    queryKey: ['list', listId],
    queryFn: () => answer(api.GET('/v1/selection-lists/{listId}', { params: { path: { listId } } })),
  });
  return (
    <Ask of={list} rows={8}>
      {(data) => <Loaded list={data} />}
    </Ask>
  );
}

function Loaded({ list }: { list: List }) {
  const w = useWords(WORDS);
  const states = useWords(STATES);
  const f = useFormats();
  const { listId } = list;
  return (
    <Page
      title={`${w.title} ${listId.slice(0, 12)}`}
      lead={w.lead}
      actions={
        <Button asChild variant="secondary">
          <a href={`/v1/selection-lists/${listId}/lines.csv`} download>
            {w.csv}
          </a>
        </Button>
      }
    >
      <Facts
        of={[
          [
            w.state,
            <StateTag key="s" state={list.state}>
              {states[list.state]}
            </StateTag>,
          ],
          [w.signOffs, `${list.signOffs} / 2`],
          [w.slot, list.slot],
          [w.asOf, f.instant(list.asOf)],
          [w.places, f.number(list.capacity)],
          [w.candidates, f.number(list.candidates)],
          [w.version, <Id key="v" of={list.versionId} to={`/versions/${list.versionId}`} />],
          [w.lineage, <Id key="l" of={listId} to={`/lineage/${listId}`} />],
        ]}
      />
      <Blind listId={listId} />
      <Lines listId={listId} />
      {list.state === 'draft' ? <SignOff list={list} /> : null}
    </Page>
  );
}

function Lines({ listId }: { listId: string }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const [all, setAll] = useState(false);
  const me = useMe().data;
  const scoped = me?.roles.includes('caseworker') && !me.roles.includes('control-leader');
  const { query, rows, more, busy } = usePages(['lines', listId, all], (cursor) =>
    answer(
      api.GET('/v1/selection-lists/{listId}/lines', {
        params: { path: { listId }, query: { cursor, selected: all ? 'false' : 'true', limit: 100 } },
      }),
    ),
  );
  const columns: Column<Line>[] = [
    { head: w.rank, numeric: true, cell: (l) => l.rank },
    { head: w.provider, cell: (l) => <To to={`/providers/${l.entity}`}>{l.practice ?? l.entity}</To> },
    { head: w.group, cell: (l) => l.group },
    {
      head: w.probability,
      numeric: true,
      cell: (l) => (
        <>
          {l.outOfDistribution ? (
            <Tag data-color="warning" data-size="sm" title={w.outOfDistributionLead}>
              {w.outOfDistribution}
            </Tag>
          ) : null}{' '}
          {f.share(l.probability)}
        </>
      ),
    },
    { head: w.expected, numeric: true, cell: (l) => (l.expectedOre === null ? '–' : f.amountNok(l.expectedOre)) },
    { head: w.arm, cell: (l) => w.arms[l.arm as 'exploit'] ?? l.arm },
    { head: w.amountNok, numeric: true, cell: (l) => (l.amountOre === null ? '–' : f.amountNok(l.amountOre)) },
    { head: w.selected, cell: (l) => (l.selected ? w.yes : '') },
  ];
  return (
    <Section title={w.lines} lead={scoped ? w.scope((me?.providerGroups ?? []).join(', ')) : undefined}>
      <Switch label={w.all} checked={all} onChange={(event) => setAll(event.target.checked)} />
      <Ask of={query}>
        {() =>
          rows.length === 0 ? (
            <Empty>{w.empty}</Empty>
          ) : (
            <LongList
              name={w.lines}
              columns={columns}
              rows={rows}
              keyOf={(l) => l.entity}
              more={more}
              busy={busy}
              widths="5rem 2fr 6rem 10rem 9rem 9rem 10rem 6rem"
            />
          )
        }
      </Ask>
    </Section>
  );
}

function Blind({ listId }: { listId: string }) {
  const w = useWords(WORDS);
  const may = useMay('assessLine');
  const blind = useQuery({
    queryKey: ['blind', listId],
    queryFn: () => answer(api.GET('/v1/selection-lists/{listId}/blind-lines', { params: { path: { listId } } })),
    enabled: may,
  });
  if (!may || !blind.data || blind.data.length === 0) return null;
  return (
    <Section title={w.blind} lead={w.blindLead}>
      <ul className="plain">
        {blind.data.map((line) => (
          <Assess key={line.entity} listId={listId} line={line} />
        ))}
      </ul>
    </Section>
  );
}

type Verdict = keyof (typeof WORDS)['nb']['verdicts'];
const VERDICTS: readonly Verdict[] = ['control', 'no-control', 'unsure'];

function Assess({
  listId,
  line,
}: {
  listId: string;
  line: { entity: string; practice: string | null; group: string };
}) {
  const w = useWords(WORDS);
  const queries = useQueryClient();
  const [verdict, setVerdict] = useState<Verdict | ''>('');
  const [words, setWords] = useState('');
  const save = useMutation({
    mutationFn: (given: Verdict) =>
      answer(
        api.POST('/v1/selection-lists/{listId}/assessments', {
          params: { path: { listId } },
          body: { entity: line.entity, verdict: given, ...(words.trim().length >= 3 ? { words } : {}) },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['blind', listId] });
      await queries.invalidateQueries({ queryKey: ['lines', listId] });
    },
  });
  const name = `${line.practice ?? line.entity} (${line.group})`;
  return (
    <li className="card">
      <Paragraph>
        <strong>{name}</strong> · <To to={`/providers/${line.entity}`}>{w.open}</To>
      </Paragraph>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (verdict) save.mutate(verdict);
        }}
      >
        <Field>
          <Label>{w.verdict}</Label>
          <Select value={verdict} onChange={(event) => setVerdict(event.target.value as Verdict)}>
            <Select.Option value="" disabled>
              –
            </Select.Option>
            {VERDICTS.map((v) => (
              <Select.Option key={v} value={v}>
                {w.verdicts[v]}
              </Select.Option>
            ))}
          </Select>
        </Field>
        <Textfield label={w.why} value={words} onChange={(event) => setWords(event.target.value)} />
        <Button type="submit" disabled={!verdict || save.isPending}>
          {w.save}
        </Button>
      </form>
      {save.isError ? <Problem error={save.error} /> : null}
    </li>
  );
}

function SignOff({ list: { listId } }: { list: List }) {
  const w = useWords(WORDS);
  const queries = useQueryClient();
  const may = useMay('signOffList');
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: (verdict: 'sign-offs' | 'refusals') => {
      const call = { params: { path: { listId } }, body: { reason } };
      return verdict === 'sign-offs'
        ? answer(api.POST('/v1/selection-lists/{listId}/sign-offs', call))
        : answer(api.POST('/v1/selection-lists/{listId}/refusals', call));
    },
    onSuccess: () => queries.invalidateQueries(),
  });
  if (!may) return <Alert data-color="info">{w.decideLead}</Alert>;
  const ready = reason.trim().length >= 3 && !decide.isPending;
  return (
    <Section title={w.decide} lead={w.decideLead}>
      <div className="row">
        <Textfield label={w.reason} value={reason} required onChange={(event) => setReason(event.target.value)} />
        <Button disabled={!ready} onClick={() => decide.mutate('sign-offs')}>
          {w.signOff}
        </Button>
        <Button variant="secondary" data-color="danger" disabled={!ready} onClick={() => decide.mutate('refusals')}>
          {w.refuse}
        </Button>
      </div>
      {decide.isError ? <Problem error={decide.error} /> : null}
    </Section>
  );
}
