import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { KEY_COLUMNS, type MatrixColumn } from '../../domain/schemas/matrix';
import { sha256File } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import { ident, PARQUET, quote } from '../duckdb/duckdb';

export interface WrittenMatrix {
  /** SHA-256 of the rows as CSV, in the order of row ids. */
  readonly matrixId: string;
  readonly fileSha256: string;
  readonly counts: { readonly rows: number; readonly labeled: number; readonly positives: number };
  /** SHA-256 of the labels alone, in the order of row ids; undefined where no row has a label. */
  readonly labelSetId: string | undefined;
}

const LABEL_COLUMNS = ['row_id', 'entity', 'as_of', 'label', 'label_known_on', 'amount_ore'] as const;

/** Writes DuckDB's table `matrix` as Parquet to the store; the hash of its rows as CSV is its identity. */
export async function writeMatrix(
  duck: DuckDBConnection,
  store: ArtifactStore,
  columns: readonly MatrixColumn[],
): Promise<WrittenMatrix> {
  const list = [...KEY_COLUMNS, ...columns.map(({ name }) => name)].map(ident).join(', ');
  const csv = store.temporary('.csv');
  const parquet = store.temporary('.parquet');
  const toCsv = (query: string) => duck.run(`copy (${query}) to ${quote(csv)} (format csv, header true)`);
  try {
    await toCsv(`select ${list} from matrix order by row_id`);
    await duck.run(`copy (select ${list} from matrix order by row_id) to ${quote(parquet)} ${PARQUET}`);
    const reader = await duck.runAndReadAll(
      'select count(*)::int, count(label)::int, coalesce(sum(label), 0)::int from matrix',
    );
    const [rows = 0, labeled = 0, positives = 0] = (reader.getRows()[0] ?? []).map(Number);
    const matrixId = await sha256File(csv);
    await toCsv(`select ${LABEL_COLUMNS.join(', ')} from matrix where label is not null order by row_id`);
    const labelSetId = labeled > 0 ? await sha256File(csv) : undefined;
    return { matrixId, fileSha256: await store.putFile(parquet), counts: { rows, labeled, positives }, labelSetId };
  } finally {
    fs.rmSync(csv, { force: true });
    fs.rmSync(parquet, { force: true });
  }
}
