import { toCivilDate, toInstant } from '../../domain/time/instant';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FEATURES } from '../../domain/features/catalogue';
import { columnsOf, type Declaration } from '../../domain/features/types';
import { ArtifactStore } from '../../platform/artifacts/store';
import { withDuckDb } from '../../platform/duckdb/duckdb';
import { duckDbVersion } from '../../platform/duckdb/version';
import { computeFeatures } from '../../platform/features/compute-features';
import { buildRollups } from '../../platform/features/monthly-rollups';
import { importRegister } from '../../platform/import/import-register';
import { loadReference } from '../../platform/import/import-reference';
import { Vault } from '../../platform/import/vault';
import type { AuditContext } from '../../platform/ledger/append';
import { buildRegisterMatrix, featureCode } from '../../platform/matrices/register-matrix';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { readManifest } from '../../platform/snapshots/manifests';
import { writeRegister } from '../../simulation/messages';
import { DEMO_CONFIG } from '../../simulation/simulation-config';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'features-'));
  await loadReference(t.db);
  await writeRegister({ ...DEMO_CONFIG, providers: 0.003, volume: 0.03, years: 2, controlsPerYear: 40 }, dir);
  const vault = new Vault(t.db, Buffer.alloc(32, 3));
  for (const report of await importRegister(t.db, audit, vault, path.join(dir, 'register')))
    expect(report.loaded + report.quarantined).toBe(report.read);
}, 120_000);
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const snapshot = (asOf: string, shards = 1) => extractSnapshot(t, audit, { asOf: toInstant(asOf, 'as of'), shards });

test('one or eight shards: the same rows, and matrices of the same bytes', async () => {
  // Nine months of receipt: every month is summed up once a shard.
  const asOf = '2021-10-01T00:00:00Z';
  const [one, eight] = [await snapshot(asOf), await snapshot(asOf, 8)];
  expect(eight.rows).toBe(one.rows);
  expect(eight.snapshotId).not.toBe(one.snapshotId);
  const matrixOf = async ({ snapshotId }: { snapshotId: string }) =>
    (
      await buildRegisterMatrix(t, audit, {
        kind: 'scoring',
        snapshotId,
        asOf: toInstant(asOf, 'as of'),
        code: featureCode(),
        engine: duckDbVersion(),
      })
    ).matrixId;
  expect(await matrixOf(eight)).toBe(await matrixOf(one));
}, 120_000);

test('one thread or two: the same feature bytes', async () => {
  const { snapshotId } = await snapshot('2022-12-01T00:00:00Z');
  const manifest = await readManifest(t.db, t.store, snapshotId);
  const hashes: string[] = [];
  for (const threads of [1, 2]) {
    const scratch = new ArtifactStore(fs.mkdtempSync(path.join(dir, 'threads-')));
    for (const part of manifest.datasets.flatMap((d) => d.partitions)) {
      const copy = scratch.temporary();
      fs.copyFileSync(t.store.existing(part.file), copy);
      await scratch.putFile(copy);
    }
    await withDuckDb(scratch.temporary(), async (duck) => {
      await duck.run(`set threads = ${threads}`);
      const { rollups } = await buildRollups(duck, scratch, manifest);
      const [made] = await computeFeatures(duck, scratch, manifest, rollups, [toCivilDate('2022-12-01', 'day')]);
      hashes.push(made!.sha256);
    });
  }
  expect(hashes[1]).toBe(hashes[0]);
}, 120_000);

test('more columns than a PostgreSQL table can hold', async () => {
  const windows = Array.from({ length: 24 }, (_, i) => i + 1);
  const many: Declaration[] = FEATURES.filter(
    (f) => f.declaration.of.kind === 'total' && f.declaration.source === 'bills',
  )
    .slice(0, 1)
    .flatMap(({ declaration }) =>
      Array.from({ length: 80 }, (_, i) => ({ ...declaration, name: `wide${i}`, windows, peers: [] })),
    );
  const features = many.flatMap(columnsOf);
  expect(features.length).toBeGreaterThan(1664);
  const { snapshotId } = await snapshot('2022-12-01T00:00:00Z');
  const manifest = await readManifest(t.db, t.store, snapshotId);
  await withDuckDb(t.store.temporary(), async (duck) => {
    const { rollups } = await buildRollups(duck, t.store, manifest);
    const [made] = await computeFeatures(duck, t.store, manifest, rollups, [toCivilDate('2022-12-01', 'day')], {
      features,
    });
    const columns = await duck.runAndReadAll(
      `select count(*)::int from (describe select * from read_parquet('${made!.file}'))`,
    );
    expect(columns.getRows()[0]![0]).toBe(features.length + 3);
  });
}, 120_000);
