import { toInstant } from '../../domain/time/instant';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importRegister } from '../../platform/import/import-register';
import { type Batch, type LineLoader, loadFile } from '../../platform/import/import-batch';
import { loadReference } from '../../platform/import/import-reference';
import { SettlementLoader } from '../../platform/import/import-settlements';
import { Vault } from '../../platform/import/vault';
import type { AuditContext } from '../../platform/ledger/append';
import { duckDbVersion } from '../../platform/duckdb/version';
import { buildRegisterMatrix, featureCode } from '../../platform/matrices/register-matrix';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { readManifest } from '../../platform/snapshots/manifests';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { bill, message, providerFact } from '../support/register-files';
import { tariffVersion, writeTariffs } from '../support/tariff-files';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'extraction-'));
  await loadReference(t.db);
  await load(writeTariffs(dir, [tariffVersion({ fradato: '2020-07-01', tildato: null })]));
  await load(write('providers.ndjson', [providerFact('1000001'), providerFact('9000001')]));
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const write = (name: string, rows: unknown[]) => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n') + '\n');
  return file;
};
const vault = () => new Vault(t.db, Buffer.alloc(32, 7));
const load = async (file: string) => importRegister(t.db, audit, vault(), file);

const snapshot = (asOf: string, loadWatermark?: number) =>
  extractSnapshot(t, audit, { asOf: toInstant(asOf, 'as of'), loadWatermark });
const matrixOf = async (snapshotId: string, asOf: string) =>
  (
    await buildRegisterMatrix(t, audit, {
      kind: 'scoring',
      snapshotId,
      asOf: toInstant(asOf, 'as of'),
      code: featureCode(),
      engine: duckDbVersion(),
    })
  ).matrixId;

test('nothing known at or after the as-of instant is in it, and the same instant is the same snapshot', async () => {
  await load(write('settlements-2023-03.ndjson', [message([bill(), bill()], { mottatt: '2023-03-05T10:00:00Z' })]));
  const before = await snapshot('2023-03-05T10:00:00Z');
  const after = await snapshot('2023-03-05T10:00:01Z');
  expect(after.rows - before.rows).toBe(4); // two bills and their lines
  const again = await snapshot('2023-03-05T10:00:00Z');
  expect(again).toMatchObject({ snapshotId: before.snapshotId, partitionsWritten: 0 });
});

test('a backfill with an earlier known time does not change an old snapshot', async () => {
  const old = await snapshot('2023-04-01T00:00:00Z');
  const { loadWatermark } = await readManifest(t.db, t.store, old.snapshotId);
  await load(write('settlements-backfill.ndjson', [message([bill()], { mottatt: '2023-02-10T10:00:00Z' })]));
  expect((await snapshot('2023-04-01T00:00:00Z', loadWatermark)).snapshotId).toBe(old.snapshotId);
  const fresh = await snapshot('2023-04-01T00:00:00Z');
  expect(fresh.snapshotId).not.toBe(old.snapshotId);
  expect(fresh.rows).toBe(old.rows + 2);
  expect(fresh.partitionsReused).toBeGreaterThan(0); // March was not read again
});

test('what becomes known later leaves every feature of an earlier instant byte-identical', async () => {
  const asOf = '2023-05-01T00:00:00Z';
  const before = await matrixOf((await snapshot(asOf)).snapshotId, asOf);
  await load(
    write('settlements-future.ndjson', [
      message(
        Array.from({ length: 30 }, () => bill({ tidspunkt: '2023-01-11T09:00:00' })),
        { mottatt: '2023-06-05T10:00:00Z' },
      ),
    ]),
  );
  await load(
    write('providers-future.ndjson', [
      providerFact('1000001', { kjentFra: '2023-06-01T00:00:00Z', gyldigFra: '2022-06-01', listelengde: 9999 }),
    ]),
  );
  expect(await matrixOf((await snapshot(asOf)).snapshotId, asOf)).toBe(before);
  const later = '2023-07-01T00:00:00Z';
  expect(await matrixOf((await snapshot(later)).snapshotId, later)).not.toBe(before);
});

test('a changed byte of a stored artifact is found and named', async () => {
  const sha = t.store.put('some content');
  fs.chmodSync(t.store.path(sha), 0o644);
  fs.writeFileSync(t.store.path(sha), 'some c0ntent');
  expect(() => t.store.get(sha)).toThrow(new RegExp(`artifact ${sha} has other bytes`));
});

test('two loads that overlap, the later-started one commits first: an old snapshot keeps its hash', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  let reached = () => {};
  const waiting = new Promise<void>((resolve) => (reached = resolve));
  class SlowLoader extends SettlementLoader implements LineLoader {
    override async flush(batch: Batch): Promise<void> {
      await super.flush(batch);
      reached();
      await gate;
    }
  }
  const at = { mottatt: '2022-05-05T10:00:00Z' };
  const slow = loadFile(
    t.db,
    audit,
    write('settlements-slow.ndjson', [message([bill(), bill()], at, '9000001')]),
    new SlowLoader(vault()),
  );
  await waiting;
  const [quick] = await load(write('settlements-quick.ndjson', [message([bill()], at, '9000001')]));
  expect(quick).toMatchObject({ loaded: 1, alreadyLoaded: false });
  const before = await snapshot('2022-06-01T00:00:00Z');
  const { loadWatermark } = await readManifest(t.db, t.store, before.snapshotId);
  release();
  expect(await slow).toMatchObject({ loaded: 2 });
  expect((await snapshot('2022-06-01T00:00:00Z', loadWatermark)).snapshotId).toBe(before.snapshotId);
  const after = await snapshot('2022-06-01T00:00:00Z');
  expect(after.rows).toBe(before.rows + 4); // two bills and their lines
});
