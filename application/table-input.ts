import path from 'node:path';
import type { TableMapping } from '../domain/import/table-mapping';
import { canonical } from '../platform/artifacts/hash';
import type { ArtifactStore } from '../platform/artifacts/store';
import { storeTable } from '../platform/matrices/table-matrix';

/** A prepared table as people give it: a file, and what its columns mean. */
export interface TableInput {
  readonly file: string;
  readonly mapping: TableMapping;
}

/** Stores the file and its mapping by content hash, so that a workflow can name them. */
export const storeTableInput = async (store: ArtifactStore, { file, mapping }: TableInput) => ({
  fileSha256: await storeTable(store, file),
  fileName: path.basename(file),
  mappingSha256: store.put(canonical(mapping)),
});
