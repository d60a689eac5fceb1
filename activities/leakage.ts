import fs from 'node:fs';
import { matrixFile } from '../compute/job-inputs';
import type { ComputeJob } from '../compute/jobs';
import { spawnJob } from '../compute/spawn-job';
import { UtplukkError } from '../domain/errors';
import { foldsOf } from '../domain/rules/training-splits';
import { civilTime } from '../domain/time/civil-time';
import type { LeakageReport } from '../models/leakage/leakage-check';
import { canonical } from '../platform/artifacts/hash';
import { ArtifactStore } from '../platform/artifacts/store';
import { recordLeakageReport } from '../platform/db/stores/leakage';
import { getRun } from '../platform/db/stores/runs';
import { withDuckDb } from '../platform/duckdb/duckdb';
import { checkPointInTime } from '../platform/features/point-in-time-check';
import { asOfDates } from '../platform/matrices/as-of-dates';
import { readManifest } from '../platform/snapshots/manifests';
import type { TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/** The target-leakage check of a run, before anything is fitted. Equal data give an equal report, recorded once. */
export const leakageActivities = (deps: ActivityDependencies): Pick<TrainingActivities, 'checkLeakage'> => ({
  checkLeakage: ({ runId, matrixId, snapshotId }) =>
    withHeartbeat(async (signal) => {
      const { db, store } = deps;
      const run = await getRun(db, runId);
      const { experiment } = run.input;
      const { source } = experiment;
      const matrix = await matrixFile(deps, matrixId, experiment);
      const job = {
        kind: 'leakage',
        matrix,
        folds: foldsOf(experiment.split),
        knownUntil: source.kind === 'register' ? civilTime(Date.parse(source.asOf)).day : undefined,
        nuisanceAllowed: experiment.features.nuisance === 'include',
        further: snapshotId === undefined ? [] : [await pointInTimeCheck(deps, snapshotId, matrix.file)],
        storeRoot: store.root,
      } as const;
      const { result } = await spawnJob<'leakage'>(job, signal);
      const sha256 = store.put(canonical(result));
      const { verdict, tests } = result;
      const report = { runId, actionId: run.actionId, verdict, tests, sha256, document: result };
      await recordLeakageReport(db, report, deps.clock());
      if (result.verdict === 'refused') throw leakageError(result);
      return { verdict: result.verdict };
    }),
});

/** Names the columns concerned, what was found, and how many more there are. */
export function leakageError({ findings }: LeakageReport): UtplukkError {
  const structural = findings.filter(({ severity }) => severity === 'structural');
  const shown = structural.slice(0, 3).map(({ column, detail }) => `${column ? `${column}: ` : ''}${detail}`);
  const more = structural.length > 3 ? ` and ${structural.length - 3} more` : '';
  return new UtplukkError(
    'LeakageFound',
    `the target-leakage check refuses the data: ${shown.join('; ')}${more}`,
    'Correct the table, or leave the column out with `features.exclude`.',
  );
}

type FurtherCheck = Extract<ComputeJob, { kind: 'leakage' }>['further'][number];

/** Recomputes the features of one as-of date from a snapshot that ends there; needs the snapshot, so it runs here. */
async function pointInTimeCheck(
  { db, store }: ActivityDependencies,
  snapshotId: string,
  matrixPath: string,
): Promise<FurtherCheck> {
  const manifest = await readManifest(db, store, snapshotId);
  const scratch = store.temporary('-point-in-time');
  try {
    const findings = await withDuckDb(store.temporary(), async (duck) => {
      const dates = await asOfDates(duck, matrixPath);
      const asOf = dates[Math.floor(dates.length / 3)]!;
      const { same, detail } = await checkPointInTime(duck, store, new ArtifactStore(scratch), manifest, asOf);
      return same ? [] : [{ check: 'future', severity: 'structural' as const, detail }];
    });
    return {
      id: 'future',
      looksFor: 'features that change when everything known after their date is taken away',
      findings,
    };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
