import path from 'node:path';
import { invalid } from '../../domain/errors';
import { parseOrExplain } from '../../domain/schemas/parse';
import { tableMappingSchema } from '../../domain/import/table-mapping';
import { readYaml } from '../../application/experiments';
import type { TableInput } from '../../application/table-input';

/** A prepared table from `--table` and `--mapping`. @throws UtplukkError InvalidInput for one without the other */
export function tableFrom({
  file,
  mapping,
}: {
  file: string | undefined;
  mapping: string | undefined;
}): TableInput | undefined {
  if ((file === undefined) !== (mapping === undefined)) throw invalid('--table and --mapping belong together');
  if (file === undefined || mapping === undefined) return undefined;
  return {
    file: path.resolve(file),
    mapping: parseOrExplain(tableMappingSchema, readYaml(mapping), `mapping ${mapping}`),
  };
}
