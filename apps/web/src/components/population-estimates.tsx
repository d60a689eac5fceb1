import { Paragraph } from '@digdir/designsystemet-react';
import { FAMILIES } from '../../../../domain/i18n';
import type { Evaluation } from '../api/client';
import { METRICS } from '../messages/states';
import { useFormats, useLanguage, useWords } from '../i18n';
import { Interval } from './interval';
import { Section } from './page';
import { Rows } from './table';

type Population = NonNullable<Evaluation['population']>;
type ListEstimate = Population['lists'][number];

const WORDS = {
  nb: {
    who: 'Med og uten den som kontrollerte',
    whoLead:
      'Samme modell på de samme delene, uten og med kolonnene som sier hvem som kontrollerte. Forskjellen er hva av funnene som er saksbehandleren og ikke aktøren. Modellen som tas i bruk, ser aldri disse kolonnene.',
    family: 'Modell eller målestokk',
    metric: 'Mål',
    without: 'Uten',
    withColumns: 'Med',
    difference: 'Forskjell',
    lists: 'Lister trukket blant alle',
    listsLead:
      'Andel av listens første k som ville hatt funn om de ble kontrollert. De fleste av dem ble aldri kontrollert, så hvert anslag hviler på en forutsetning. Skrankene hviler på ingen.',
    parts: (n: number, providers: string, controlled: string, drawn: string) =>
      `${n === 1 ? 'Én testdel' : `${n} testdeler`}: ${providers} aktive aktører til sammen, ${controlled} av dem kontrollert i delen, ${drawn} etter trekning.`,
    first: 'Første',
    all: 'alle',
    estimator: 'Anslag',
    share: 'Andel med funn',
    controlled: 'Kontrollerte',
    rightIf: 'riktig hvis',
    swap: 'Verste tidel byttet ut',
    swapLead:
      'Hva det ville gitt å bytte den tidelen av tidligere kontroller som modellen satte lavest, mot dens første blant dem ingen kontrollerte: funn og kroner mer for hver kontroll, om ukontrollerte er som kontrollerte med samme skår.',
    replaced: 'Byttet ut',
    observed: 'Funn i dem',
    gained: 'Funn vunnet',
    amountNok: 'Kroner vunnet',
    whatever: 'Uansett forutsetning',
    groups: 'Grupper modellen har lært lite av',
    groupsLead: 'Skår i disse gruppene låner fra de andre og bærer ingen dom alene.',
    noThin: 'Alle grupper har rader og funn nok.',
    group: 'Gruppe',
    providers: 'Aktører',
    rows: 'Treningsrader',
    findings: 'Funn',
    estimators: {
      naive: 'de kontrollerte alene',
      'score-matched': 'etter skår',
      'inverse-probability': 'omvendt sannsynlighet',
      'doubly-robust': 'dobbelt robust',
      'random-arm': 'tilfeldig arm',
      contraction: 'sammentrekning',
      bounds: 'skranker',
    },
    because: {
      naive: 'de kontrollerte på listen er som dem på listen som ikke ble kontrollert',
      'score-matched': 'ukontrollerte har funn like ofte som kontrollerte med samme skår',
      'inverse-probability': 'alle på listen hadde en kjent sjanse over null, og trekningen ble gjort som lagret',
      'doubly-robust': 'som omvendt sannsynlighet; modellen gjør den skarpere og trenger ikke stemme',
      'random-arm':
        'alle som ikke ble kontrollert for sikkert, hadde samme lagrede sjanse, og alle utfall i armen er endelige',
      contraction: '',
      bounds: 'ingenting: de ukontrollerte kan alle ha funn, eller ingen',
    },
    missing: {
      'no-draw': 'ikke anslått: ingen kontroll i delene har en lagret sjanse for utvalg (ingen tilfeldig arm)',
      'unequal-draw': 'ikke anslått: sjansene er ulike, og for dem som ikke ble trukket er de ukjente',
      'no-probability': 'ikke anslått: en målestokk har ingen sannsynlighet',
      'no-caseload': 'ikke anslått: krever hele saksmengden til en som bestemmer, også dem som ble gått forbi',
    },
  },
  en: {
    who: 'With and without whoever looked',
    whoLead:
      'The same model on the same parts, without and with the columns that say who looked. The difference is what of the findings is the caseworker and not the provider. The model that goes live never sees those columns.',
    family: 'Model or yardstick',
    metric: 'Metric',
    without: 'Without',
    withColumns: 'With',
    difference: 'Difference',
    lists: 'Lists drawn from everybody',
    listsLead:
      'Share of the first k of the list that would have a finding if controlled. Most of them never were, so each estimate rests on an assumption. The bounds rest on none.',
    parts: (n: number, providers: string, controlled: string, drawn: string) =>
      `${n === 1 ? 'One test part' : `${n} test parts`}: ${providers} active providers together, ${controlled} of them controlled in the part, ${drawn} by a draw.`,
    first: 'First',
    all: 'all',
    estimator: 'Estimate',
    share: 'Share with a finding',
    controlled: 'Controlled',
    rightIf: 'right if',
    swap: 'Worst tenth replaced',
    swapLead:
      'What replacing the tenth of past controls that the model put lowest by its first among those nobody controlled would have given: findings and NOK more a control, if uncontrolled providers are like controlled ones of the same score.',
    replaced: 'Replaced',
    observed: 'Findings in them',
    gained: 'Findings gained',
    amountNok: 'NOK gained',
    whatever: 'Whatever is assumed',
    groups: 'Groups that the model has learnt little from',
    groupsLead: 'Scores of these groups borrow from the others and carry no verdict of their own.',
    noThin: 'Every group has rows and findings enough.',
    group: 'Group',
    providers: 'Providers',
    rows: 'Training rows',
    findings: 'Findings',
    estimators: {
      naive: 'the controlled alone',
      'score-matched': 'by score',
      'inverse-probability': 'inverse probability',
      'doubly-robust': 'doubly robust',
      'random-arm': 'random arm',
      contraction: 'contraction',
      bounds: 'bounds',
    },
    because: {
      naive: 'the controlled on the list are like those on it that were not',
      'score-matched': 'uncontrolled providers have findings as often as controlled ones of the same score',
      'inverse-probability': 'everybody on the list had a known chance above nought, and the draw was made as stored',
      'doubly-robust': 'as inverse probability; the model makes it sharper and need not be right',
      'random-arm':
        'whoever was not controlled for certain had the same stored chance, and all outcomes of the arm are final',
      contraction: '',
      bounds: 'nothing: the uncontrolled may all have findings, or none',
    },
    missing: {
      'no-draw': 'not estimated: no control of the parts has a stored chance of selection (no random arm)',
      'unequal-draw': 'not estimated: chances differ, and those of providers not drawn are unknown',
      'no-probability': 'not estimated: a yardstick has no probability',
      'no-caseload': 'not estimated: needs the whole caseload of a decider, those passed over too',
    },
  },
};

const useFamilies = () => {
  const { language } = useLanguage();
  return {
    family: (name: string) => FAMILIES[language][name] ?? name,
    metric: (name: string) => METRICS[language][name] ?? name,
  };
};

/** What of the outcomes is whoever looked, and not the provider. */
export function Nuisance({ of }: { of: NonNullable<Evaluation['nuisance']> }) {
  const w = useWords(WORDS);
  const names = useFamilies();
  const reach = Math.max(0.1, ...of.flatMap(({ difference: { lo, hi } }) => [Math.abs(lo), Math.abs(hi)]));
  return (
    <Section title={w.who} lead={w.whoLead}>
      <Rows
        name={w.who}
        rows={of}
        keyOf={(r) => `${r.family} ${r.metric} ${r.k}`}
        columns={[
          { head: w.family, cell: (r) => names.family(r.family) },
          { head: w.metric, cell: (r) => `${names.metric(r.metric)}${r.k ? ` @${r.k}` : ''}` },
          { head: w.without, cell: (r) => <Interval of={r.without} /> },
          { head: w.withColumns, cell: (r) => <Interval of={r.withColumns} /> },
          { head: w.difference, cell: (r) => <Interval of={r.difference} from={-reach} to={reach} mark={0} /> },
        ]}
      />
    </Section>
  );
}

/** What can be said of lists drawn from all active providers, most of whom nobody ever controlled. */
export function Population({ of, family }: { of: Population; family: string | undefined }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const names = useFamilies();
  const sum = (what: 'providers' | 'controlled' | 'drawn') =>
    f.number(of.parts.reduce((total, part) => total + part[what], 0));
  const models = of.swap.map((row) => row.family);
  const own = of.lists.filter((row) => (family === undefined ? models.includes(row.family) : row.family === family));
  const rows = own.filter((row) => row.estimate);
  // What each rests on is said once: in every row it would be most of the table.
  const said = [...new Set(rows.map((row) => row.estimator))];
  const missing = [...new Map(own.flatMap((row) => (row.missing ? [[row.estimator, row.missing] as const] : [])))];
  const swaps = of.swap.filter((row) => family === undefined || row.family === family);
  const thin = of.groups.filter((group) => group.thin);
  return (
    <>
      <Section title={w.lists} lead={w.listsLead}>
        <Paragraph data-size="sm">
          {w.parts(of.parts.length, sum('providers'), sum('controlled'), sum('drawn'))}
        </Paragraph>
        <Rows
          name={w.lists}
          rows={rows}
          keyOf={(r) => `${r.family} ${r.k} ${r.estimator}`}
          columns={[
            ...(family === undefined ? [{ head: w.family, cell: (r: ListEstimate) => names.family(r.family) }] : []),
            { head: w.first, numeric: true, cell: (r) => r.k || w.all },
            { head: w.estimator, cell: (r) => w.estimators[r.estimator] },
            {
              head: w.share,
              cell: (r) => (r.estimate ? <Interval of={r.estimate} point={r.estimator !== 'bounds'} /> : '–'),
            },
            { head: w.controlled, numeric: true, cell: (r) => (r.estimate ? f.number(r.estimate.n) : '–') },
          ]}
        />
        {said.map((estimator) => (
          <Paragraph key={estimator} data-size="sm" className="lead">
            {w.estimators[estimator]}, {w.rightIf}: {w.because[estimator]}
          </Paragraph>
        ))}
        {missing.map(([estimator, why]) => (
          <Paragraph key={estimator} data-size="sm" className="lead">
            {w.estimators[estimator]}: {w.missing[why]}
          </Paragraph>
        ))}
      </Section>
      {swaps.length > 0 ? (
        <Section title={w.swap} lead={w.swapLead}>
          <Rows
            name={w.swap}
            rows={swaps}
            keyOf={(r) => r.family}
            columns={[
              { head: w.family, cell: (r) => names.family(r.family) },
              { head: w.replaced, numeric: true, cell: (r) => f.number(r.replaced) },
              { head: w.observed, cell: (r) => <Interval of={r.observed.findings} /> },
              { head: w.gained, cell: (r) => <Interval of={r.gain.findings} from={-1} to={1} mark={0} /> },
              {
                head: w.amountNok,
                numeric: true,
                cell: (r) => (r.gain.amountNok ? f.amountNok(r.gain.amountNok.value) : '–'),
              },
              { head: w.whatever, cell: (r) => `${f.number(r.bounds.lo, 2)} … ${f.number(r.bounds.hi, 2)}` },
            ]}
          />
        </Section>
      ) : null}
      <Section title={w.groups} lead={thin.length > 0 ? w.groupsLead : w.noThin}>
        {thin.length > 0 ? (
          <Rows
            name={w.groups}
            rows={thin}
            keyOf={(g) => g.group}
            columns={[
              { head: w.group, cell: (g) => g.group },
              { head: w.providers, numeric: true, cell: (g) => f.number(g.providers) },
              { head: w.rows, numeric: true, cell: (g) => f.number(g.trainRows) },
              { head: w.findings, numeric: true, cell: (g) => f.number(g.trainFindings) },
            ]}
          />
        ) : null}
      </Section>
    </>
  );
}
