import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { type EventWindows, eventWindowsSchema } from '../../../../domain/import/event-windows';
import { ROOT } from '../../../../platform/config/env';
import { writeEventWindows } from '../../../../application/event-windows';
import { readYaml } from '../../../../application/experiments';
import { withDuckDb } from '../../../../platform/duckdb/duckdb';
import { makeEventWindows } from '../../../../platform/features/event-windows';

const specOf = (over: object): EventWindows =>
  eventWindowsSchema.parse({
    version: 1,
    entity: 'who',
    day: 'day',
    asOf: ['2024-03-01', '2024-01-01', '2024-06-15'],
    windows: [60, 14],
    counts: ['kind'],
    amounts: [{ column: 'nok' }],
    ...over,
  });

interface Event {
  readonly who: string;
  readonly day: number;
  readonly kind: string | null;
  readonly ore: number | null;
}
const eventsArbitrary = fc.array(
  fc.record({
    who: fc.constantFrom('a', 'b', 'c', 'æ'),
    day: fc.integer({ min: 0, max: 200 }),
    kind: fc.option(fc.constantFrom('x', 'y')),
    ore: fc.option(fc.integer({ min: -5_000_000, max: 5_000_000 })),
  }),
  { minLength: 1, maxLength: 60 },
);

async function fill(duck: DuckDBConnection, events: readonly Event[]): Promise<void> {
  await duck.run('create or replace temp table events (who varchar, day date, kind varchar, nok decimal(18, 2))');
  const rows = events.map(
    (e) =>
      `('${e.who}', date '2023-12-20' + ${e.day}, ${e.kind === null ? 'null' : `'${e.kind}'`}, ` +
      `${e.ore === null ? 'null' : e.ore / 100})`,
  );
  await duck.run(`insert into events values ${rows.join(', ')}`);
}

/** The same by the plain way: every event of every as-of day looked at again. */
function plainSql({ asOf, windows }: EventWindows): string {
  const cells = (sql: string, name: string) =>
    [`${sql} as ${name}`, ...windows.map((w) => `${sql} filter (day >= as_of - ${w}) as ${name}_${w}d`)].join(', ');
  return `select who as entity, as_of, ${cells('count(*)', 'events')}, ${cells('count(kind)', 'kind_count')},
    ${cells('sum(nok::double)', 'nok_sum')}, ${cells('avg(nok::double)', 'nok_mean')},
    ${cells('max(nok::double)', 'nok_max')}, ${cells('stddev_samp(nok::double)', 'nok_stddev')} from events
      join (select unnest([${asOf.map((d) => `date '${d}'`).join(', ')}]) as as_of) on day <= as_of group by 1, 2
      order by 1, 2`;
}

const rowsOf = async (duck: DuckDBConnection, sql: string) =>
  (await duck.runAndReadAll(sql))
    .getRows()
    .map((row) =>
      row.map((cell) =>
        typeof cell === 'number' ? cell : typeof cell === 'bigint' ? Number(cell) : cell === null ? null : String(cell),
      ),
    );

test('windows equal the plain aggregates for any events, in the order of entity and day', async () => {
  const spec = specOf({});
  await withDuckDb(os.tmpdir(), (duck) =>
    fc.assert(
      fc.asyncProperty(eventsArbitrary, async (events) => {
        await fill(duck, events);
        await makeEventWindows(duck, spec, 'events', 'made');
        const [ours, plain] = [await rowsOf(duck, 'from made'), await rowsOf(duck, plainSql(spec))];
        expect(ours.length).toBe(plain.length);
        ours.forEach((row, i) =>
          row.forEach((cell, j) => {
            const other = plain[i]![j];
            if (typeof cell === 'number' && typeof other === 'number')
              expect(Math.abs(cell - other)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(other)));
            else expect(cell).toEqual(other);
          }),
        );
      }),
      { numRuns: 25, seed: 4 },
    ),
  );
});

test('amounts too large for doubles are added as huge integers, and the columns keep their names', async () => {
  const spec = specOf({ amounts: [{ column: 'nok', decimals: 2 }] });
  await withDuckDb(os.tmpdir(), async (duck) => {
    await duck.run(
      `create temp table events as select 'a' as who, date '2024-01-01' - i::integer as day, null::varchar as kind,
        ('90000000000000.01'::decimal(18, 2) + i)::decimal(18, 2) as nok from range(3) r(i)`,
    );
    await makeEventWindows(duck, spec, 'events', 'made');
    const names = (await duck.runAndReadAll('describe made')).getRows().map(([name]) => String(name));
    const windowed = (name: string) => [name, `${name}_60d`, `${name}_14d`];
    expect(names).toEqual([
      'entity',
      'as_of',
      ...['events', 'kind_count', 'nok_sum', 'nok_mean', 'nok_max', 'nok_stddev'].flatMap(windowed),
    ]);
    const [first] = await rowsOf(
      duck,
      "select nok_sum, nok_mean, nok_stddev from made where as_of = date '2024-01-01'",
    );
    expect(first).toEqual([Number('270000000000003.03'), Number('90000000000001.01'), 1]);
  });
});

test('no event before the first day, and an empty table, make no row rather than an error', async () => {
  await withDuckDb(os.tmpdir(), async (duck) => {
    await duck.run("create temp table events as select 'a' as who, date '2025-01-01' as day, 'x' as kind, 1.5 as nok");
    await makeEventWindows(duck, specOf({}), 'events', 'made');
    expect(await rowsOf(duck, 'from made')).toEqual([]);
  });
});

describe('the windows command', () => {
  const example = path.join(ROOT, 'docs/examples/windows');
  const spec = readYaml(path.join(example, 'windows.yaml'));
  let dir: string;
  beforeAll(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'windows-'));
  });
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
  const events = (text: string) => {
    const file = path.join(dir, 'events.csv');
    fs.writeFileSync(file, text);
    return file;
  };
  const out = () => path.join(dir, 'out.parquet');

  test('makes the example, twice the same bytes', async () => {
    const bytes = async () => {
      expect(await writeEventWindows(path.join(example, 'visits.csv'), spec, out())).toEqual({ rows: 5, columns: 20 });
      return fs.readFileSync(out());
    };
    expect((await bytes()).equals(await bytes())).toBe(true);
    const rows = await withDuckDb(dir, (duck) =>
      rowsOf(
        duck,
        `select entity, as_of, events, events_30d, diagnosis_count_90d, amount_sum, amount_stddev from '${out()}'`,
      ),
    );
    expect(rows[0]!.slice(0, 6)).toEqual(['1000001', '2024-01-01', 2, 1, 1, 430.5]);
    expect(rows[0]![6]).toBeCloseTo(80.5 / Math.SQRT2, 12); // two values 80.50 apart
  });

  test.each([
    ['practice,received,diagnosis\n1,2024-01-01,L03\n', /lacks the columns amount/],
    [
      'practice,received,diagnosis,amount\n1,2024-01-01,L03,1\n1,2024-13-01,L03,1\n',
      /line 3, received: "2024-13-01"; expected an existing day/,
    ],
    ['practice,received,diagnosis,amount\n1,2024-01-01,L03,a lot\n', /line 2, amount: "a lot"; expected a number/],
    ['practice,received,diagnosis,amount\n,2024-01-01,L03,1\n', /line 2, practice: expected the entity/],
  ])('refuses what it cannot read and leaves no file: %s', async (text, problem) => {
    fs.rmSync(out(), { force: true });
    await expect(writeEventWindows(events(text), spec, out())).rejects.toThrow(problem);
    expect(fs.readdirSync(dir)).toEqual(['events.csv']);
  });

  const known = async (file: string, format: object = {}) => {
    const narrow = { version: 1, entity: 'practice', day: 'received', asOf: ['2024-03-01'], windows: [30], format };
    await writeEventWindows(file, { ...narrow, amounts: [{ column: 'amount' }] }, out());
    return withDuckDb(dir, (duck) => rowsOf(duck, `select entity, events from '${out()}'`));
  };
  const dated = (...days: string[]) => `practice,received,amount\n${days.map((d, i) => `${i},${d},100\n`).join('')}`;

  test('an instant counts on its Norwegian day, however it is spelled', async () => {
    const evening = [
      '2024-03-01T23:30:00Z',
      '2024-03-02T00:30:00+01:00',
      '2024-03-01 23:30:00+00',
      '2024-03-02 00:30+0100',
    ];
    expect(await known(events(dated(...evening, '2024-03-01 22:59:59.5Z')))).toEqual([['4', 1]]);
    const parquet = path.join(dir, 'instants.parquet');
    const rows =
      "('A', timestamptz '2024-03-02 00:30:00+01', 100.0), ('B', timestamptz '2024-02-20 00:30:00+01', 100.0)";
    await withDuckDb(dir, async (duck) => {
      await duck.run(`copy (select * from (values ${rows}) t(practice, received, amount)) to '${parquet}'`);
    });
    expect(await known(parquet)).toEqual([['B', 1]]);
    fs.rmSync(parquet);
    const bare = events(dated('2024-03-01 23:30:00'));
    await expect(known(bare)).rejects.toThrow(/line 2, received: .*date-time with its offset/);
    expect(await known(bare, { zone: 'UTC' })).toEqual([]);
    expect(await known(bare, { zone: 'Europe/Oslo' })).toEqual([['0', 1]]);
  });

  test.each([
    '24-02-20',
    '2024-02-20junk',
    'epoch',
    'infinity',
    '9999-12-31',
    '2024-03-01 24:00Z',
    '2024-02-20T25:00Z',
  ])('%s is no day of an event', async (day) => {
    await expect(known(events(dated(day)))).rejects.toThrow(/line 2, received: .*expected an existing day/);
  });

  test('an amount with more decimals than stated, or of another decimal sign, is refused by line', async () => {
    for (const amount of ['89.640', '1e2', '#N/A', '"1,5"'])
      await expect(known(events(`practice,received,amount\nA,2024-02-01,${amount}\n`))).rejects.toThrow(
        /line 2, amount: .*at most 2 decimals/,
      );
    expect(
      await known(events('practice;received;amount\nA;01.02.2024;1.089,64\n'), {
        separator: ';',
        decimal: ',',
        thousands: '.',
        date: 'dd.mm.yyyy',
      }),
    ).toEqual([['A', 1]]);
  });

  test('a windows file with an unknown field or a bad day is refused by path', async () => {
    await expect(
      writeEventWindows(events('a\n1\n'), { ...(spec as object), asOf: ['2024-02-30'], weeks: [1] }, out()),
    ).rejects.toThrow(/asOf\.0/);
  });
});
