import { toInstant } from '../../domain/time/instant';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reproductionStageActivities } from '../../activities/reproduction';
import { findGarbage } from '../../application/garbage-collection';
import type { AuditContext } from '../../platform/ledger/append';
import { verifyLedger } from '../../platform/ledger/verify';
import { importRegister } from '../../platform/import/import-register';
import { loadReference } from '../../platform/import/import-reference';
import { Vault } from '../../platform/import/vault';
import { partitionsOf } from '../../platform/snapshots/datasets';
import { withDuckDb } from '../../platform/duckdb/duckdb';
import { duckDbVersion } from '../../platform/duckdb/version';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { readManifest, redactedPartitions } from '../../platform/snapshots/manifests';
import { buildRegisterMatrix, featureCode } from '../../platform/matrices/register-matrix';
import { redactPartition, type RedactionRequest } from '../../platform/snapshots/redactions';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { providerFact, bill, message, patient, SYNTHETIC } from '../support/register-files';
import { tariffVersion, writeTariffs } from '../support/tariff-files';

let t: TestDatabase;
let asked: AuditContext;
let approved: AuditContext;
let snapshotId: string;
let person: number;
const BASIS = 'personvernforordningen art. 17 nr. 1 d';

beforeAll(async () => {
  t = await testDatabase();
  const audit = await auditContextFor(t, 'kari', 'register.import');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'redaction-'));
  const write = (name: string, rows: readonly object[]) =>
    fs.writeFileSync(path.join(dir, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await loadReference(t.db);
  writeTariffs(dir, [tariffVersion()]);
  write('providers.ndjson', [providerFact('1000001')]);
  const of = (id: string, n: number) => bill({ regningsnummer: String(n), pasient: patient(id) });
  write('settlements-2023-02.ndjson', [message([of(SYNTHETIC[0], 1), of(SYNTHETIC[1], 2), of(SYNTHETIC[1], 3)])]);
  await importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 3)), dir);
  fs.rmSync(dir, { recursive: true, force: true });
  ({ snapshotId } = await extractSnapshot(t, audit, { asOf: toInstant('2023-06-01T00:00:00Z', 'as of') }));
  asked = await auditContextFor(t, 'liv', 'snapshot.redact');
  approved = await auditContextFor(t, 'ola', 'snapshot.redact');
  const { rows } = await t.db.raw<{ rows: { patient_key: number }[] }>(
    'select patient_key from core.bill group by 1 order by count(*) desc',
  );
  person = rows[0]!.patient_key;
});
afterAll(() => t.close());

const request = (over: Partial<RedactionRequest> = {}): RedactionRequest => ({
  snapshotId,
  dataset: 'bill',
  partition: '2023-02-01',
  patients: [person],
  legalBasis: BASIS,
  ...over,
});
const redact = (over: Partial<RedactionRequest> = {}, people = { requested: asked, approved }) =>
  redactPartition(t, people, request(over), new Date());
const billPart = async () => partitionsOf(await readManifest(t.db, t.store, snapshotId), 'bill')[0]!;

test('what cannot be redacted is refused and changes nothing', async () => {
  const before = await billPart();
  await expect(redact({ partition: '2020-01-01' })).rejects.toThrow(/no partition bill 2020-01-01/);
  await expect(redact({ dataset: 'bill_line' })).rejects.toThrow(/has no column of people/);
  await expect(redact({ patients: [1] })).rejects.toThrow(/holds no row/);
  await expect(redact({}, { requested: asked, approved: asked })).rejects.toThrow(/two different people/);
  await expect(redact({ legalBasis: '' })).rejects.toThrow(/redaction_basis/);
  expect(await billPart()).toEqual(before);
  expect(t.store.has(before.file)).toBe(true);
});

test('a redaction destroys the old bytes; manifests resolve through it, and reproduction says so', async () => {
  const audit = await auditContextFor(t, 'kari', 'run.start');
  const before = await billPart();
  const recipe = {
    kind: 'scoring',
    snapshotId,
    asOf: toInstant('2023-06-01T00:00:00.000Z', 'as of'),
    code: featureCode(),
    engine: duckDbVersion(),
  } as const;
  const matrix = await buildRegisterMatrix(t, audit, recipe);
  const derived = [...t.store.allDerived()];
  expect(derived.length).toBeGreaterThan(0);

  const done = await redact();
  expect(done.rowsRemoved).toBe(2);
  const after = await billPart();
  expect(after).toMatchObject({ partition: before.partition, rows: before.rows - 2, contentHash: done.newContentHash });
  for (const gone of [before.file, ...derived]) expect(t.store.has(gone)).toBe(false);
  const left = await withDuckDb(os.tmpdir(), async (duck) =>
    (
      await duck.runAndReadAll(
        `select count(*)::int, count(*) filter (patient_key = ${person})::int
          from read_parquet('${t.store.existing(after.file)}')`,
      )
    ).getRows(),
  );
  expect(left).toEqual([[1, 0]]);
  expect(await redactedPartitions(t.db, t.store, snapshotId)).toEqual(['bill 2023-02-01']);
  expect((await findGarbage(t.db, t.store)).missing).toEqual([]);

  // The matrix that stood on it is another one when it is made again, and the answer names the partition.
  const unasked = {} as never; // not asked by a rebuild
  const { reproduceStage } = reproductionStageActivities({
    ...t,
    mirror: unasked,
    mlflowReconciler: unasked,
    notifier: unasked,
    notary: unasked,
    trust: () => unasked,
    serviceToken: () => Promise.resolve(''),
    startServiceAction: () => Promise.resolve(audit),
    clock: () => new Date(),
  });
  const { MockActivityEnvironment } = await import('@temporalio/testing');
  const stage = { stage: 'matrix', id: matrix.matrixId } as const;
  const reproduced = await new MockActivityEnvironment().run(reproduceStage, stage);
  expect(reproduced).toEqual({ ...stage, same: false, detail: 'redacted at partition bill 2023-02-01' });
});

test('the same call completes an interrupted redaction; its row and ledger entry stay single and fixed', async () => {
  expect(await redact()).toMatchObject({ rowsRemoved: 2 });
  // Somebody whom nobody asked for before is another request, not the earlier one again.
  const stranger = await auditContextFor(t, 'liv', 'snapshot.redact');
  await expect(redact({ patients: [1] }, { requested: stranger, approved })).rejects.toThrow(/holds no row/);
  expect(await t.db('ml.redaction').select<object[]>('rows_removed', 'legal_basis')).toEqual([
    { rows_removed: 2, legal_basis: BASIS },
  ]);
  expect(await t.db('aud.entry').where({ event: 'partition.redacted' }).select<object[]>('subject_id')).toEqual([
    { subject_id: 'bill/2023-02-01' },
  ]);
  await expect(t.db('ml.redaction').delete()).rejects.toThrow(/append-only/);
  expect((await verifyLedger(t.db)).problems).toEqual([]);
});
