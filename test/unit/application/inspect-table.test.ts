import { parse } from 'yaml';
import { inspectTable } from '../../../application/inspect-table';
import { tableMappingSchema } from '../../../domain/import/table-mapping';
import { SYNTHETIC } from '../../support/register-files';
import { tableReader } from '../../support/table-reader';

let reader: ReturnType<typeof tableReader>;
beforeAll(() => {
  reader = tableReader();
});
afterAll(() => reader.close());

const inspect = (name: string, content: string | Buffer) => inspectTable(reader.write(name, content));
const lines = (header: string, row: (i: number) => string, n = 30) =>
  `${[header, ...Array.from({ length: n }, (_, i) => row(i))].join('\r\n')}\r\n`;
const day = (i: number, month = 1) => `${String((i % 28) + 1).padStart(2, '0')}.0${month}.2024`;

test('an ordinary Norwegian file gives a mapping that loads it as it is, with the roles of its names', async () => {
  const header = 'praksisId;dato;antall;andel;postnr;kjønn;saksbehandler;navn;pasient;funn;vedtaksdato;tilbakekrav';
  const row = (i: number) =>
    [
      ...[
        String(1000 + i),
        day(i),
        i,
        `${i % 7 === 3 ? 'NA' : `1 2${10 + i},5`}`,
        `0${150 + (i % 5)}`,
        i % 2 ? 'K' : 'M',
      ],
      ...[`s${i % 3}`, `Åse ${i}`, SYNTHETIC[i % SYNTHETIC.length], i % 3 ? 'nei' : 'ja', day(i, 3)],
      i % 3 ? '' : `${100 + i},50`,
    ].join(';');
  const { yaml, undecided, use, rows } = await inspect('norsk.csv', Buffer.from(lines(header, row), 'latin1'));
  expect(undecided).toEqual([]);
  expect(use).toBe('all 30 rows are used, 30 with an outcome, 10 findings');
  expect(tableMappingSchema.parse(parse(yaml))).toMatchObject({
    format: {
      encoding: 'windows-1252',
      separator: ';',
      decimal: ',',
      thousands: ' ',
      date: 'dd.mm.yyyy',
      missing: ['NA'],
    },
    entity: 'praksisId',
    asOf: 'dato',
    outcome: { column: 'funn', positive: ['ja'], negative: ['nei'], knownOn: 'vedtaksdato', amount: 'tilbakekrav' },
    features: { antall: 'numeric', andel: 'numeric', postnr: 'categorical' },
    nuisance: { saksbehandler: 'categorical' },
    protected: { kjønn: 'categorical' },
    ignore: ['pasient', 'navn'].sort(),
  });
  expect(rows).toHaveLength(10);
  expect(rows[1]).toEqual(
    ['1001', '2024-01-02', '1', '1211.5', '0151', 'K', 's1', 'Ås…'].concat(
      [`${SYNTHETIC[1].slice(0, 2)}…`],
      ['nei', '2024-03-02'],
      null as never,
    ),
  );
});

test('the same table with points, commas and ISO days loads too, packed and as UTF-16', async () => {
  const text = lines(
    'practice,day,x1,found',
    (i) => `${i},2024-01-${String(i + 1).padStart(2, '0')},${i}.25,${i % 2}.0`,
  );
  for (const [name, content] of [
    ['iso.csv', text],
    ['utf16.csv', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['tabs.tsv', text.replaceAll(',', '\t')],
    ['pipes.csv', text.replaceAll(',', '|')],
  ] as const) {
    const { undecided, use } = await inspect(name, content);
    expect([name, undecided, use]).toEqual([name, [], 'all 30 rows are used, 30 with an outcome, 15 findings']);
  }
});

test.each([
  [
    'outcomes that do not say what they are',
    'praksis,dato,x,utfall',
    'avvik,ok',
    /outcome: is each of avvik \(15 rows\), ok/,
  ],
  ['no outcome', 'praksis,dato,x,z', '1,2', /outcome\.column: which column/],
  ['no entity', 'q,dato,x,funn', '0,1', /entity: which column/],
  ['no day', 'praksis,q,x,funn', '0,1', /asOf: which of|asOf: no column/],
])('%s: the mapping is refused until a person decides', async (_, header, outcomes, open) => {
  const [a, b] = outcomes.split(',');
  const day = (i: number) => (header.includes('dato') ? `2024-01-${String(i + 1).padStart(2, '0')}` : `v${i}`);
  const { yaml, undecided, use } = await inspect(
    'open.csv',
    lines(header, (i) => `${i},${day(i)},${i},${i % 2 ? a : b}`),
  );
  expect(undecided).toEqual([expect.stringMatching(open)]);
  expect(use).toBeUndefined();
  const problems = tableMappingSchema.safeParse(parse(yaml)).error!.issues.map(({ path }) => path[0]);
  expect(problems).toContain('undecided');
});

const figures = (texts: readonly string[], separator = ';') =>
  lines(['praksis', 'dato', 'x', 'funn'].join(separator), (i) =>
    [String(i), `2024-01-${String(i + 1).padStart(2, '0')}`, texts[i % texts.length], i % 2].join(separator),
  );
test.each([
  [['89.640', '12.500'], /format\.thousands: every sign in the numbers of x/],
  [['1,234', '2,500'], /format\.thousands/],
])('figures of which the sign can mean two things are left to a person: %s', async (texts, open) => {
  expect((await inspect('figures.csv', figures(texts))).undecided).toEqual([expect.stringMatching(open)]);
});
test.each([
  [['1.234,50', '0,5'], { decimal: ',', thousands: '.' }],
  [['1,234.50', '0.5'], { decimal: '.', thousands: ',' }],
  [['1 234,5', '7'], { decimal: ',', thousands: ' ' }],
  [['-1.5', '2e3', '.5'], { decimal: '.' }],
])('figures of which the sign is plain: %s', async (texts, expected) => {
  const { yaml, undecided, use } = await inspect('figures.csv', figures(texts));
  expect([undecided, use]).toEqual([[], expect.stringMatching(/^all 30 rows are used/)]);
  expect(tableMappingSchema.parse(parse(yaml)).format).toMatchObject(expected);
});

test('days that can be read two ways, and times without an offset, are left to a person', async () => {
  const us = lines('praksis,dato,x,funn', (i) => `${i},0${(i % 9) + 1}/0${(i % 7) + 1}/2024,${i},${i % 2}`);
  expect((await inspect('us.csv', us)).undecided).toEqual([expect.stringMatching(/format\.date: .*mm\/dd\/yyyy/)]);
  const bare = lines('praksis,dato,x,funn', (i) => `${i},2024-01-${10 + (i % 20)} 08:15:00,${i},${i % 2}`);
  const { undecided, rows } = await inspect('bare.csv', bare);
  expect(undecided).toEqual([expect.stringMatching(/format\.zone: dato holds times without an offset/)]);
  expect(rows[0]![1]).toBe('2024-01-10 08:15:00');
});

test('what would be refused is said by column, and an empty file has nothing to suggest from', async () => {
  const text = lines('praksis,dato,x,funn', (i) => `${i},2024-01-${10 + (i % 20)},${i === 4 ? '#N/A' : i},${i % 2}`);
  const { yaml, use } = await inspect('errors.csv', text);
  expect(use).toMatch(/^29 of 30 rows are used; 1 refused: .*in column x/);
  expect(yaml).toMatch(/# x holds the error of a formula in 1 rows/);
  await expect(inspect('empty.csv', '')).rejects.toThrow(/is empty/);
});

test('identity numbers and who a person is are ignored and not shown, however they are spelled', async () => {
  const id = SYNTHETIC[0];
  const texts = [`${id.slice(0, 6)} ${id.slice(6)}`, `${id.slice(0, 6)}-${id.slice(6)}`, '181500001', '1815000012'];
  const names = ['a', 'b', 'c', 'd', 'e', 'pasientnavn', 'adresse', 'telefon', 'merknad', 'fnr'];
  // Column c has nine digits, which are no identity number; d has lost its first zero; one of e's thirty is a person.
  const cells = (i: number) => [...texts, i === 7 ? id : `${i}`, 'Per Lie', 'Vei 1', '99999999', 'ringte', `${i}`];
  const header = ['praksis', 'dato', 'x', 'funn', ...names].join(';');
  const row = (i: number) =>
    [i, `2024-01-${10 + (i % 20)}`, `${(i % 2 ? 101_000 : 133_300) + i}.12345`, i % 2, ...cells(i)].join(';');
  const { yaml, rows } = await inspect('ids.csv', lines(header, row));
  const { features, ignore } = tableMappingSchema.parse(parse(yaml));
  expect(features).toEqual({ x: 'numeric' });
  expect([...ignore].sort()).toEqual([...names].sort());
  expect(rows[7]!.slice(4)).toEqual([
    ...[`${id.slice(0, 2)}…`, `${id.slice(0, 2)}…`, '181500001', '18…', `${id.slice(0, 2)}…`],
    ...['Pe…', 'Ve…', '99…', 'ri…', '7…'],
  ]);
});

test.each([
  ['05.03.2024', /^format\.date: utfallsdato holds days that are not written yyyy-mm-dd; .*correct the file/],
  ['5.3.24', /^format\.date: utfallsdato holds/],
  ['05.03.24', /^format\.date: utfallsdato holds/],
  ['5.3.2024', /^format\.date: utfallsdato holds/],
  ['20240305', /^format\.date: utfallsdato holds/],
])('days of another format than the others, %s, are left to a person', async (other, open) => {
  const text = lines('praksis,dato,x,funn,utfallsdato', (i) => `${i},2024-01-${10 + (i % 20)},${i},${i % 2},${other}`);
  const { undecided, use } = await inspect('days.csv', text);
  expect([undecided, use]).toEqual([[expect.stringMatching(open)], undefined]);
});
