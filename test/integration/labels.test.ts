import { toCivilDate, toInstant } from '../../domain/time/instant';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withDuckDb } from '../../platform/duckdb/duckdb';
import { createDatasetView } from '../../platform/snapshots/dataset-view';
import { importRegister } from '../../platform/import/import-register';
import { loadReference } from '../../platform/import/import-reference';
import { Vault } from '../../platform/import/vault';
import type { AuditContext } from '../../platform/ledger/append';
import { labelSql } from '../../platform/matrices/labels';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { readManifest } from '../../platform/snapshots/manifests';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { providerFact } from '../support/register-files';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'labels-'));
  await loadReference(t.db);
  await load(write('providers.ndjson', [providerFact('9000001')]));
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
const load = (file: string) => importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 3)), file);

test('a reversal registered as an appeal is flagged and gives no label; other cases get their states', async () => {
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
  const { snapshotId } = await extractSnapshot(t, audit, { asOf: toInstant('2023-01-01T00:00:00Z', 'as of') });
  const manifest = await readManifest(t.db, t.store, snapshotId);
  const asOf = toCivilDate('2023-01-01', 'day');
  const labels = await withDuckDb(t.store.temporary(), async (duck) => {
    for (const name of ['case', 'outcome', 'appeal', 'reversal'])
      await createDatasetView(duck, t.store, manifest, `"${name}"`, name);
    return (
      await duck.runAndReadAll(
        `select case_no, state, label, cast(label_known_on as varchar) from (${labelSql(0, asOf)})
          where case_no like 'H-%' order by 1`,
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
