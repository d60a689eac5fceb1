import { FAMILY_NAMES, familySchema } from '../domain/families';
import { loadBackend } from '../models/backend';
import { contributions } from '../models/explain/contributions';
import { modelFamily } from '../models/families';
import { fitFamily } from '../models/training/fit';
import { type Figure, report } from './lib/results';
import { UNLABELED } from './lib/pu-bagging';
import { SCENARIO_CONFIG, scenarioMatrices } from './lib/scenario-data';

/**
 * Explanations by each family with its default settings on a simulated register (2,300 providers, all columns): whether
 * the contributions of the features add up to the score, and how long one provider takes. The fits use PU bagging, as
 * an experiment can, so a network has its three members and the logistic model ten.
 */
const PROVIDERS = 200;
const AT_ONCE = 20;
const SEED = 1;
const say = (text: string) => process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  const { cases, population, columns, labeled } = await scenarioMatrices(SCENARIO_CONFIG);
  say(`\n${labeled} outcomes, ${columns.length} columns`);
  const { tf } = await loadBackend();
  const rows = Array.from({ length: cases.n }, (_, row) => row).filter((row) => cases.labelKnownOn[row] !== undefined);
  const asked = Array.from({ length: Math.min(PROVIDERS, population.n) }, (_, i) =>
    Math.floor((i * population.n) / PROVIDERS),
  );
  const figures: Figure[] = [];
  for (const family of FAMILY_NAMES) {
    const puBagging = { population, puBagging: UNLABELED };
    const { model } = fitFamily(tf, familySchema.parse({ family }), cases, columns, rows, SEED, puBagging);
    contributions(tf, model, population, asked.slice(0, 2)); // the first call compiles
    const began = performance.now();
    const found = Array.from({ length: Math.ceil(asked.length / AT_ONCE) }, (_, i) =>
      contributions(tf, model, population, asked.slice(i * AT_ONCE, (i + 1) * AT_ONCE)),
    ).flat();
    const ms = (performance.now() - began) / found.length;
    const worst = Math.max(...found.map(({ completenessError }) => Math.abs(completenessError)));
    const explained = found.reduce((sum, { score, base }) => sum + Math.abs(score - base), 0);
    const share = found.reduce((sum, { completenessError }) => sum + Math.abs(completenessError), 0) / explained;
    say(`${family}: ${model.members.length} members`);
    figures.push(
      modelFamily(family).explainsExactly
        ? {
            name: `${family}: greatest completeness error`,
            value: worst,
            unit: '',
            target: { at: 'most', value: 1e-6 },
          }
        : {
            name: `${family}: completeness error, share of what is explained`,
            value: 100 * share,
            unit: '%',
            baseline: `greatest ${worst.toFixed(4)}`,
            target: { at: 'most', value: 0.5 },
          },
      {
        name: `${family}: a provider`,
        value: ms,
        unit: 'ms',
        baseline: `${found.length} providers, ${AT_ONCE} at once`,
        target: { at: 'most', value: 20 },
      },
    );
  }
  report('reasons', figures);
}

void main();
