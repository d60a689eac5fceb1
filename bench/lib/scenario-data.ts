import { toInstant } from '../../domain/time/instant';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import { BASELINE_FEATURES } from '../../domain/features/catalogue';
import { CONTROL_BASIS, type MatrixColumn, type MatrixData, type MatrixMeta } from '../../domain/schemas/matrix';
import { withProfileDeviation } from '../../models/baselines/baselines';
import { codeIdentity } from '../../platform/code-identity';
import { ROOT } from '../../platform/config/env';
import { REGISTER_COLUMNS, registerMatrixOf } from '../../platform/matrices/register-matrix';
import { readMatrix } from '../../platform/matrices/read-matrix';
import { type SimulationConfig, monthAt, monthsOf } from '../../simulation/simulation-config';
import { nationalSnapshot } from './national';

/** Columns of the register as models see them. */
export const REGISTER_META: MatrixMeta = {
  columns: REGISTER_COLUMNS,
  baselines: BASELINE_FEATURES,
  rows: 0,
  labeled: 0,
  positives: 0,
};

/** A tenth of the providers with eighty controls a year. */
export const SCENARIO_CONFIG: SimulationConfig = {
  providers: 0.1,
  volume: 0.01,
  controlsPerYear: 80,
  years: 4,
  seed: 0,
  firstMonth: '2021-01',
};

export interface ScenarioMatrices {
  /** Past control cases as known when each was opened. */
  readonly cases: MatrixData;
  /** All active providers on the day after the last month simulated. */
  readonly population: MatrixData;
  readonly columns: readonly MatrixColumn[];
  readonly labeled: number;
  readonly positives: number;
}

/**
 * The same once more as long as no code changed that makes them: most of the time of a scenario, and learning changes
 * more often.
 */
export async function scenarioMatrices(config: SimulationConfig): Promise<ScenarioMatrices> {
  const kept = path.join(
    ROOT,
    '.stack/bench/scenarios',
    codeIdentity(__filename).slice(0, 16),
    `${config.scenario ?? 'standard'}-${config.seed}.v8`,
  );
  if (fs.existsSync(kept)) return v8.deserialize(fs.readFileSync(kept)) as ScenarioMatrices;
  const made = await makeMatrices(config);
  fs.mkdirSync(path.dirname(kept), { recursive: true });
  fs.writeFileSync(`${kept}.part`, v8.serialize(made));
  fs.renameSync(`${kept}.part`, kept);
  return made;
}

/** Simulates a register and makes its matrices as the product would, in a folder that is gone afterwards. */
async function makeMatrices(config: SimulationConfig): Promise<ScenarioMatrices> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-scenario-'));
  try {
    const { store, manifest } = await nationalSnapshot(config, home);
    const asOf = toInstant(`${monthAt(config, monthsOf(config))}-01T00:00:00Z`, 'the end of the simulation');
    const recipe = { snapshotId: 'bench', code: 'bench', engine: 'bench' };
    const casesMatrix = await registerMatrixOf(store, manifest, { kind: 'training', minAmountOre: 0, ...recipe });
    const populationMatrix = await registerMatrixOf(store, manifest, { kind: 'scoring', asOf, ...recipe });
    const read = async (sha: string, more: readonly MatrixColumn[] = []) =>
      withProfileDeviation(
        await readMatrix(store.existing(sha), [...REGISTER_COLUMNS, ...more], store.temporary()),
        REGISTER_COLUMNS,
        REGISTER_META,
      );
    const [known, population] = [
      await read(casesMatrix.fileSha256, [{ name: CONTROL_BASIS, kind: 'categorical', role: 'design' }]),
      await read(populationMatrix.fileSha256),
    ];
    return {
      cases: known.data,
      population: population.data,
      columns: known.columns,
      labeled: casesMatrix.counts.labeled,
      positives: casesMatrix.counts.positives,
    };
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}
