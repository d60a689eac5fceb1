import type { Estimate, GroupFairness, PairedDifference, ReliabilityReport } from '../schemas/evaluation';
import { FAMILIES } from '../i18n';
import { GATE_POLICY } from './gate-policy';

/** What the gates judge. A verdict keeps every reason, also those that passed. */
export interface GateInput {
  /** True when nuisance columns (who looked) entered the model: it may be studied, never promoted. */
  readonly usesNuisance: boolean;
  /** Verdict of the run's target-leakage check and how many people gave a reason for what it suspects; undefined before there were any. */
  readonly leakage: { readonly verdict: string; readonly tests: number; readonly reasons: number } | undefined;
  readonly testRows: number;
  readonly testPositives: number;
  readonly averagePrecision: Estimate;
  readonly baselines: Readonly<Record<string, Estimate>>;
  /** Candidate against others on the same rows, average precision; empty for runs from before there were any. */
  readonly paired: readonly PairedDifference[];
  /** Champion of the slot, judged on the same rows; undefined when the slot is empty or the splits differ. */
  readonly champion: Estimate | undefined;
  readonly reliability: ReliabilityReport | undefined;
  /** Of the candidate, at the longest list judged. */
  readonly fairness: readonly GroupFairness[];
  /** Average precision in each test period, in order of time. */
  readonly periods: readonly (Estimate & { readonly period: string })[];
  /** Labels it was trained on that a later label set has otherwise; undefined where no later one is known. */
  readonly revisedLabels?: { readonly changed: number; readonly rows: number } | undefined;
  /** Mandatory parts of the version's documents that are empty or missing. */
  readonly undocumented: readonly string[];
}

export interface GateResult {
  readonly gate: string;
  readonly passed: boolean;
  readonly reason: string;
  /** The same in Norwegian bokmål. */
  readonly reasonNb: string;
}

type Interval = Pick<Estimate, 'value' | 'lo' | 'hi'>;
const show = (e: Interval) => `${e.value.toFixed(3)} [${e.lo.toFixed(3)}, ${e.hi.toFixed(3)}]`;
const withN = (e: Estimate) => `${show(e)}, n ${e.n}`;
/** With a decimal comma, and a semicolon where numbers stand beside each other. */
const nb = {
  number: (value: number) => value.toFixed(3).replace('.', ','),
  show: (e: Interval) => `${nb.number(e.value)} [${nb.number(e.lo)}; ${nb.number(e.hi)}]`,
  withN: (e: Estimate) => `${nb.show(e)}, n ${e.n}`,
  name: (family: string) => FAMILIES.nb[family] ?? family,
};

type Gate = (input: GateInput) => GateResult[];
const one = (gate: string, passed: boolean, reason: string, reasonNb: string): GateResult[] => [
  { gate, passed, reason, reasonNb },
];

const enoughOutcomes: Gate = ({ testPositives, testRows }) => {
  const { minTestPositives: least } = GATE_POLICY;
  return one(
    'enough-outcomes',
    testPositives >= least,
    `${testPositives} findings among ${testRows} tested outcomes; at least ${least} are needed`,
    `${testPositives} funn blant ${testRows} prøvde utfall; minst ${least} må til`,
  );
};

const noNuisance: Gate = ({ usesNuisance }) =>
  usesNuisance
    ? one(
        'no-nuisance',
        false,
        'the model uses columns that say who looked',
        'modellen bruker kolonner som sier hvem som kontrollerte',
      )
    : one(
        'no-nuisance',
        true,
        'no column that says who looked entered the model',
        'ingen kolonne som sier hvem som kontrollerte, er med i modellen',
      );

/** A suspicion that two different people have explained does not block for ever; it stays visible with its reasons. */
const leakageReport: Gate = ({ leakage }) => {
  const gate = 'leakage-report';
  if (!leakage)
    return one(
      gate,
      false,
      'the run has no leakage report; train again',
      'kjøringen har ingen lekkasjeattest; tren på nytt',
    );
  if (leakage.verdict === 'clean')
    return one(gate, true, `${leakage.tests} tests found no leak`, `${leakage.tests} prøver fant ingen lekkasje`);
  const { leakageReasonsNeeded } = GATE_POLICY;
  return one(
    gate,
    leakage.verdict === 'needs-reason' && leakage.reasons >= leakageReasonsNeeded,
    `the target-leakage check suspects something; ${leakage.reasons} of ${leakageReasonsNeeded} people have given a reason`,
    `lekkasjekontrollen mistenker noe i dataene; ${leakage.reasons} av ${leakageReasonsNeeded} personer har gitt en grunn`,
  );
};

const betterThanBaselines: Gate = ({ baselines, averagePrecision }) =>
  GATE_POLICY.beat.flatMap((name) => {
    const baseline = baselines[name];
    if (!baseline) return [];
    return one(
      `better-than-${name}`,
      averagePrecision.value > baseline.value,
      `average precision ${withN(averagePrecision)} against ${name} ${withN(baseline)}`,
      `gjennomsnittlig presisjon ${nb.withN(averagePrecision)} mot ${nb.name(name)} ${nb.withN(baseline)}`,
    );
  });

const notClearlyWorse: Gate = ({ paired }) =>
  GATE_POLICY.notClearlyWorseThan.flatMap((name) => {
    const found = paired.find(({ against }) => against === name);
    if (!found) return [];
    return one(
      `not-clearly-worse-than-${name}`,
      found.hi >= 0,
      `average precision minus that of ${name}, in pairs: ${show(found)}`,
      `gjennomsnittlig presisjon minus den til ${nb.name(name)}, parvis: ${nb.show(found)}`,
    );
  });

const champion: Gate = ({ champion: live, averagePrecision }) => {
  if (!live) return [];
  return one(
    'not-worse-than-champion',
    averagePrecision.value >= live.value * (1 - GATE_POLICY.championTolerance),
    `average precision ${withN(averagePrecision)} against champion ${withN(live)}`,
    `gjennomsnittlig presisjon ${nb.withN(averagePrecision)} mot ${nb.withN(live)} for den som er i bruk`,
  );
};

const calibration: Gate = ({ reliability }) => {
  const top = reliability?.top.at(-1);
  if (!top) return [];
  const { calibrationSlack: slack } = GATE_POLICY;
  return one(
    'calibration',
    top.meanProbability >= top.findingRate.lo - slack && top.meanProbability <= top.findingRate.hi + slack,
    `among the first ${top.k}: promised ${top.meanProbability.toFixed(3)}, found ${show(top.findingRate)}`,
    `blant de første ${top.k}: lovet ${nb.number(top.meanProbability)}, funnet ${nb.show(top.findingRate)}`,
  );
};

const fairness: Gate = ({ fairness: groups }) => {
  if (groups.length === 0) return [];
  const judged = groups.filter(({ few }) => !few);
  const few = groups
    .filter((group) => group.few)
    .map(({ group }) => group)
    .join(', ');
  const rows = groups.reduce((sum, { falseDiscoveryRate }) => sum + falseDiscoveryRate.n, 0);
  const all =
    groups.reduce((sum, { falseDiscoveryRate }) => sum + falseDiscoveryRate.value * falseDiscoveryRate.n, 0) /
    Math.max(1, rows);
  const over = judged.filter(({ falseDiscoveryRate }) => falseDiscoveryRate.lo > all + GATE_POLICY.burdenSlack);
  const each = (shown: (e: Interval) => string, between: string) =>
    over.map(({ group, falseDiscoveryRate }) => `${group} ${shown(falseDiscoveryRate)}`).join(between);
  const fewText = few ? `; too few rows for a verdict: ${few}` : '';
  const fewNb = few ? `; for få rader til en dom: ${few}` : '';
  return over.length === 0
    ? one(
        'fairness',
        true,
        `no group of ${judged.length} bears clearly more controls in vain than all (${all.toFixed(3)})${fewText}`,
        `ingen av ${judged.length} grupper har klart flere kontroller uten funn enn alle (${nb.number(all)})${fewNb}`,
      )
    : one(
        'fairness',
        false,
        `controls in vain clearly above all (${all.toFixed(3)}): ${each(show, ', ')}${fewText}`,
        `kontroller uten funn klart over alle (${nb.number(all)}): ${each(nb.show, '; ')}${fewNb}`,
      );
};

/** Drift: what the newest test period shows must be possible beside what the earlier ones showed. */
const drift: Gate = ({ periods, averagePrecision }) => {
  const newest = periods.at(-1);
  if (!newest || periods.length < 2) return [];
  return one(
    'no-decay',
    newest.hi >= averagePrecision.lo,
    `newest period ${newest.period}: average precision ${withN(newest)}; all periods ${show(averagePrecision)}`,
    `nyeste periode ${newest.period}: gjennomsnittlig presisjon ${nb.withN(newest)}; alle perioder ${nb.show(averagePrecision)}`,
  );
};

const documentation: Gate = ({ undocumented }) => {
  const empty = undocumented.join(', ');
  return empty === ''
    ? one('documentation', true, 'the model card has no empty part', 'modellkortet har ingen tom del')
    : one('documentation', false, `empty or missing: ${empty}`, `tomt eller mangler: ${empty}`);
};

const labelsStand: Gate = ({ revisedLabels }) => {
  if (!revisedLabels) return [];
  const { changed, rows } = revisedLabels;
  const passed = changed <= GATE_POLICY.maxRevisedLabels;
  return one(
    'labels-stand',
    passed,
    `${changed} of ${rows} labels it was trained on became others since${passed ? '' : '; train it again on the newer ones'}`,
    `${changed} av ${rows} utfall i fasiten den er trent på, er blitt andre siden${passed ? '' : '; tren på nytt på den nyere fasiten'}`,
  );
};

const GATES: readonly Gate[] = [
  enoughOutcomes,
  noNuisance,
  leakageReport,
  labelsStand,
  betterThanBaselines,
  notClearlyWorse,
  champion,
  calibration,
  fairness,
  drift,
  documentation,
];

/** All gates over one candidate. */
export function judge(input: GateInput): { passed: boolean; results: GateResult[] } {
  const results = GATES.flatMap((gate) => gate(input));
  return { passed: results.every((result) => result.passed), results };
}
