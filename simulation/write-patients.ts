import type { DuckDBConnection } from '@duckdb/node-api';
import type { Scenario } from './generate';
import { nationalIdOf } from './patients';
import { MUNICIPALITIES } from './register';
import { text } from './tables';
import { writeQueries } from './write-queries';

/** Creates table `person(p, id)` with the national id of each patient. */
export async function createPersonTable(duck: DuckDBConnection, { population }: Scenario): Promise<void> {
  await duck.run('create table person (p bigint, id varchar)');
  const appender = await duck.createAppender('person');
  for (let p = 0; p < population.size; p++) {
    appender.appendBigInt(BigInt(p));
    appender.appendVarchar(nationalIdOf(p));
    appender.endRow();
  }
  appender.closeSync();
}

/** Writes the facts of the population register about all patients with a bill or prescription. */
export async function writePatients(
  duck: DuckDBConnection,
  { config, providers, population }: Scenario,
  file: string,
): Promise<void> {
  await duck.run('create temp table list (lo bigint, hi bigint, practice varchar)');
  const lists = [...population.listFrom].map(
    ([index, lo]) => `(${lo}, ${lo + providers[index]!.listSize!}, ${text(providers[index]!.praksisId)})`,
  );
  for (let i = 0; i < lists.length; i += 2000)
    await duck.run(`insert into list values ${lists.slice(i, i + 2000).join(', ')}`);
  const municipality = `case muni ${MUNICIPALITIES.map(([code], i) => `when ${i} then ${text(code)}`).join(' ')} end`;
  const first = `${config.firstMonth}-01T00:00:00Z`;
  const people = `select n.p, n.id, 1935 + cast(floor(85 * u(n.p, 0, 0, 'born')) as integer) as fodselsar,
    ${municipality} as kommunenr, l.practice as fastlege
    from person n join pool on n.p >= pool.lo and n.p < pool.lo + pool.size asof left join list l on n.p >= l.lo`;
  await duck.run(
    `create temp table fact as select f.* exclude (fastlege), case when l.hi > f.p then f.fastlege end as fastlege
      from (${people}) f left join list l on l.practice = f.fastlege`,
  );
  const row = (extra: string, known: string) =>
    `{'id': f.id, 'idType': 'FNR', 'fodselsar': f.fodselsar, 'kommunenr': f.kommunenr,
      'fastlegePraksisId': f.fastlege, ${extra}, 'kjentFra': ${known}}`;
  const alive = "'dod': null::varchar, 'utvandret': null::varchar";
  const dayIf = (why: string) => `case g.why when '${why}' then cast(g.day as varchar) end`;
  const gone = `'dod': ${dayIf('dead')}, 'utvandret': ${dayIf('abroad')}`;
  const goneKnown = `case when g.day < date '${config.firstMonth}-01' then '${config.firstMonth}-01T00:00:01Z'
    else strftime(g.day + interval 14 day, '%Y-%m-%dT06:00:00Z') end`;
  const facts = `
    select f.p, 0 as k, ${row(alive, text(first))} as r from fact f
    union all select f.p, 1, ${row(gone, goneKnown)} from fact f join gone g using (p)`;
  await writeQueries(duck, [`select to_json(r) from (${facts}) where p in (select p from billed) order by p, k`], file);
  await duck.run('drop table fact');
}
