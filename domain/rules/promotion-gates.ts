import type { Estimate, GroupFairness, PairedDifference, ReliabilityReport } from '../schemas/evaluation';
import { rankingName } from '../families/names';
import { GATE_POLICY, type GateName } from './gate-policy';

/** What the gates look at. The result keeps the reason of every gate, also of those that passed. */
export interface GateInput {
  /** True if nuisance columns (who worked on the case) entered the model: it may be studied, never promoted. */
  readonly usesNuisance: boolean;
  /** True if `npm run dev` computed the version, from sources that no build holds. */
  readonly development?: boolean;
  /**
   * Verdict of the run's target-leakage check and how many people explained what it suspects; undefined without one.
   */
  readonly leakage: { readonly verdict: string; readonly tests: number; readonly reasons: number } | undefined;
  readonly testRows: number;
  readonly testPositives: number;
  /** Null where the test rows hold no finding. */
  readonly averagePrecision: Estimate | null;
  readonly baselines: Readonly<Record<string, Estimate | null>>;
  /** Average precision of the candidate minus that of other rankings, on the same rows. */
  readonly paired: readonly PairedDifference[];
  /** Average precision of the slot's champion on the same rows; undefined if the slot is empty or the rows differ. */
  readonly champion: Estimate | null | undefined;
  readonly reliability: ReliabilityReport | undefined;
  /** Of the candidate, at the longest list evaluated. */
  readonly fairness: readonly GroupFairness[];
  /** Average precision in each test period, oldest first. */
  readonly periods: readonly { readonly period: string; readonly estimate: Estimate | null }[];
  /** Labels it was trained on that a later label set contradicts; undefined if there is no later one. */
  readonly revisedLabels?: { readonly changed: number; readonly rows: number } | undefined;
  /** Sections of the model card that are empty, or the card itself if it is missing. */
  readonly undocumented: readonly string[];
}

export interface GateResult {
  readonly gate: GateName;
  readonly passed: boolean;
  readonly reason: string;
  /** The same in Norwegian bokmål. */
  readonly reasonNb: string;
}

type Interval = Pick<Estimate, 'value' | 'lo' | 'hi'>;
const show = (e: Interval) => `${e.value.toFixed(3)} [${e.lo.toFixed(3)}, ${e.hi.toFixed(3)}]`;
const withN = (e: Estimate) => `${show(e)}, n ${e.n}`;
/** Norwegian numbers: decimal comma, semicolon between numbers. */
const nb = {
  number: (value: number) => value.toFixed(3).replace('.', ','),
  show: (e: Interval) => `${nb.number(e.value)} [${nb.number(e.lo)}; ${nb.number(e.hi)}]`,
  withN: (e: Estimate) => `${nb.show(e)}, n ${e.n}`,
  name: (family: string) => rankingName(family, 'nb'),
};

type Gate = (input: GateInput) => GateResult[];
const one = (gate: GateName, passed: boolean, reason: string, reasonNb: string): GateResult[] => [
  { gate, passed, reason, reasonNb },
];

/** A figure that is missing holds no gate. */
const noValue = (gate: GateName, of: string, ofNb: string): GateResult[] =>
  one(gate, false, `${of} has no value, so nothing can be said`, `${ofNb} har ingen verdi, så ingenting kan sies`);
const noPrecision = (gate: GateName) => noValue(gate, 'average precision', 'gjennomsnittlig presisjon');

const enoughOutcomes: Gate = ({ testPositives, testRows }) => {
  const { minTestPositives: least } = GATE_POLICY;
  return one(
    'enough-outcomes',
    testPositives >= least,
    `${testPositives} findings among ${testRows} test outcomes; at least ${least} are needed`,
    `${testPositives} funn blant ${testRows} utfall i testdelene; minst ${least} må til`,
  );
};

const noNuisance: Gate = ({ usesNuisance }) =>
  usesNuisance
    ? one(
        'no-nuisance',
        false,
        'the model uses columns that identify the caseworker',
        'modellen bruker kolonner som viser hvem saksbehandleren var',
      )
    : one(
        'no-nuisance',
        true,
        'the model uses no column that identifies the caseworker',
        'modellen bruker ingen kolonne som viser hvem saksbehandleren var',
      );

/** A version that was computed while its sources were being edited is for trying out, never for use. */
const noDevelopment: Gate = ({ development }) =>
  development === true
    ? one(
        'no-development',
        false,
        'the version was computed by a development run; train it again with a released build',
        'versjonen er beregnet under utvikling; tren den på nytt med en utgitt versjon av programmet',
      )
    : [];

/** A suspicion passes once two different people have explained it; it stays visible with their reasons. */
const noLeakage: Gate = ({ leakage }) => {
  const gate = 'leakage-report';
  if (!leakage)
    return one(
      gate,
      false,
      'the run has no leakage report; train again',
      'kjøringen har ingen rapport om utfallslekkasje; tren på nytt',
    );
  if (leakage.verdict === 'clean')
    return one(
      gate,
      true,
      `${leakage.tests} tests found no target leakage`,
      `${leakage.tests} prøver fant ingen utfallslekkasje`,
    );
  const { leakageReasonsNeeded } = GATE_POLICY;
  return one(
    gate,
    leakage.verdict === 'needs-reason' && leakage.reasons >= leakageReasonsNeeded,
    `the target-leakage check suspects something; ` +
      `${leakage.reasons} of ${leakageReasonsNeeded} people have explained it`,
    `kontrollen av utfallslekkasje mistenker noe i dataene; ` +
      `${leakage.reasons} av ${leakageReasonsNeeded} personer har forklart det`,
  );
};

const betterThanBaselines: Gate = ({ baselines, averagePrecision }) =>
  GATE_POLICY.beat.flatMap((name) => {
    const baseline = baselines[name];
    if (baseline === undefined) return [];
    if (!averagePrecision || !baseline) return noPrecision(`better-than-${name}`);
    return one(
      `better-than-${name}`,
      averagePrecision.value > baseline.value,
      `average precision ${withN(averagePrecision)} against ${name} ${withN(baseline)}`,
      `gjennomsnittlig presisjon ${nb.withN(averagePrecision)} mot ${nb.name(name)} ${nb.withN(baseline)}`,
    );
  });

const notClearlyWorse: Gate = ({ paired, baselines, averagePrecision }) =>
  GATE_POLICY.notClearlyWorseThan.flatMap((name) => {
    const found = paired.find(({ against }) => against === name);
    if (!averagePrecision && name in baselines) return noPrecision(`not-clearly-worse-than-${name}`);
    if (!found) return [];
    return one(
      `not-clearly-worse-than-${name}`,
      found.hi >= 0,
      `average precision minus that of ${name}, paired: ${show(found)}`,
      `gjennomsnittlig presisjon minus den til ${nb.name(name)}, parvis: ${nb.show(found)}`,
    );
  });

const notWorseThanChampion: Gate = ({ champion: live, averagePrecision }) => {
  if (live === undefined) return [];
  if (!live || !averagePrecision) return noPrecision('not-worse-than-champion');
  return one(
    'not-worse-than-champion',
    averagePrecision.value >= live.value * (1 - GATE_POLICY.championTolerance),
    `average precision ${withN(averagePrecision)} against champion ${withN(live)}`,
    `gjennomsnittlig presisjon ${nb.withN(averagePrecision)} mot ${nb.withN(live)} for den som er i bruk`,
  );
};

const calibration: Gate = ({ reliability }) => {
  if (!reliability) return [];
  const top = reliability.top.at(-1);
  if (!top)
    return noValue(
      'calibration',
      'a list longer than the test rows',
      'en liste som er lengre enn radene i testdelene,',
    );
  const { calibrationSlack: slack } = GATE_POLICY;
  return one(
    'calibration',
    top.meanProbability >= top.findingRate.lo - slack && top.meanProbability <= top.findingRate.hi + slack,
    `among the first ${top.k}: predicted ${top.meanProbability.toFixed(3)}, found ${show(top.findingRate)}`,
    `blant de første ${top.k}: anslått ${nb.number(top.meanProbability)}, funnet ${nb.show(top.findingRate)}`,
  );
};

const fairness: Gate = ({ fairness: groups }) => {
  if (groups.length === 0) return [];
  const supported = groups.filter(({ lowSupport }) => !lowSupport);
  const unsupported = groups
    .filter(({ lowSupport }) => lowSupport)
    .map(({ group }) => group)
    .join(', ');
  const onList = groups.flatMap(({ falseDiscoveryRate }) => falseDiscoveryRate ?? []);
  const rows = onList.reduce((sum, { n }) => sum + n, 0);
  const all = onList.reduce((sum, { value, n }) => sum + value * n, 0) / Math.max(1, rows);
  const over = supported.flatMap(({ group, falseDiscoveryRate: rate }) =>
    rate && rate.lo > all + GATE_POLICY.falseDiscoverySlack ? [{ group, rate }] : [],
  );
  const each = (text: (e: Interval) => string, separator: string) =>
    over.map(({ group, rate }) => `${group} ${text(rate)}`).join(separator);
  const remark = unsupported ? `; too few rows for a verdict: ${unsupported}` : '';
  const remarkNb = unsupported ? `; for få rader til en vurdering: ${unsupported}` : '';
  return over.length === 0
    ? one(
        'fairness',
        true,
        `in none of ${supported.length} groups is the false discovery rate clearly above that of all ` +
          `(${all.toFixed(3)})${remark}`,
        `ingen av ${supported.length} grupper har klart større andel kontroller uten funn enn alle ` +
          `(${nb.number(all)})${remarkNb}`,
      )
    : one(
        'fairness',
        false,
        `false discovery rate clearly above that of all (${all.toFixed(3)}): ${each(show, ', ')}${remark}`,
        `andelen kontroller uten funn er klart større enn for alle (${nb.number(all)}): ` +
          `${each(nb.show, '; ')}${remarkNb}`,
      );
};

/** Decay over time: the interval of the newest test period must reach that of all periods. */
const noDecay: Gate = ({ periods, averagePrecision }) => {
  const newest = periods.at(-1);
  if (!newest || periods.length < 2) return [];
  const { period, estimate } = newest;
  if (!averagePrecision || !estimate)
    return noValue(
      'no-decay',
      `average precision of the newest period ${period}`,
      `gjennomsnittlig presisjon i nyeste periode ${period}`,
    );
  return one(
    'no-decay',
    estimate.hi >= averagePrecision.lo,
    `newest period ${period}: average precision ${withN(estimate)}; all periods ${show(averagePrecision)}`,
    `nyeste periode ${period}: gjennomsnittlig presisjon ${nb.withN(estimate)}; ` +
      `alle perioder ${nb.show(averagePrecision)}`,
  );
};

const documentation: Gate = ({ undocumented }) => {
  const empty = undocumented.join(', ');
  return empty === ''
    ? one('documentation', true, 'the model card has no empty section', 'modellkortet har ingen tomme avsnitt')
    : one('documentation', false, `empty or missing: ${empty}`, `tomt eller mangler: ${empty}`);
};

const labelsUnchanged: Gate = ({ revisedLabels }) => {
  if (!revisedLabels) return [];
  const { changed, rows } = revisedLabels;
  const passed = changed <= GATE_POLICY.maxRevisedLabels;
  return one(
    'labels-stand',
    passed,
    `${changed} of ${rows} labels it was trained on have changed since` +
      `${passed ? '' : '; train again on the newer ones'}`,
    `${changed} av ${rows} utfall den er trent på, er endret siden${passed ? '' : '; tren på nytt på de nyere'}`,
  );
};

const GATES: readonly Gate[] = [
  enoughOutcomes,
  noNuisance,
  noDevelopment,
  noLeakage,
  labelsUnchanged,
  betterThanBaselines,
  notClearlyWorse,
  notWorseThanChampion,
  calibration,
  fairness,
  noDecay,
  documentation,
];

/** Evaluates all gates for one candidate. */
export function evaluateGates(input: GateInput): { passed: boolean; results: GateResult[] } {
  const results = GATES.flatMap((gate) => gate(input));
  return { passed: results.every((result) => result.passed), results };
}
