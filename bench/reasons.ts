import { type FamilySpec, familySchema } from '../domain/schemas/families';
import { loadBackend } from '../models/backend';
import { contributions } from '../models/explain/contributions';
import { fitFamily } from '../models/training/fit';
import { type Figure, report } from './lib/results';
import { UNLABELLED } from './lib/unlabelled';
import { WORLD_DIALS, worldMatrices } from './lib/scenario-data';

/**
 * Reasons of the families with their defaults on a simulated register (2,300 actors, all columns): whether what the features
 * add sums to the score, and how long an actor takes. Never controlled actors stand beside the controlled, as an experiment
 * can ask for, so that a network has its three members and the logistic model ten.
 */
const ACTORS = 200;
const AT_ONCE = 20;
const SEED = 1;
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Exact to rounding for the additive and the linear model; a share of what there is to explain for the others. */
const IS_EXACT: Partial<Record<FamilySpec['family'], true>> = { logistic: true, additive: true };

async function main(): Promise<void> {
  const { cases, everybody, columns, labelled } = await worldMatrices(WORLD_DIALS);
  say(`\n${labelled} outcomes, ${columns.length} columns`);
  const { tf } = await loadBackend();
  const rows = Array.from({ length: cases.n }, (_, row) => row).filter((row) => cases.labelKnownOn[row] !== undefined);
  const asked = Array.from({ length: Math.min(ACTORS, everybody.n) }, (_, i) => Math.floor((i * everybody.n) / ACTORS));
  const figures: Figure[] = [];
  for (const family of ['logistic', 'additive', 'mlp', 'tabm-mini'] as const) {
    const unlabelled = { everybody, settings: UNLABELLED };
    const { model } = fitFamily(tf, familySchema.parse({ family }), cases, columns, rows, SEED, unlabelled);
    contributions(tf, model, everybody, asked.slice(0, 2)); // the first call compiles
    const began = performance.now();
    const found = Array.from({ length: Math.ceil(asked.length / AT_ONCE) }, (_, i) =>
      contributions(tf, model, everybody, asked.slice(i * AT_ONCE, (i + 1) * AT_ONCE)),
    ).flat();
    const ms = (performance.now() - began) / found.length;
    const worst = Math.max(...found.map(({ gap }) => Math.abs(gap)));
    const explained = found.reduce((sum, { score, base }) => sum + Math.abs(score - base), 0);
    const share = found.reduce((sum, { gap }) => sum + Math.abs(gap), 0) / explained;
    say(`${family}: ${model.members.length} members`);
    figures.push(
      IS_EXACT[family]
        ? {
            name: `${family}: greatest gap between score and sum`,
            value: worst,
            unit: '',
            owed: { at: 'most', value: 1e-6 },
          }
        : {
            name: `${family}: gap between score and sum, share of what is explained`,
            value: 100 * share,
            unit: '%',
            yardstick: `greatest ${worst.toFixed(4)}`,
            owed: { at: 'most', value: 0.5 },
          },
      {
        name: `${family}: an actor`,
        value: ms,
        unit: 'ms',
        yardstick: `${found.length} actors, ${AT_ONCE} at once`,
        owed: { at: 'most', value: 20 },
      },
    );
  }
  report('reasons', figures);
}

void main();
