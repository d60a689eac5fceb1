import fs from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import { text } from './tables';

interface GroundTruthProvider {
  readonly praksisId: string;
  readonly latent: string;
  readonly behaviours: readonly string[];
  readonly benignReason: string | null;
  readonly severity: number;
  readonly startMonth: string;
  readonly ring: number | null;
}

const ROWS_AT_ONCE = 20_000;

/**
 * Stores the ground truth of a simulation (`<folder>/truth`) in schema `truth`, which only its own role can read.
 * Earlier content is replaced.
 */
export async function storeGroundTruth(folder: string, url: string): Promise<{ providers: number; days: number }> {
  const providers = fs
    .readFileSync(path.join(folder, 'truth/providers.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as GroundTruthProvider);
  const days = await readDays(path.join(folder, 'truth/days.parquet'));
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin; delete from truth.day; delete from truth.provider');
    await client.query(
      `insert into truth.provider
       select p."praksisId", p.latent, p.behaviours, p."benignReason", p.severity, (p."startMonth" || '-01')::date,
         p.ring
       from json_to_recordset($1) as p("praksisId" text, latent text, behaviours text[], "benignReason" text,
         severity double precision, "startMonth" text, ring int)`,
      [JSON.stringify(providers)],
    );
    for (let from = 0; from < days.length; from += ROWS_AT_ONCE) {
      const columns = [0, 1, 2, 3, 4].map((column) => days.slice(from, from + ROWS_AT_ONCE).map((row) => row[column]));
      await client.query(
        'insert into truth.day select * from unnest($1::text[], $2::date[], $3::smallint[], $4::int[], $5::bigint[])',
        columns,
      );
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
  return { providers: providers.length, days: days.length };
}

/** Practice, day, behaviour, bills and excess amount; one row per day and behaviour. */
async function readDays(file: string): Promise<string[][]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const duck = await instance.connect();
  try {
    const reader = await duck.runAndReadAll(
      `select cast(practice_no as varchar), cast(day as varchar), cast(behaviour as varchar),
        cast(sum(bills) as varchar), cast(sum(excess_ore) as varchar)
       from read_parquet(${text(file)}) group by practice_no, day, behaviour order by practice_no, day, behaviour`,
    );
    return reader.getRows().map((row) => row.map(String));
  } finally {
    duck.closeSync();
    instance.closeSync();
  }
}
