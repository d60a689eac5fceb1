import { Details, Paragraph } from '@digdir/designsystemet-react';
import type { EChartsOption } from 'echarts';
import { type ReactNode, useMemo, useState } from 'react';
import { FAMILIES } from '../../../../domain/i18n';
import type { Evaluation, EvaluationRow } from '../api/client';
import { BASES, METRICS } from '../messages/states';
import { useFormats, useLanguage, useWords } from '../i18n';
import { Amounts } from './amounts';
import { Chart } from './chart';
import { Population, Nuisance } from './population-estimates';
import { Interval } from './interval';
import { Method, Rests } from './assumptions';
import { Section } from './page';
import { Rows } from './table';

const WORDS = {
  nb: {
    figures: 'Samlet',
    family: 'Modell eller målestokk',
    n: 'Utfall',
    curve: 'Presisjon langs listen',
    curveLead: 'Andel med funn blant de k første. Båndet er 95 %.',
    k: 'k, listens lengde',
    precision: 'Presisjon',
    amountNok: 'Kroner opprettholdt',
    groups: 'Etter gruppe, periode og grunnlag',
    slice: 'Rader',
    pairs: 'Parvis forskjell',
    pairsLead:
      'Samme rader, samme trekninger: forskjellen i gjennomsnittlig presisjon mot hver målestokk, med intervall. Holder intervallet null, er forskjellen ikke vist.',
    against: 'mot',
    difference: 'Forskjell',
    fairness: 'Fordeling mellom grupper',
    fairnessLead:
      'Gruppens andel av listen mot dens andel av radene, og hvor stor del av dem på listen som ble kontrollert uten funn. Små grupper står med, merket.',
    group: 'Gruppe',
    shareRows: 'Andel av rader',
    shareList: 'Andel av liste',
    falseDiscoveryRate: 'Uten funn',
    few: 'få rader',
    calibration: 'Kalibrering',
    calibrationLead: 'Lovet mot funnet. På linjen stemmer de.',
    predicted: 'Lovet sannsynlighet',
    found: 'Funnet andel',
    ideal: 'stemmer',
    rankNormalizer: 'Sannsynligheten leses av hvor skåren står blant alle aktive aktører.',
    top: 'Øverst på listen',
    chosen: 'Valgt',
    leftOut: (bases: string, n: string, times: string) =>
      `Kontroller åpnet på ${bases} (${n}) hadde ${times} ganger oddsen for funn ved samme skår og er holdt utenfor her: versjonen lover for aktører uten.`,
    predictedLoss: (own: string, anew: string) =>
      `Logaritmisk tap av det den lovet: ${own}; tilpasset på nytt ville det vært ${anew}.`,
    beyond: (bases: string, n: string, times: string) =>
      `Kontroller åpnet på ${bases} (${n}) hadde ${times} ganger oddsen for funn ved samme skår: de hviler på mer enn kolonnene viser. Lovet ovenfor regner det med; sannsynligheter på lister er for aktører uten.`,
    period: 'periode',
    openedOn: 'åpnet på',
    all: 'alle',
    none: 'Evalueringen har ingen rader.',
    each: 'Hver modell for seg',
    eachLead: 'Mot hver målestokk, etter gruppe og periode, kalibrering og fordeling mellom grupper.',
  },
  en: {
    figures: 'Overall',
    family: 'Model or yardstick',
    n: 'Outcomes',
    curve: 'Precision along the list',
    curveLead: 'Share with a finding among the first k. The band is 95 %.',
    k: 'k, length of the list',
    precision: 'Precision',
    amountNok: 'NOK upheld',
    groups: 'By group, period and basis',
    slice: 'Rows',
    pairs: 'Difference in pairs',
    pairsLead:
      'The same rows, the same draws: the difference in average precision against each yardstick, with its interval. Where the interval holds zero, no difference has been shown.',
    against: 'against',
    difference: 'Difference',
    fairness: 'Between groups',
    fairnessLead:
      "The group's share of the list beside its share of the rows, and how many of those on the list were controlled in vain. Small groups stay in, marked.",
    group: 'Group',
    shareRows: 'Share of rows',
    shareList: 'Share of list',
    falseDiscoveryRate: 'In vain',
    few: 'few rows',
    calibration: 'Calibration',
    calibrationLead: 'Promised against found. On the line they agree.',
    predicted: 'Promised probability',
    found: 'Found share',
    ideal: 'agree',
    rankNormalizer: 'A probability is read from where the score stands among all active providers.',
    top: 'First of the list',
    chosen: 'Chosen',
    leftOut: (bases: string, n: string, times: string) =>
      `Controls opened on ${bases} (${n}) had ${times} times the odds of a finding at the same score and are left out here: the version promises of providers without it.`,
    predictedLoss: (own: string, anew: string) =>
      `Log loss of what it promised: ${own}; fitted anew it would have been ${anew}.`,
    beyond: (bases: string, n: string, times: string) =>
      `Controls opened on ${bases} (${n}) had ${times} times the odds of a finding at the same score: they rest on more than the columns show. What was promised above counts it; probabilities on lists are those of providers without it.`,
    period: 'period',
    openedOn: 'opened on',
    all: 'all',
    none: 'The evaluation has no rows.',
    each: 'Each model by itself',
    eachLead: 'Against each yardstick, by group and period, calibration, and shares between groups.',
  },
};

const useNames = () => {
  const { language } = useLanguage();
  return useMemo(() => {
    const [families, metrics] = [FAMILIES[language], METRICS[language]];
    return {
      family: (name: string) => families[name] ?? name,
      metric: (row: { metric: string; k: number }) =>
        `${metrics[row.metric] ?? row.metric}${row.k ? ` @${row.k}` : ''}`,
    };
  }, [language]);
};

const SHOWN = ['average-precision', 'precision', 'recall', 'lift'];

/** Families and baselines beside each other, a figure a column, each with its interval on one scale. */
export function Figures({ rows }: { rows: readonly EvaluationRow[] }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const names = useNames();
  const overall = rows.filter(({ slice, metric }) => slice === 'all' && SHOWN.includes(metric));
  const columns = [...new Map(overall.map((row) => [`${row.metric}@${row.k}`, row])).values()].sort(
    (a, b) => SHOWN.indexOf(a.metric) - SHOWN.indexOf(b.metric) || a.k - b.k,
  );
  const families = [...new Set(overall.map(({ family }) => family))];
  if (families.length === 0) return <Paragraph>{w.none}</Paragraph>;
  const find = (family: string, column: EvaluationRow) =>
    overall.find((row) => row.family === family && row.metric === column.metric && row.k === column.k);
  const top = (metric: string) => Math.max(1, ...overall.filter((row) => row.metric === metric).map(({ hi }) => hi));
  return (
    <>
      <Rows
        name={w.figures}
        rows={families}
        keyOf={(family) => family}
        columns={[
          { head: w.family, cell: (family) => names.family(family) },
          ...columns.map((column) => ({
            head: names.metric(column),
            cell: (family: string) => {
              const found = find(family, column);
              return found ? <Interval of={found} to={top(column.metric)} /> : '–';
            },
          })),
          {
            head: w.n,
            numeric: true,
            cell: (family: string) => f.number(overall.find((row) => row.family === family)?.n ?? 0),
          },
        ]}
      />
      <Method of={overall[0]?.method ?? ''} />
    </>
  );
}

/** Precision along the list of several evaluations, with bands. */
export function Curves({ of }: { of: readonly { label: string; curves: Evaluation['curves'] }[] }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const names = useNames();
  const series = useMemo(
    () =>
      of.flatMap(({ label, curves }) =>
        curves.map((curve) => ({
          name: label ? `${label}: ${names.family(curve.family)}` : names.family(curve.family),
          points: curve.points,
        })),
      ),
    [of, names],
  );
  const option = useMemo<EChartsOption>(
    () => ({
      xAxis: { type: 'value', name: w.k, nameLocation: 'middle', nameGap: 28 },
      yAxis: { type: 'value', name: w.precision, min: 0, max: 1 },
      series: series.flatMap(({ name, points }) => [
        { type: 'line', name, symbolSize: 5, data: points.map((p) => [p.k, p.precision.value]) },
        {
          type: 'line',
          name,
          stack: name,
          symbol: 'none',
          silent: true,
          lineStyle: { opacity: 0 },
          data: points.map((p) => [p.k, p.precision.lo]),
          tooltip: { show: false },
        },
        {
          type: 'line',
          name,
          stack: name,
          symbol: 'none',
          silent: true,
          lineStyle: { opacity: 0 },
          areaStyle: { opacity: 0.08 },
          data: points.map((p) => [p.k, p.precision.hi - p.precision.lo]),
          tooltip: { show: false },
        },
      ]),
    }),
    [series, w],
  );
  const rows = series.flatMap(({ name, points }) => points.map((p) => ({ name, ...p })));
  return (
    <Section title={w.curve} lead={w.curveLead}>
      <Chart
        name={w.curve}
        option={option}
        table={
          <Rows
            name={w.curve}
            rows={rows}
            keyOf={(r) => `${r.name} ${r.k}`}
            columns={[
              { head: w.family, cell: (r) => r.name },
              { head: w.k, numeric: true, cell: (r) => r.k },
              { head: w.precision, cell: (r) => <Interval of={r.precision} /> },
              { head: w.amountNok, numeric: true, cell: (r) => (r.amountNok ? f.amountNok(r.amountNok.value) : '–') },
            ]}
          />
        }
      />
    </Section>
  );
}

export function Slices({ rows, family }: { rows: readonly EvaluationRow[]; family: string | undefined }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const bases = useWords(BASES);
  const names = useNames();
  const shown = rows.filter(
    (row) =>
      row.slice !== 'all' && row.metric === 'average-precision' && (family === undefined || row.family === family),
  );
  if (shown.length === 0) return null;
  const slice = (text: string) =>
    text.startsWith('basis:')
      ? `${w.openedOn} ${bases[text.slice(6)] ?? text.slice(6)}`
      : text.replace('group:', '').replace('period:', `${w.period} `);
  return (
    <Section title={w.groups}>
      <Rows
        name={w.groups}
        rows={shown}
        keyOf={(r) => `${r.family} ${r.slice}`}
        columns={[
          { head: w.family, cell: (r) => names.family(r.family) },
          { head: w.slice, cell: (r) => slice(r.slice) },
          { head: w.n, numeric: true, cell: (r) => f.number(r.n) },
          {
            head: names.metric({ metric: 'average-precision', k: 0 }),
            cell: (r) => (
              <>
                <Interval of={r} />
                {r.method.includes('few rows') ? ` (${w.few})` : ''}
              </>
            ),
          },
        ]}
      />
    </Section>
  );
}

export function Pairs({ of, family }: { of: Evaluation['paired']; family: string | undefined }) {
  const w = useWords(WORDS);
  const names = useNames();
  const rows = of.filter(
    (row) => row.metric === 'average-precision' && (family === undefined || row.family === family),
  );
  const reach = Math.max(0.1, ...rows.flatMap(({ lo, hi }) => [Math.abs(lo), Math.abs(hi)]));
  return (
    <Section title={w.pairs} lead={w.pairsLead}>
      <Rows
        name={w.pairs}
        rows={rows}
        keyOf={(r) => `${r.family} ${r.against}`}
        columns={[
          { head: w.family, cell: (r) => names.family(r.family) },
          { head: w.against, cell: (r) => names.family(r.against) },
          { head: w.difference, cell: (r) => <Interval of={r} from={-reach} to={reach} mark={0} /> },
        ]}
      />
    </Section>
  );
}

export function Fairness({ of, family }: { of: Evaluation['fairness']; family: string | undefined }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const rows = of.filter((row) => family === undefined || row.family === family);
  if (rows.length === 0) return null;
  return (
    <Section title={w.fairness} lead={w.fairnessLead}>
      <Rows
        name={w.fairness}
        rows={rows}
        keyOf={(r) => `${r.family} ${r.group} ${r.k}`}
        columns={[
          {
            head: w.group,
            cell: (r) => (
              <>
                {r.group}
                {r.few ? ` (${w.few})` : ''}
              </>
            ),
          },
          { head: 'k', numeric: true, cell: (r) => r.k },
          { head: w.slice, numeric: true, cell: (r) => f.number(r.rows) },
          { head: w.shareRows, numeric: true, cell: (r) => f.share(r.shareOfRows) },
          { head: w.shareList, cell: (r) => <Interval of={r.shareOfList} digits={2} /> },
          { head: w.falseDiscoveryRate, cell: (r) => <Interval of={r.falseDiscoveryRate} digits={2} /> },
        ]}
      />
    </Section>
  );
}

export function Calibration({ of }: { of: Evaluation['reliability'][number] }) {
  const w = useWords(WORDS);
  const bases = useWords(BASES);
  const f = useFormats();
  const beyond = of.caseSourceOffset;
  const { value = 1, lo = 1, hi = 1, n = 0 } = beyond?.oddsRatio ?? {};
  const option = useMemo<EChartsOption>(
    () => ({
      xAxis: { type: 'value', min: 0, max: 1, name: w.predicted, nameLocation: 'middle', nameGap: 28 },
      yAxis: { type: 'value', min: 0, max: 1, name: w.found },
      series: [
        {
          type: 'line',
          name: w.ideal,
          symbol: 'none',
          lineStyle: { type: 'dashed', opacity: 0.6 },
          data: [
            [0, 0],
            [1, 1],
          ],
        },
        {
          type: 'line',
          name: w.found,
          symbolSize: 8,
          data: of.bins.map((bin) => [bin.meanProbability, bin.findingRate]),
        },
      ],
    }),
    [of, w],
  );
  const how =
    of.predictedLogLoss === undefined
      ? `${w.chosen}: ${of.chosen}.${of.calibrationInput ? ` ${w.rankNormalizer}` : ''}`
      : w.predictedLoss(f.number(of.predictedLogLoss, 3), f.number(of.logLoss[of.chosen], 3));
  return (
    <Section title={w.calibration} lead={`${w.calibrationLead} ${how}`}>
      <Chart
        name={w.calibration}
        option={option}
        table={
          <Rows
            name={w.calibration}
            rows={of.bins}
            keyOf={(bin) => String(bin.meanProbability)}
            columns={[
              { head: w.predicted, numeric: true, cell: (bin) => f.share(bin.meanProbability) },
              { head: w.found, numeric: true, cell: (bin) => f.share(bin.findingRate) },
              { head: w.n, numeric: true, cell: (bin) => f.number(bin.rows) },
            ]}
          />
        }
      />
      <Rows
        name={w.top}
        rows={of.top}
        keyOf={(t) => String(t.k)}
        columns={[
          { head: w.top, numeric: true, cell: (t) => t.k },
          { head: w.predicted, numeric: true, cell: (t) => f.share(t.meanProbability) },
          { head: w.found, cell: (t) => <Interval of={t.findingRate} digits={2} /> },
        ]}
      />
      {beyond ? (
        <Paragraph data-size="sm" className="lead">
          {(of.predictedLogLoss === undefined ? w.beyond : w.leftOut)(
            beyond.bases.map((name) => bases[name] ?? name).join(', '),
            f.number(n),
            `${f.number(value, 2)} [${f.number(lo, 2)}; ${f.number(hi, 2)}]`,
          )}
        </Paragraph>
      ) : null}
    </Section>
  );
}

/** What is asked of one family alone: against each yardstick, by group and period, calibration, fairness. */
function OfFamily({ of, family }: { of: Evaluation; family: string | undefined }) {
  const reliability =
    of.reliability.find((r) => r.family === family) ?? (family === undefined ? of.reliability[0] : undefined);
  return (
    <>
      <Pairs of={of.paired} family={family} />
      <Slices rows={of.rows} family={family} />
      {reliability ? <Calibration of={reliability} /> : null}
      <Fairness of={of.fairness} family={family} />
    </>
  );
}

/** Made when it is opened: four families' tables and charts at once are a page that nobody reads to its end. */
function Fold({ title, openAtFirst, children }: { title: string; openAtFirst: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(openAtFirst);
  return (
    <Details open={open} onToggle={() => setOpen(!open)}>
      <Details.Summary>{title}</Details.Summary>
      <Details.Content>{open ? <div className="stack">{children}</div> : null}</Details.Content>
    </Details>
  );
}

/** Everything about one run's or version's quality; the figures of one family where it is named. */
export function EvaluationView({ of, family }: { of: Evaluation; family?: string | undefined }) {
  const w = useWords(WORDS);
  const names = useNames();
  const curves = useMemo(
    () => [
      {
        label: '',
        curves:
          family === undefined
            ? of.curves
            : of.curves.filter((c) => c.family === family || ['random', 'peer-deviation', 'size'].includes(c.family)),
      },
    ],
    [of, family],
  );
  const families = family === undefined ? [...new Set(of.paired.map((row) => row.family))] : [family];
  return (
    <>
      <Rests estimand={of.estimand} assumption={of.assumption} />
      <Section title={w.figures}>
        <Figures rows={of.rows} />
      </Section>
      <Curves of={curves} />
      {families.length <= 1 ? <OfFamily of={of} family={family} /> : null}
      {of.amounts ? <Amounts of={of.amounts} rows={of.rows} family={family} /> : null}
      {of.nuisance ? <Nuisance of={of.nuisance} /> : null}
      {of.population ? <Population of={of.population} family={family} /> : null}
      {families.length > 1 ? (
        <Section title={w.each} lead={w.eachLead}>
          {families.map((name, i) => (
            <Fold key={name} title={names.family(name)} openAtFirst={i === 0}>
              <OfFamily of={of} family={name} />
            </Fold>
          ))}
        </Section>
      ) : null}
    </>
  );
}
