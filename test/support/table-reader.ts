import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tableMappingSchema } from '../../domain/import/table-mapping';
import { ArtifactStore } from '../../platform/artifacts/store';
import { readMatrix } from '../../platform/matrices/read-matrix';
import { type BuiltTable, readTableMatrix, storeTable } from '../../platform/matrices/table-matrix';

export const HEADER = 'practice,day,x1,x2,kind,found,known,nok';
export const ROWS = [
  '0001,2022-01-01,102.14,23,LEGE,0,2022-02-10,',
  '0002,2022-01-02,269.08,0,LEGE,1,2022-02-11,69574.00',
  '0003,2022-01-04,109.12,30,KIRO,0,2022-02-13,',
] as const;
export const MAPPING = {
  version: 1,
  entity: 'practice',
  asOf: 'day',
  outcome: { column: 'found', positive: [1], negative: [0], knownOn: 'known', amount: 'nok' },
  features: { x1: 'numeric', x2: 'numeric', kind: 'categorical' },
};

export const text = (rows: readonly string[], header: string = HEADER) => `${[header, ...rows].join('\n')}\n`;

/** Reads prepared tables without a database, in a folder of its own that `close` removes. */
export function tableReader() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tables-'));
  const store = new ArtifactStore(path.join(dir, 'store'));
  const write = (name: string, content: string | Buffer) => {
    const file = path.join(dir, name);
    fs.writeFileSync(file, content);
    return file;
  };
  const readFile = async (file: string, over: object = {}, from?: string): Promise<BuiltTable> =>
    readTableMatrix(store, {
      fileSha256: await storeTable(store, file),
      fileName: file,
      mapping: tableMappingSchema.parse({ ...MAPPING, ...over }),
      ...(from === undefined ? {} : { from }),
    });
  return {
    dir,
    write,
    readFile,
    read: (content: string | Buffer, over: object = {}, name = 'table.csv') => readFile(write(name, content), over),
    matrixOf: ({ written, meta }: BuiltTable) =>
      readMatrix(store.existing(written.fileSha256), meta.columns, path.join(dir, 'spill')),
    close: () => fs.rmSync(dir, { recursive: true, force: true }),
  };
}
