import fs from 'node:fs';
import { civilTime } from '../domain/time/civil-time';
import { UtplukkError } from '../domain/errors';
import { foldsOf } from '../domain/rules/training-splits';
import type { LeakageReport } from '../models/leakage/leakage-check';
import { canonical } from '../platform/artifacts/hash';
import { ArtifactStore } from '../platform/artifacts/store';
import { auditContextOf } from '../platform/ledger/record';
import { storeLeakageReport } from '../platform/db/stores/leakage';
import { getRun } from '../platform/db/stores/runs';
import { withDuckDb } from '../platform/duckdb/duckdb';
import { readManifest } from '../platform/snapshots/manifests';
import { checkPointInTime } from '../platform/features/point-in-time-check';
import { spawnJob } from '../compute/spawn-job';
import type { TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { matrixFile } from '../compute/job-inputs';

type Further = { id: string; looksFor: string; findings: LeakageReport['findings'] };

/** The target-leakage check of a run, before anything is fitted. */
export async function checkRun(
  deps: ActivityDependencies,
  { runId, matrixId, snapshotId }: Parameters<TrainingActivities['checkLeakage']>[0],
  signal: AbortSignal,
): ReturnType<TrainingActivities['checkLeakage']> {
  const { db, store } = deps;
  const run = await getRun(db, runId);
  const { experiment } = run.input;
  const matrix = await matrixFile(deps, matrixId, experiment);
  const knownUntil =
    experiment.source.kind === 'register' ? civilTime(Date.parse(experiment.source.asOf)).day : undefined;
  const further = snapshotId === undefined ? [] : [await futureCheck(deps, snapshotId, matrix.file)];
  const { result } = await spawnJob<'leakage'>(
    {
      kind: 'leakage',
      matrix,
      folds: foldsOf(experiment.split),
      knownUntil,
      nuisanceAllowed: experiment.features.nuisance === 'include',
      further,
      storeRoot: store.root,
    },
    signal,
  );
  const sha256 = store.put(canonical(result));
  await db.transaction(async (tx) =>
    storeLeakageReport(
      tx,
      await auditContextOf(tx, run.actionId),
      { runId, verdict: result.verdict, tests: result.tests, sha256, document: result },
      deps.clock(),
    ),
  );
  if (result.verdict === 'refused') throw leakageError(result);
  return { verdict: result.verdict };
}

/** Says which column, what was found and how many more there are. */
export function leakageError(certificate: LeakageReport): UtplukkError {
  const structural = certificate.findings.filter((finding) => finding.severity === 'structural');
  const words = structural
    .slice(0, 3)
    .map((finding) => `${finding.column ? `${finding.column}: ` : ''}${finding.detail}`);
  const more = structural.length > 3 ? ` and ${structural.length - 3} more` : '';
  return new UtplukkError(
    'LeakageFound',
    `the target-leakage check refuses the data: ${words.join('; ')}${more}`,
    'Mend the table, or leave the column out with `features.exclude`.',
  );
}

/** Features of one as-of date again, from the snapshot with its future taken away. */
async function futureCheck(
  { db, store }: ActivityDependencies,
  snapshotId: string,
  matrixPath: string,
): Promise<Further> {
  const manifest = await readManifest(db, store, snapshotId);
  const scratch = store.temporary('-replay');
  try {
    const findings = await withDuckDb(store.temporary(), async (duck) => {
      const rows = await duck.runAndReadAll(
        `select cast(as_of as varchar) from read_parquet('${matrixPath}') group by 1 order by 1`,
      );
      const dates = rows.getRows().map(([day]) => String(day));
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
