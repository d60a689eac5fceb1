import { Alert, Button, Field, Label, Paragraph, Select, Textfield } from '@digdir/designsystemet-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { answer, api, type Provider, type Me } from '../api/client';
import { DayStrip, PartitionCreator, PeerPlot, RankHistory } from '../components/provider-plots';
import { Facts, Id, Page, Section } from '../components/page';
import { Ask, Empty, Problem } from '../components/states';
import { Rows } from '../components/table';
import { useMe } from '../layout';
import { useFormats, useLanguage, useWords } from '../i18n';
import { BASES } from '../messages/states';

const WORDS = {
  nb: {
    title: 'Aktør',
    open: 'Åpne aktøren',
    openLead:
      'Å åpne en aktør krever et formål. Oppslaget føres i revisjonssporet med navnet ditt, formålet og tidspunktet.',
    purpose: 'Formål',
    case: 'Saksnummer (hvis det gjelder en sak)',
    go: 'Åpne',
    purposes: {
      case: 'behandle en kontrollsak',
      triage: 'vurdere om kontroll skal åpnes',
      quality: 'kvalitetssikre et utvalg',
      audit: 'revisjon',
      'insight-request': 'innsynskrav fra aktøren selv',
    },
    outside: 'Aktøren er ikke i noen av dine saker. Oppslaget står i rapporten over oppslag utenfor egne saker.',
    suspected: 'Utvalgt betyr ikke mistenkt: tallene åpner en undersøkelse og avgjør ingenting.',
    practice: 'Praksis',
    group: 'Gruppe',
    municipality: 'Kommune',
    listSize: 'Listelengde',
    asOf: 'Det som var kjent',
    snapshot: 'Uttrekk',
    score: 'Skår',
    base: 'utgangspunkt',
    rest: 'alt annet',
    reasons: 'Grunner',
    reasonsLead: 'Bidragene legges sammen til skåren (logaritmiske odds).',
    raises: 'Trekker opp',
    against: 'Taler mot',
    why: 'Hva',
    value: 'Tall',
    peers: 'Like aktører',
    contribution: 'Bidrag',
    differs: 'Ville ligget under listens grense hvis dette hadde vært som medianen:',
    noReasons: 'Aktøren er ikke skåret, eller du skal vurdere den før grunnene vises.',
    sample: 'Et utvalg regninger',
    sampleLead: 'Trukket fra det siste året, de samme hver gang.',
    bill: 'Regning',
    day: 'Dag',
    time: 'Klokken',
    amount: 'Beløp',
    tariffs: 'Takster',
    cases: 'Tidligere kontrollsaker',
    noCases: 'Ingen kontrollsaker.',
    caseNo: 'Sak',
    opened: 'Åpnet',
    basis: 'Grunnlag',
    outcome: 'Vedtak',
    none: '–',
    dayTitle: 'En dag, kontakt for kontakt',
    dayLead: 'Hver kontakt fra starten, så lenge takstene krever. Overlapp sier hva som ble krevd, ikke hvorfor.',
    show: 'Vis dagen',
    dayOf: 'Dag',
  },
  en: {
    title: 'Provider',
    open: 'Open the provider',
    openLead:
      'Opening a provider needs a purpose. The look-up goes into the ledger with your name, the purpose and the time.',
    purpose: 'Purpose',
    case: 'Case number (if it is about a case)',
    go: 'Open',
    purposes: {
      case: 'work on a control case',
      triage: 'judge whether to open a control',
      quality: 'assure the quality of a selection',
      audit: 'audit',
      'insight-request': "the provider's own request for insight",
    },
    outside: 'The provider is in none of your cases. The look-up stands in the report of look-ups outside own cases.',
    suspected: 'Selected does not mean suspected: the figures open an inquiry and decide nothing.',
    practice: 'Practice',
    group: 'Group',
    municipality: 'Municipality',
    listSize: 'List size',
    asOf: 'As known at',
    snapshot: 'Snapshot',
    score: 'Score',
    base: 'base',
    rest: 'everything else',
    reasons: 'Reasons',
    reasonsLead: 'The contributions add up to the score (log odds).',
    raises: 'Raises',
    against: 'Speaks against',
    why: 'What',
    value: 'Figure',
    peers: 'Peers',
    contribution: 'Contribution',
    differs: "Would have been below the list's end had this been the median:",
    noReasons: 'The provider has not been scored, or you are to assess it before the reasons are shown.',
    sample: 'A sample of bills',
    sampleLead: 'Drawn from the last year, the same ones each time.',
    bill: 'Bill',
    day: 'Day',
    time: 'Time',
    amount: 'Amount',
    tariffs: 'Tariffs',
    cases: 'Earlier control cases',
    noCases: 'No control cases.',
    caseNo: 'Case',
    opened: 'Opened',
    basis: 'Basis',
    outcome: 'Outcome',
    none: '–',
    dayTitle: 'One day, contact by contact',
    dayLead: 'Each contact from its start, for as long as its tariffs ask. Overlap says what was claimed, not why.',
    show: 'Show the day',
    dayOf: 'Day',
  },
};

export function ProviderPage() {
  const { provider = '' } = useParams();
  const [opened, setOpened] = useState<{ provider: string; opening: string; ownCase: boolean }>();
  const me = useMe().data;
  if (!me) return null;
  if (opened?.provider !== provider)
    return (
      <OpenProvider provider={provider} purposes={me.purposes} done={(given) => setOpened({ provider, ...given })} />
    );
  return <OpenedProvider provider={provider} opening={opened.opening} ownCase={opened.ownCase} />;
}

function OpenProvider({
  provider,
  purposes,
  done,
}: {
  provider: string;
  purposes: Me['purposes'];
  done: (given: { opening: string; ownCase: boolean }) => void;
}) {
  const w = useWords(WORDS);
  const [purpose, setPurpose] = useState<Me['purposes'][number] | ''>('');
  const [caseNo, setCaseNo] = useState('');
  const open = useMutation({
    mutationFn: (given: Me['purposes'][number]) =>
      answer(
        api.POST('/v1/providers/{provider}/openings', {
          params: { path: { provider } },
          body: { purpose: given, ...(caseNo.trim() ? { caseNo: caseNo.trim() } : {}) },
        }),
      ),
    onSuccess: done,
  });
  return (
    <Page title={`${w.title} ${provider}`}>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (purpose) open.mutate(purpose);
        }}
      >
        <Paragraph>{w.openLead}</Paragraph>
        <Field>
          <Label>{w.purpose}</Label>
          <Select
            required
            value={purpose}
            onChange={(event) => setPurpose(event.target.value as Me['purposes'][number])}
          >
            <Select.Option value="" disabled>
              –
            </Select.Option>
            {purposes.map((p) => (
              <Select.Option key={p} value={p}>
                {w.purposes[p]}
              </Select.Option>
            ))}
          </Select>
        </Field>
        <Textfield label={w.case} value={caseNo} onChange={(event) => setCaseNo(event.target.value)} />
        {open.isError ? <Problem error={open.error} /> : null}
        <div>
          <Button type="submit" disabled={!purpose || open.isPending}>
            {w.go}
          </Button>
        </div>
      </form>
    </Page>
  );
}

function OpenedProvider({ provider, opening, ownCase }: { provider: string; opening: string; ownCase: boolean }) {
  const w = useWords(WORDS);
  const { language } = useLanguage();
  const f = useFormats();
  const query = useQuery({
    queryKey: ['provider', provider, opening, language],
    queryFn: () =>
      answer(
        api.GET('/v1/providers/{provider}', { params: { path: { provider }, query: { opening, lang: language } } }),
      ),
  });
  return (
    <Page title={`${w.title} ${provider}`} lead={w.suspected}>
      {ownCase ? null : <Alert data-color="warning">{w.outside}</Alert>}
      <Ask of={query} rows={10}>
        {(data) => (
          <>
            <Facts
              of={[
                [w.practice, data.practice],
                [w.group, `${data.groupName} (${data.group})`],
                [w.municipality, data.municipality],
                [w.listSize, data.listSize === null ? '–' : f.number(data.listSize)],
                [w.asOf, f.instant(data.asOf)],
                [
                  w.snapshot,
                  data.snapshotId ? <Id key="s" of={data.snapshotId} to={`/lineage/${data.snapshotId}`} /> : '–',
                ],
              ]}
            />
            <Reasons of={data} />
            <PeerPlot of={data} />
            <RankHistory of={data} />
            <PartitionCreator of={data} />
            <Sample of={data} />
            <DayOf provider={provider} opening={opening} first={data.sample[0]?.day} />
            <Cases of={data} />
          </>
        )}
      </Ask>
    </Page>
  );
}

function Reasons({ of: { reasons } }: { of: Provider }) {
  const w = useWords(WORDS);
  const f = useFormats();
  if (!reasons)
    return (
      <Section title={w.reasons}>
        <Empty>{w.noReasons}</Empty>
      </Section>
    );
  const value = (x: number | string | null) => (x === null ? '–' : typeof x === 'number' ? f.number(x, 2) : x);
  const table = (name: string, rows: typeof reasons.raises) => (
    <Rows
      name={name}
      rows={rows}
      keyOf={(r) => r.feature}
      columns={[
        { head: name, cell: (r) => r.words },
        { head: w.value, numeric: true, cell: (r) => value(r.value) },
        { head: w.peers, cell: (r) => `${r.peerGroup}, ${f.number(r.peers)}: ${value(r.peerMedian)}` },
        { head: w.contribution, numeric: true, cell: (r) => f.number(r.contribution, 3) },
      ]}
    />
  );
  return (
    <Section title={w.reasons} lead={w.reasonsLead}>
      <ul>
        {reasons.words.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      {table(w.raises, reasons.raises)}
      {table(w.against, reasons.speaksAgainst)}
      <Paragraph>
        {w.score}: {f.number(reasons.score, 3)} = {w.base} {f.number(reasons.base, 3)} + … + {w.rest}{' '}
        {f.number(reasons.rest, 3)}
      </Paragraph>
      {reasons.counterfactual && reasons.counterfactual.length > 0 ? (
        <>
          <Paragraph>{w.differs}</Paragraph>
          <ul>
            {reasons.counterfactual.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      ) : null}
    </Section>
  );
}

function Sample({ of: { sample } }: { of: Provider }) {
  const w = useWords(WORDS);
  const f = useFormats();
  if (sample.length === 0) return null;
  return (
    <Section title={w.sample} lead={w.sampleLead}>
      <Rows
        name={w.sample}
        rows={sample}
        keyOf={(b) => `${b.day} ${b.billNo}`}
        columns={[
          { head: w.bill, numeric: true, cell: (b) => b.billNo },
          { head: w.day, cell: (b) => b.day },
          { head: w.time, cell: (b) => f.clock(b.minute) },
          { head: w.amount, numeric: true, cell: (b) => f.amountNok(b.amountOre) },
          { head: w.tariffs, cell: (b) => b.tariffs.join(', ') },
        ]}
      />
    </Section>
  );
}

function DayOf({ provider, opening, first }: { provider: string; opening: string; first: string | undefined }) {
  const w = useWords(WORDS);
  const [typed, setTyped] = useState(first ?? '');
  const [day, setDay] = useState(first);
  const query = useQuery({
    queryKey: ['day', provider, day, opening],
    queryFn: () =>
      answer(
        api.GET('/v1/providers/{provider}/days/{day}', {
          params: { path: { provider, day: day! }, query: { opening } },
        }),
      ),
    enabled: day !== undefined,
  });
  return (
    <Section title={w.dayTitle} lead={w.dayLead}>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          setDay(typed);
        }}
      >
        <Textfield label={w.dayOf} type="date" value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Button type="submit" variant="secondary" disabled={!/^\d{4}-\d{2}-\d{2}$/.test(typed)}>
          {w.show}
        </Button>
      </form>
      {day === undefined ? null : <Ask of={query}>{(data) => <DayStrip of={data} />}</Ask>}
    </Section>
  );
}

function Cases({ of: { cases } }: { of: Provider }) {
  const w = useWords(WORDS);
  const bases = useWords(BASES);
  const f = useFormats();
  if (cases.length === 0)
    return (
      <Section title={w.cases}>
        <Empty>{w.noCases}</Empty>
      </Section>
    );
  return (
    <Section title={w.cases}>
      <Rows
        name={w.cases}
        rows={cases}
        keyOf={(c) => c.caseNo}
        columns={[
          { head: w.caseNo, cell: (c) => c.caseNo },
          { head: w.opened, cell: (c) => c.opened },
          { head: w.basis, cell: (c) => bases[c.basis] ?? c.basis },
          { head: w.outcome, cell: (c) => c.outcome ?? w.none },
          { head: w.amount, numeric: true, cell: (c) => (c.amountOre === null ? '–' : f.amountNok(c.amountOre)) },
        ]}
      />
    </Section>
  );
}
