import fs from 'node:fs';
import path from 'node:path';
import { Rng } from '../../domain/rng';
import { PARQUET, quote, withDuckDb } from '../../platform/duckdb/duckdb';
import { readMatrix } from '../../platform/matrices/read-matrix';
import { numericColumns } from './columns';

/**
 * Writes a matrix file as the product does, and the same as float32, label last: make-matrix <file> <rows> <columns>.
 */
async function main(file: string, rows: number, width: number): Promise<void> {
  const columns = numericColumns(width);
  const dir = path.dirname(file);
  // Made by the database from the row's number: a hash spread over whole numbers, one value in twenty missing.
  const cell = (i: number) =>
    `case when hash(r, ${i}) % 20 = 0 then null else (hash(r, ${i + 1000}) % 100000)::double / 1000 end as x${i}`;
  await withDuckDb(dir, async (duck) => {
    await duck.run(`copy (
      select 'R' || lpad(r::varchar, 8, '0') as row_id, 'P' || r % 23000 as entity,
        date '2024-01-01' + interval (r // 23000) month as as_of, 'LE' as grp,
        (hash(r, 7) % 10 = 0)::integer as label, date '2025-01-01' as label_known_on, null::bigint as amount_ore,
        ${columns.map((_, i) => cell(i)).join(', ')}
      from range(${rows}) t(r) order by row_id) to ${quote(file)} ${PARQUET}`);
  });
  const data = await readMatrix(file, columns, dir);
  const floats = new Float32Array(rows * (width + 1));
  const noise = new Rng('label');
  for (let row = 0; row < rows; row++) {
    columns.forEach(({ name }, i) => (floats[row * (width + 1) + i] = data.numeric.get(name)![row]!));
    // Something to learn, so that trees grow as they do on real rows.
    const x = floats[row * (width + 1)]!;
    floats[row * (width + 1) + width] = noise.chance(Number.isNaN(x) ? 0.1 : 0.02 + x / 600) ? 1 : 0;
  }
  fs.writeFileSync(`${file}.f32`, floats);
  process.stdout.write('{}\n');
}

const [file, rows, width] = process.argv.slice(2);
void main(file!, Number(rows), Number(width));
