import fs from 'node:fs';
import path from 'node:path';
import { familySchema } from '../domain/families';
import { CONTROL_BASIS, type MatrixColumn, type MatrixData } from '../domain/schemas/matrix';
import { expectedAmounts, fitAmountModel } from '../models/amounts/amount-model';
import { loadBackend, type Tf } from '../models/backend';
import { calibrated, selectCalibrator } from '../models/calibration/calibrator';
import { fitRankNormalizer, normalizedRankOf } from '../models/calibration/rank-normalizer';
import { fitFamily } from '../models/training/fit';
import type { FittedModel } from '../models/training/fitted-model';
import { hasEnoughRows, orderByLabelTime } from '../models/training/validation-split';
import { scoreRows } from '../models/scoring';
import { codeIdentity } from '../platform/code-identity';
import { ROOT } from '../platform/config/env';
import { REGISTER_COLUMNS } from '../platform/matrices/register-matrix';
import type { SimulationConfig } from '../simulation/simulation-config';
import { type ScenarioName, SCENARIOS } from '../simulation/scenarios';
import { type Figure, report } from './lib/results';
import { type Done, figureOf, figuresOf, type Lists, outcomesOf, rule, truthFigures } from './scenarios/figures';
import { UNLABELED } from './lib/pu-bagging';
import { probabilityFromRandomLabels } from './lib/label-efficiency';
import { evaluatedLists, truthOf } from './lib/scenario-lists';
import { REGISTER_META, SCENARIO_CONFIG, scenarioMatrices } from './lib/scenario-data';

/**
 * Lists of equal length in scenarios with known ground truth: ours by expected amount, against the largest first and
 * the outlier rule (deviation from peers). A list counts what a control case of each provider would give on average, so
 * no luck of a draw is in it. `--seeds` and `--scenario` make it smaller; what is done is kept. `--matrices` makes the
 * matrices alone. `--ground-truth` learns nothing and says what lists by the true probabilities would give.
 * `--random-labels` learns from so many randomly labeled providers.
 */
const option = (name: string): string | undefined => new RegExp(`--${name} (\\S+)`).exec(process.argv.join(' '))?.[1];
const SEEDS = Number(option('seeds') ?? 20);
const NAMES = (Object.keys(SCENARIOS) as ScenarioName[]).filter(
  (name) => option('scenario') === undefined || name === option('scenario'),
);
/**
 * Shares of the known outcomes, in known time, at which a fold's test part begins: an earlier one would learn from too
 * few.
 */
const FOLDS = [0.6, 0.8];
/** The default of an experiment. */
const ADJUSTED_SOURCES = ['tip'];
/**
 * The product's default alone, ten networks averaged: with so few outcomes they differ much, and the validation loss of
 * some thirty-five of them is no ground for choosing between families (logistic regression was chosen in a third of the
 * scenarios).
 */
const FAMILY = familySchema.parse({ family: 'tabm-mini', members: 10 });
/** The product default: enough members where outcomes are many. */
const DEFAULT = familySchema.parse({ family: 'tabm-mini' });
const FILE = path.join(ROOT, '.stack/bench/scenarios.jsonl');
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Simulates one scenario, learns from the outcomes of its control cases, and evaluates lists drawn the day after. */
async function one(tf: Tf, scenario: ScenarioName, seed: number, code: string): Promise<Done> {
  const config: SimulationConfig = { ...SCENARIO_CONFIG, seed, scenario };
  const { cases, population, columns, labeled, positives } = await scenarioMatrices(config);
  const { scores, probability, amountNok } = learn(tf, cases, columns, population, seed);
  const orders = new Map<string, ArrayLike<number>>([
    ['expected-amount', probability.map((p, i) => p * amountNok[i]!)],
    ['probability', scores],
  ]);
  const { lists, order } = evaluatedLists(config, population, amountNok, orders);
  return {
    code,
    scenario,
    seed,
    labeled,
    positives,
    predicted: order(scores).reduce((sum, row) => sum + probability[row]!, 0),
    lists,
  };
}

const USE = REGISTER_COLUMNS.map(({ name }) => name);
const known = (data: MatrixData) =>
  Array.from({ length: data.n }, (_, row) => row).filter((row) => data.labelKnownOn[row] !== undefined);
const rowsOf = ({ n }: MatrixData) => Array.from({ length: n }, (_, row) => row);

/** Expected amount of a finding at each provider of the population; 1 for all where too few findings have an amount. */
function expectedAmountsOf(data: MatrixData, population: MatrixData): number[] {
  const amounts = fitAmountModel(data, REGISTER_META, USE, known(data));
  return amounts ? expectedAmounts(amounts, population, rowsOf(population)) : rowsOf(population).map(() => 1);
}

/** Fits, calibrates on later folds and fits amounts, as a training run does. */
function learn(tf: Tf, data: MatrixData, columns: readonly MatrixColumn[], population: MatrixData, seed: number) {
  const [rows, everyRow] = [known(data), rowsOf(population)];
  const puBagging = { population, puBagging: UNLABELED };
  const fit = (on: readonly number[]) => fitFamily(tf, FAMILY, data, columns, on, seed, puBagging).model;
  const rankNormalizerBy = (model: FittedModel) => fitRankNormalizer(scoreRows(tf, model, population, everyRow));
  const model = fit(rows);
  const labeled = foldsOf(orderByLabelTime(data, rows))
    .filter(({ train }) => hasEnoughRows(data, train))
    .flatMap(({ train, test }) => {
      const before = fit(train);
      const rankNormalizer = rankNormalizerBy(before);
      return [...scoreRows(tf, before, data, test)].map((score, i) => ({
        row: test[i]!,
        at: normalizedRankOf(rankNormalizer, score),
      }));
    });
  const rankNormalizer = rankNormalizerBy(model);
  const scores = scoreRows(tf, model, population, everyRow);
  const probabilityOf =
    calibration(data, labeled, seed) ?? (() => rows.filter((row) => data.label[row] === 1).length / rows.length);
  return {
    scores,
    probability: Array.from(scores, (score) => probabilityOf(normalizedRankOf(rankNormalizer, score))),
    amountNok: expectedAmountsOf(data, population),
  };
}

/** Parts that follow each other in known time, each tested by what was known before it. */
const foldsOf = (order: readonly number[]) =>
  FOLDS.map((from, fold) => {
    const at = (share: number) => Math.round(order.length * share);
    return { train: order.slice(0, at(from)), test: order.slice(at(from), at(FOLDS[fold + 1] ?? 1)) };
  });

/** Undefined where no fold had outcomes enough to learn from: then all providers get the observed share of findings. */
function calibration(
  data: MatrixData,
  labeled: readonly { readonly row: number; readonly at: number }[],
  seed: number,
): ((at: number) => number) | undefined {
  if (labeled.length === 0) return undefined;
  const basis = data.categorical.get(CONTROL_BASIS)!;
  const labels = Float64Array.from(labeled, ({ row }) => data.label[row]!);
  const { calibrator } = selectCalibrator(
    Float64Array.from(labeled, ({ at }) => at),
    labels,
    labeled.map(({ row }) => data.entity[row]!),
    seed,
    labeled.map(({ row }) => ADJUSTED_SOURCES.includes(basis[row]!)),
  );
  return (at) => calibrated(calibrator, at);
}

/** What this code has done; a scenario that two processes did at once counts once. */
const readDone = (code: string): Done[] =>
  fs.existsSync(FILE)
    ? fs
        .readFileSync(FILE, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Done)
        .filter((done) => done.code === code)
        .filter(
          (done, i, all) =>
            all.findIndex(({ scenario, seed }) => scenario === done.scenario && seed === done.seed) === i,
        )
    : [];

async function byTruth(): Promise<void> {
  const figures: Figure[] = [];
  for (const scenario of NAMES) {
    const done: Lists[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const config: SimulationConfig = { ...SCENARIO_CONFIG, seed, scenario };
      const { cases, population } = await scenarioMatrices(config);
      done.push(evaluatedLists(config, population, expectedAmountsOf(cases, population), new Map()));
    }
    figures.push(...truthFigures(scenario, done));
  }
  report('scenarios-ground-truth', figures);
}

/** Learning curve: the same family with outcomes of randomly drawn providers, more of them than any payer has. */
async function byRandomLabels(tf: Tf, counts: readonly number[]): Promise<void> {
  const figures: Figure[] = [];
  for (const scenario of NAMES) {
    const done: Lists[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const config: SimulationConfig = { ...SCENARIO_CONFIG, seed, scenario };
      const { cases, population, columns } = await scenarioMatrices(config);
      const amountNok = expectedAmountsOf(cases, population);
      const finding = truthOf(config, population).map((own) => own.finding);
      const orders = counts.map((count) => {
        const probability = probabilityFromRandomLabels(tf, DEFAULT, population, columns, finding, count, seed);
        return [`drawn-${count}`, probability.map((p, row) => p * amountNok[row]!)] as const;
      });
      done.push(evaluatedLists(config, population, amountNok, new Map(orders)));
      say(`${scenario}, seed ${seed}: ${done.length} of ${SEEDS} done`);
    }
    for (const count of counts) {
      const list = outcomesOf(`drawn-${count}`);
      figures.push(
        figureOf(scenario, done, `${count} randomly drawn outcomes: upheld amount against the outlier rule`, (one) => [
          list(one).amountNok,
          rule(one).amountNok,
        ]),
      );
      figures.push(
        figureOf(
          scenario,
          done,
          `${count} randomly drawn outcomes: benign outliers against the outlier rule`,
          (one) => [list(one).benign, rule(one).benign],
        ),
      );
    }
    figures.push(...truthFigures(scenario, done));
  }
  report('scenarios-random-labels', figures);
}

/** The longer half of the work alone: it is kept for as long as the simulation and the features stay. */
async function makeAll(): Promise<void> {
  for (let seed = 0; seed < SEEDS; seed++)
    for (const scenario of NAMES) {
      await scenarioMatrices({ ...SCENARIO_CONFIG, seed, scenario });
      say(`${scenario}, seed ${seed}: matrices are there`);
    }
}

async function main(): Promise<void> {
  const code = codeIdentity(__filename);
  const { tf } = await loadBackend();
  fs.mkdirSync(path.dirname(FILE), { recursive: true });
  if (process.argv.includes('--matrices')) return makeAll();
  if (process.argv.includes('--ground-truth')) return byTruth();
  const drawn = option('random-labels')?.split(',').map(Number);
  if (drawn) return byRandomLabels(tf, drawn);
  const done = readDone(code);
  const target = NAMES.flatMap((scenario) => Array.from({ length: SEEDS }, (_, seed) => ({ scenario, seed })));
  for (const { scenario, seed } of target) {
    if (done.some((one) => one.scenario === scenario && one.seed === seed)) continue;
    const began = performance.now();
    const found = await one(tf, scenario, seed, code);
    fs.appendFileSync(FILE, `${JSON.stringify(found)}\n`);
    done.push(found);
    say(
      `${scenario}, seed ${seed}: ${found.labeled} outcomes, ${found.positives} findings; ` +
        `${((performance.now() - began) / 1000).toFixed(0)} s; ${done.length} of ${target.length} done`,
    );
  }
  report(
    'scenarios',
    NAMES.flatMap((scenario) =>
      figuresOf(
        scenario,
        done.filter((one) => one.scenario === scenario && one.seed < SEEDS),
      ),
    ),
  );
}

void main();
