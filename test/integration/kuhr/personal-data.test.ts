import { toInstant } from '../../../domain/time/instant';
import { quote, rowsOf, withDuckDb } from '../../../platform/duckdb/duckdb';
import { extractSnapshot } from '../../../platform/snapshots/extract';
import { readManifest } from '../../../platform/snapshots/manifests';
import { KuhrRegister } from '../../support/kuhr-register';
import { bill, message, patient, providerFact, status, SYNTHETIC } from '../../support/register-files';

/** What the documents of this test hold of people; nothing of it may stand anywhere but in the vault. */
const NAMES = ['Skarnesvold', 'Olgamarie', 'Tordenskjoldsen'];
const NUMBERS = [...SYNTHETIC, '200012345678', 'ZQ991177', '12345678901'];
const BIRTH = ['1931-02-03', '03.02.1931', '030231'];
const PERSONAL = [...NAMES, ...NUMBERS, ...BIRTH];

const who = { etternavn: NAMES[0], fornavn: NAMES[1], fodselsdato: BIRTH[0], trygdenasjon: 'NO' };
const note = `Gjelder ${NAMES[1]} ${NAMES[0]}, født ${BIRTH[1]}, fnr ${SYNTHETIC[0]}; DUF ${NUMBERS[2]}`;
const spoilt = (over: object) => bill({ merknad: note, pasient: { ...who, ...patient(SYNTHETIC[0], 'FNR') }, ...over });

let register: KuhrRegister;
let reports: string;
beforeAll(async () => {
  register = await KuhrRegister.start();
  const bills = [
    spoilt({}),
    spoilt({ pasient: { ...who, ...patient(NUMBERS[2]!, 'DUF') } }),
    spoilt({ pasient: { ...who, ...patient(NUMBERS[3]!, 'UID') } }),
    spoilt({ pasient: who }),
    spoilt({ utforendeBehandler: { identifikasjon: { id: SYNTHETIC[1], type: 'FNR' }, type: '1' } }),
    spoilt({ henvisning: { henvistFra: { id: SYNTHETIC[1], type: 'FNR' }, id: note } }),
    // In fields that are not known, and in their names where these are no words.
    spoilt({
      notat: note,
      [`${NAMES[2]} ${NAMES[1]}`]: 1,
      [`f${SYNTHETIC[0]}`]: note,
      pasient: { ...who, adresse: note },
    }),
    // Refused, by each field in which a person may stand by mistake.
    ...[
      'tidspunkt',
      'regningsnummer',
      'guid',
      'debitor',
      'arsakFriEgenandel',
      'stonadspunkt',
      'moderasjonskode',
    ].flatMap((field) => [note, SYNTHETIC[0], `${NAMES[1]} ${NAMES[0]}`].map((value) => spoilt({ [field]: value }))),
    spoilt({ takster: [{ kode: NUMBERS[2], belop: 1 }] }),
    spoilt({ takster: [{ kode: '2ad', belop: note }] }),
    spoilt({ diagnoser: [{ kodeverk: note, kode: SYNTHETIC[0] }] }),
    spoilt({ diagnoser: [{ kodeverk: '2.16.578.1.12.4.1.1.7170', kode: SYNTHETIC[0] }] }),
    spoilt({ prosedyrekoder: [{ kodeverk: 'G', kode: `T1/${SYNTHETIC[0]}`, belop: 1 }] }),
    spoilt({ pasient: patient('47908702368', 'FNR') }),
  ];
  const sent = message(bills);
  const claim = sent.dokument as Record<string, unknown>;
  const krav = { ...(claim['behandlerkrav'] as object), avdeling: note, navnEPJ: `EPJ ${SYNTHETIC[0]}` };
  const answer = status(sent.behandlerkravmeldingId, [
    { guid: bills[0]!.guid, status: 'avvist', merknader: [{ nummer: '470', tekst: note }] },
  ]);
  const vedtak = { utbetaling: { belop: 1, kontonr: NUMBERS[4], kid: note } };
  const practices = [
    {
      praksisId: '1004000001',
      navn: `Lege ${NAMES[1]} ${NAMES[0]}`,
      orgnr: '999999998',
      type: 'FALE',
      status: 'ok',
      gyldigePerioder: [{ fraOgMedDato: '2020-01-01' }],
    },
  ];
  const loaded = [
    await register.load('claims.ndjson', [
      { ...sent, dokument: { ...claim, behandlerkrav: krav } },
      { ...answer, dokument: { ...answer.dokument, vedtak } },
      { mottatt: note, dokument: { praksiser: practices } },
      { dokument: note },
      { behandlerkravmeldingId: SYNTHETIC[0], status: note },
    ]),
    await register.load('practices.ndjson', [{ mottatt: '2023-01-01T00:00:00Z', dokument: { praksiser: practices } }]),
    await register.load('patients.ndjson', [
      { id: SYNTHETIC[0], fodselsar: 1931, kommunenr: '0301', kjentFra: '2022-01-01T00:00:00Z', navn: NAMES[0] },
      { id: '47908702368', fodselsar: BIRTH[0], kommunenr: note, kjentFra: note },
    ]),
    await register.load('more.ndjson', [providerFact('1000003', { praksisId: note }), providerFact('1', { note })]),
  ];
  reports = JSON.stringify(loaded.map(({ file: _, ...report }) => report));
});
afterAll(() => register.close());

/** Texts that hold something personal, of all rows of all tables outside the vault's schema. */
async function foundInDatabase(pattern: string): Promise<string[]> {
  const { rows: tables } = await register.t.db.raw<{ rows: { name: string }[] }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('priv', 'pg_catalog', 'information_schema')
       and case when has_schema_privilege(schemaname, 'usage')
         then has_table_privilege(format('%I.%I', schemaname, tablename), 'select') end`,
  );
  expect(tables.length).toBeGreaterThan(40);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await register.t.db.raw<{ rows: { hit: string }[] }>(
      `select (regexp_match(t::text, ?, 'i'))[1] as hit from ${name} t where t::text ~* ?`,
      [`(${pattern})`, pattern],
    );
    found.push(...rows.map(({ hit }) => `${name}: ${hit}`));
  }
  return found;
}

test('nothing that identifies a person stands in a table outside the vault, nor in what the command says', async () => {
  const { rows } = await register.t.db.raw<{ rows: { n: number }[] }>('select count(*)::int as n from core.bill');
  // Seven bills, the codes of a debtor and an exemption that are no text, and the reversal of the first.
  expect(rows[0]!.n).toBeGreaterThanOrEqual(8);
  expect(await foundInDatabase(PERSONAL.map((text) => text.replaceAll('.', '\\.')).join('|'))).toEqual([]);
  for (const text of PERSONAL) expect(reports).not.toContain(text);
});

test('nor in a stored object', async () => {
  const asked = { asOf: toInstant('2024-01-01T00:00:00Z', 'as of') };
  const { snapshotId } = await extractSnapshot(register.t, register.audit, asked);
  const manifest = await readManifest(register.t.db, register.t.store, snapshotId);
  expect(JSON.stringify(manifest)).not.toMatch(new RegExp(PERSONAL.join('|'), 'i'));
  const files = manifest.datasets.flatMap(({ partitions }) => partitions);
  expect(files.length).toBeGreaterThan(3);
  await withDuckDb(register.dir, async (duck) => {
    for (const { file } of files) {
      const rows = await rowsOf(
        duck,
        `select t::varchar as text from read_parquet(${quote(register.t.store.existing(file))}) t
         where regexp_matches(lower(t::varchar), ${quote(PERSONAL.join('|').toLowerCase())})`,
      );
      expect(rows).toEqual([]);
    }
  });
});
