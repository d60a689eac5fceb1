import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FEATURES } from '../../domain/features/catalogue';
import { columnsOf, type Declaration } from '../../domain/features/types';
import { type Batch, type LineLoader, loadFile } from '../../platform/loading/batch';
import { importRegister } from '../../platform/loading/import-register';
import { loadReference } from '../../platform/loading/reference';
import { SettlementLoader } from '../../platform/loading/settlements';
import { Vault } from '../../platform/loading/vault';
import type { AuditContext } from '../../platform/ledger/append';
import { deriveParts } from '../../platform/features/monthly-rollups';
import { withDuckDb } from '../../platform/duckdb/duckdb';
import { matrixEngine } from '../../platform/duckdb/version';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { readManifest } from '../../platform/snapshots/manifests';
import { featureParts } from '../../platform/features/compute-features';
import { labelSql } from '../../platform/matrices/labels';
import { createView } from '../../platform/features/monthly-rollups';
import { buildRegisterMatrix, featureCode } from '../../platform/matrices/register-matrix';
import { ArtifactStore } from '../../platform/artifacts/store';
import { DEMO_CONFIG } from '../../simulation/simulation-config';
import { writeRegister } from '../../simulation/messages';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { providerFact, bill, message, SYNTHETIC } from '../support/register-files';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
const vault = () => new Vault(t.db, Buffer.alloc(32, 3));
const write = (name: string, rows: unknown[]) => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return file;
};
const load = (file: string) => importRegister(t.db, audit, vault(), file);
const snapshot = (asOf: string, over: { horizon?: number; shards?: number } = {}) =>
  extractSnapshot(t, audit, { asOf, ...over });

beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'register-'));
  await loadReference(t.db);
  await writeRegister({ ...DEMO_CONFIG, providers: 0.003, volume: 0.03, years: 2, controlsPerYear: 40 }, dir);
  for (const report of await load(path.join(dir, 'register')))
    expect(report.loaded + report.quarantined).toBe(report.read);
  await load(
    write('providers-hand.ndjson', [
      providerFact('9000001'),
      providerFact('9000002', { praksistype: 'APOT', fagomrade: 'AP' }),
    ]),
  );
}, 120_000);
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

describe('people, substitutes, prescriptions, cases', () => {
  test('facts of people become surrogates; broken and repeated ones go to quarantine by name', async () => {
    const fact = {
      id: SYNTHETIC[0],
      idType: 'DNR',
      fodselsar: 1970,
      kommunenr: '0301',
      fastlegePraksisId: '9000001',
      kjentFra: '2021-01-01T00:00:00Z',
    };
    const [report] = await load(
      write('patients-hand.ndjson', [fact, fact, { ...fact, id: '47908702368' }, { ...fact, fodselsar: 1600 }]),
    );
    expect(report).toMatchObject({ read: 4, loaded: 1, quarantined: 3 });
    const reasons = await t
      .db('core.quarantine as q')
      .join('core.load_batch as b', 'b.batch_id', 'q.batch_id')
      .where({ file_name: 'patients-hand.ndjson' })
      .orderBy('line')
      .select<{ line: number; field: string; value: string }[]>('line', 'field', 'value');
    expect(reasons).toMatchObject([
      { line: 2, field: 'kjentFra' },
      { line: 3, field: 'pasient.id', value: '47…' },
      { line: 4, field: 'fodselsar' },
    ]);
  });

  test('eResept messages load by kind; a claim of an unknown pharmacy and a second copy are refused', async () => {
    const at = { mottattidspunkt: '2022-03-05T09:00:00Z' };
    const m1 = {
      type: 'M1',
      ...at,
      reseptId: randomUUID(),
      praksisId: '9000001',
      pasient: { id: SYNTHETIC[1], idType: 'DNR' },
      forskrevet: '2022-03-01',
      atc: 'N02CC01',
      pakninger: 2,
      reservasjonBytte: true,
    };
    const m10 = {
      type: 'M10',
      ...at,
      utleveringId: randomUUID(),
      reseptId: m1.reseptId,
      apotekId: '9000002',
      utlevert: '2022-03-02',
      pakninger: 3,
      overstyring: 'annet',
    };
    const m18 = {
      type: 'M18',
      ...at,
      kravId: randomUUID(),
      utleveringId: m10.utleveringId,
      apotekId: '9000002',
      belopKrevd: '480.50',
      belopGodkjent: '480.50',
      status: 'utbetalt',
    };
    const [report] = await load(
      write('prescriptions-hand.ndjson', [
        m1,
        m10,
        m18,
        m10,
        { ...m18, kravId: randomUUID(), apotekId: '9999999' },
        { ...m1, reseptId: 'x' },
      ]),
    );
    expect(report).toMatchObject({ read: 6, loaded: 3, quarantined: 3 });
    expect(
      await t
        .db('rx.dispensing')
        .where({ dispensing_id: m10.utleveringId })
        .first<object>('packages', 'override_reason'),
    ).toEqual({
      packages: 3,
      override_reason: 'annet',
    });
    expect(await t.db('rx.claim').where({ claim_id: m18.kravId }).first<object>('claimed_ore')).toEqual({
      claimed_ore: 48050,
    });
  });

  test('a reversal entered as a complaint is flagged, and no label rests on it; others make their states', async () => {
    const known = (day: string) => ({ kjentFra: `${day}T12:00:00Z` });
    const opened = (saksnr: string) => ({
      type: 'apnet',
      saksnr,
      praksisId: '9000001',
      apnet: '2022-02-01',
      grunnlag: 'tip',
      saksbehandler: 'team-1',
      ...known('2022-02-01'),
    });
    const decided = (saksnr: string, day = '2022-06-01') => ({
      type: 'vedtak',
      saksnr,
      vedtatt: day,
      utfall: 'reclaim',
      belop: '300000.00',
      ...known(day),
    });
    const appealed = (saksnr: string, resultat: string, over: object = {}) => ({
      type: 'klage',
      saksnr,
      avgjort: '2022-09-01',
      innkommet: '2022-06-20',
      resultat,
      belop: '0.00',
      ...known('2022-09-01'),
      ...over,
    });
    const cases = ['H-open', 'H-final', 'H-reversed', 'H-misregistered', 'H-undone', 'H-fresh'];
    await load(
      write('cases-hand.ndjson', [
        ...cases.map(opened),
        ...cases.slice(1, 5).map((c) => decided(c)),
        decided('H-fresh', '2022-12-20'),
        appealed('H-reversed', 'reversed'),
        appealed('H-misregistered', 'reversed', { innkommet: null }),
        { type: 'omgjoring', saksnr: 'H-undone', avgjort: '2022-10-01', belop: '0.00', ...known('2022-10-01') },
      ]),
    );
    const { snapshotId } = await snapshot('2023-01-01T00:00:00Z');
    const manifest = await readManifest(t.db, t.store, snapshotId);
    const labels = await withDuckDb(t.store.temporary(), async (duck) => {
      for (const name of ['case', 'outcome', 'appeal', 'reversal'])
        await createView(duck, t.store, manifest, `"${name}"`, name, () => true);
      return (
        await duck.runAndReadAll(
          `select case_no, state, label, cast(label_known_on as varchar) from (${labelSql(0, '2023-01-01')}) where case_no like 'H-%' order by 1`,
        )
      ).getRows();
    });
    expect(labels).toEqual([
      ['H-final', 'final', 1, '2022-06-01'],
      ['H-fresh', 'provisional', 1, '2022-12-20'],
      ['H-misregistered', 'unclear', null, null],
      ['H-open', 'open', null, null],
      ['H-reversed', 'reversed', 0, '2022-09-01'],
      ['H-undone', 'reversed', 0, '2022-10-01'],
    ]);
  });
});

describe('snapshots', () => {
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
    const at = { mottattidspunkt: '2022-05-05T10:00:00Z' };
    const slow = loadFile(
      t.db,
      audit,
      write('settlements-slow.ndjson', [message([bill(), bill()], at, '9000001')]),
      new SlowLoader(vault()),
    );
    await waiting;
    const [quick] = await load(write('settlements-quick.ndjson', [message([bill()], at, '9000001')]));
    expect(quick).toMatchObject({ loaded: 1, already: false });
    const before = await snapshot('2022-06-01T00:00:00Z');
    const { horizon } = await readManifest(t.db, t.store, before.snapshotId);
    release();
    expect(await slow).toMatchObject({ loaded: 2 });
    expect((await snapshot('2022-06-01T00:00:00Z', { horizon })).snapshotId).toBe(before.snapshotId);
    const after = await snapshot('2022-06-01T00:00:00Z');
    expect(after.rows).toBe(before.rows + 4); // two bills and their lines
  });

  test('one or eight shards: the same rows, and matrices of the same bytes', async () => {
    const asOf = '2022-12-01T00:00:00Z';
    const [one, eight] = [await snapshot(asOf), await snapshot(asOf, { shards: 8 })];
    expect(eight.rows).toBe(one.rows);
    expect(eight.snapshotId).not.toBe(one.snapshotId);
    const matrixOf = async ({ snapshotId }: { snapshotId: string }) =>
      (
        await buildRegisterMatrix(t, audit, {
          kind: 'scoring',
          snapshotId,
          asOf,
          code: featureCode(),
          engine: matrixEngine(),
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
      for (const part of manifest.datasets.flatMap((d) => d.parts)) {
        const copy = scratch.temporary();
        fs.copyFileSync(t.store.existing(part.file), copy);
        await scratch.putFile(copy);
      }
      await withDuckDb(scratch.temporary(), async (duck) => {
        await duck.run(`set threads = ${threads}`);
        const { parts } = await deriveParts(duck, scratch, manifest);
        const [made] = await featureParts(duck, scratch, manifest, parts, ['2022-12-01']);
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
      const { parts } = await deriveParts(duck, t.store, manifest);
      const [made] = await featureParts(duck, t.store, manifest, parts, ['2022-12-01'], { features });
      const columns = await duck.runAndReadAll(
        `select count(*)::int from (describe select * from read_parquet('${made!.file}'))`,
      );
      expect(columns.getRows()[0]![0]).toBe(features.length + 3);
    });
  }, 120_000);
});
