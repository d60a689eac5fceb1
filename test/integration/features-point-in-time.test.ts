import { toCivilDate, toInstant } from '../../domain/time/instant';
import fc from 'fast-check';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importRegister } from '../../platform/import/import-register';
import { loadReference } from '../../platform/import/import-reference';
import { Vault } from '../../platform/import/vault';
import type { AuditContext } from '../../platform/ledger/append';
import { buildRollups } from '../../platform/features/monthly-rollups';
import { withDuckDb } from '../../platform/duckdb/duckdb';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { readManifest } from '../../platform/snapshots/manifests';
import { computeFeatures } from '../../platform/features/compute-features';
import { DEMO_CONFIG } from '../../simulation/simulation-config';
import { writeRegister } from '../../simulation/messages';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { patient, SYNTHETIC } from '../support/register-files';

/**
 * Point-in-time correctness: whatever becomes known after an as-of date, about any time before or after it, leaves
 * every feature of that date byte-identical in a snapshot taken much later.
 */
const AS_OF = toCivilDate('2022-01-01', 'day');
const LATE = toInstant('2023-07-01T00:00:00Z', 'as of');
const RUNS = process.env['UTPLUKK_LONG'] ? 200 : 8;

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
let base: string;

async function featureHash(): Promise<string> {
  const { snapshotId } = await extractSnapshot(t, audit, { asOf: LATE });
  const manifest = await readManifest(t.db, t.store, snapshotId);
  return withDuckDb(t.store.temporary(), async (duck) => {
    const { rollups } = await buildRollups(duck, t.store, manifest);
    fs.rmSync(path.join(t.store.root, 'derived'), { recursive: true, force: true }); // nothing is reused
    return (await computeFeatures(duck, t.store, manifest, rollups, [AS_OF]))[0]!.sha256;
  });
}

beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'future-'));
  await loadReference(t.db);
  await writeRegister({ ...DEMO_CONFIG, providers: 0.002, volume: 0.02, years: 1, controlsPerYear: 20 }, dir);
  await importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 5)), path.join(dir, 'register'));
  base = await featureHash();
}, 120_000);
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const practice = fc.integer({ min: 1_000_000, max: 1_000_040 }).map(String);
const day = (from: string, until: string) =>
  fc.date({ min: new Date(from), max: new Date(until), noInvalidDate: true }).map((d) => d.toISOString().slice(0, 10));
const anyDay = day('2021-01-02', '2023-06-01');
const later = day('2022-01-01', '2023-06-20').map((d) => `${d}T12:00:00Z`);
const person = fc.constantFrom(...SYNTHETIC);

const lateBills = fc.record({
  kind: fc.constant('settlements' as const),
  practice,
  received: later,
  days: fc.array(anyDay, { minLength: 1, maxLength: 5 }),
  person,
  ids: fc.array(fc.uuid(), { minLength: 6, maxLength: 6 }),
  tariff: fc.constantFrom('2ad', '2cd', '1bd', 'unheard'),
  ore: fc.integer({ min: 0, max: 90_000 }),
});
const lateProvider = fc.record({
  kind: fc.constant('providers' as const),
  practice,
  known: later,
  from: anyDay,
  list: fc.integer({ min: 0, max: 5000 }),
  type: fc.constantFrom(['FALE', 'LE'], ['TANN', 'TH'], ['FYNO', 'FY']),
  account: fc.string({ maxLength: 8 }),
});
const latePerson = fc.record({ kind: fc.constant('patients' as const), person, known: later, died: anyDay, practice });
const lateSubstitute = fc.record({ kind: fc.constant('substitutes' as const), practice, known: later, from: anyDay });
const lateCase = fc.record({ kind: fc.constant('cases' as const), practice, known: later, no: fc.uuid() });
type Late =
  typeof lateBills extends fc.Arbitrary<infer A>
    ? | A
      | (typeof lateProvider extends fc.Arbitrary<infer B> ? B : never)
      | (typeof latePerson extends fc.Arbitrary<infer C> ? C : never)
      | (typeof lateSubstitute extends fc.Arbitrary<infer D> ? D : never)
      | (typeof lateCase extends fc.Arbitrary<infer E> ? E : never)
    : never;

/** Messages as the payer's systems would send them. */
function documents(late: Late): unknown[] {
  switch (late.kind) {
    case 'settlements':
      return [
        {
          mottatt: late.received,
          behandlerkravmeldingId: late.ids[5],
          dokument: {
            praksisId: late.practice,
            behandlerkrav: {
              regninger: late.days.map((d, i) => ({
                guid: late.ids[i],
                regningsnummer: String(i + 1),
                tidspunkt: `${d}T09:0${i}:00`,
                pasient: patient(late.person),
                takster: [{ kode: late.tariff, antall: 1 + i, belop: late.ore / 100 }],
              })),
            },
          },
        },
      ];
    case 'providers':
      return [
        {
          hprNr: '1234567',
          orgnr: '974589109',
          praksisId: late.practice,
          praksistype: late.type[0],
          fagomrade: late.type[1],
          kommunenr: '0301',
          listelengde: late.list,
          kontoHash: late.account,
          gyldigFra: late.from,
          kjentFra: late.known,
        },
      ];
    case 'patients':
      return [
        {
          id: late.person,
          idType: 'DNR',
          fodselsar: 1960,
          kommunenr: '5001',
          fastlegePraksisId: late.practice,
          dod: late.died,
          kjentFra: late.known,
        },
      ];
    case 'substitutes':
      return [{ praksisId: late.practice, vikarHprNr: 2_000_003, fra: late.from, kjentFra: late.known }];
    case 'cases':
      return [
        {
          type: 'apnet',
          saksnr: late.no,
          praksisId: late.practice,
          apnet: late.known.slice(0, 10),
          grunnlag: 'tip',
          saksbehandler: 'team-1',
          kjentFra: late.known,
        },
        {
          type: 'vedtak',
          saksnr: late.no,
          vedtatt: late.known.slice(0, 10),
          utfall: 'reclaim',
          belop: '250000.00',
          kjentFra: late.known,
        },
      ];
  }
}

let file = 0;
test(`${RUNS} random futures leave every feature of ${AS_OF} byte-identical`, async () => {
  let loaded = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(lateBills, lateProvider, latePerson, lateSubstitute, lateCase), {
        minLength: 3,
        maxLength: 12,
      }),
      async (future) => {
        for (const late of future) {
          const name = path.join(dir, `${late.kind}-future-${++file}.ndjson`);
          fs.writeFileSync(
            name,
            documents(late)
              .map((document) => `${JSON.stringify(document)}\n`)
              .join(''),
          );
          const [report] = await importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 5)), name);
          loaded += report!.loaded;
        }
        expect(await featureHash()).toBe(base);
      },
    ),
    { numRuns: RUNS, seed: 20240101 },
  );
  expect(loaded).toBeGreaterThan(RUNS); // the futures did arrive
}, 1_200_000);
