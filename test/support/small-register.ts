import path from 'node:path';
import { DEMO_DIALS } from '../../simulation/dials';
import { writeRegister } from '../../simulation/messages';
import { importRegister } from '../../platform/loading/import-register';
import { loadReference } from '../../platform/loading/reference';
import { Vault } from '../../platform/loading/vault';
import { actAs, type TestDatabase } from './environment';

export const SMALL_SLOT = 'post-payment-control/all';

/** Simulates a small register into `dir` and loads it, bad rows and all. */
export async function loadSmallRegister(t: Pick<TestDatabase, 'env' | 'db'>, dir: string): Promise<void> {
  await writeRegister({ ...DEMO_DIALS, actors: 0.06, volume: 0.012, controlsPerYear: 500, years: 4 }, dir);
  await loadReference(t.db);
  const actor = await actAs(t, 'kari', 'register.import');
  const reports = await importRegister(t.db, actor, new Vault(t.db, Buffer.alloc(32, 1)), path.join(dir, 'register'));
  for (const report of reports) expect(report.loaded + report.quarantined).toBe(report.read);
}

/** An experiment on it that is fitted in seconds and passes its gates; learning.test.ts asks for what this one leaves out. */
export const SMALL_EXPERIMENT = `
version: 1
name: small-register
seed: 3
source: { kind: register, asOf: 2025-01-01T00:00:00Z }
split: { kind: expanding, firstTest: 2023-03-01, testMonths: 4, folds: 2 }
features:
  include: [practice_type, overlap_day_share_12m, long_day_share_12m, minutes_per_day_12m_z, add_ons_per_bill_12m_z, repetitions_per_add_on_12m, labs_per_bill_12m_z,
    lines_per_bill_12m_z, dead_patient_share_12m, rule_hits_per_bill_12m_z, same_minute_day_share_12m, group_share_12m_z, amount_per_day_12m_z]
families:
  - { family: logistic, l2: [0.1, 1] }
  - { family: mlp, hidden: [8], maxEpochs: 20, patience: 4, batchSize: 32, members: 2 }
candidate: logistic
evaluation: { k: [10], bootstrap: 60, nuisance: [], population: false }
`;
