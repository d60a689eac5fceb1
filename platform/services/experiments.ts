import fs from 'node:fs';
import path from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { invalid } from '../../domain/errors';
import { type Experiment, experimentSchema, testEnd } from '../../domain/schemas/experiment';
import { parseOrExplain } from '../../domain/schemas/parse';
import { type TableMapping, tableMappingSchema } from '../../domain/schemas/table-mapping';

/** Reads a YAML file. @throws UtplukkError InvalidInput naming file, line and column */
export function readYaml(file: string): unknown {
  if (!fs.existsSync(file)) throw invalid(`${file} does not exist`, 'Check the path.');
  try {
    return parse(fs.readFileSync(file, 'utf8'), { prettyErrors: true });
  } catch (error) {
    if (error instanceof YAMLParseError) throw invalid(`${file} is not YAML: ${error.message}`);
    throw invalid(`${file} cannot be read: ${(error as Error).message}`, 'Check its permissions.');
  }
}

export interface LoadedExperiment {
  readonly experiment: Experiment;
  /** Absolute paths, for a table source. */
  readonly table?: { readonly file: string; readonly mapping: TableMapping };
}

/** Checks an experiment whole before any work: schema, dates, and for a table the mapping and the file. */
export function loadExperiment(file: string, overrides: { table?: string } = {}): LoadedExperiment {
  const raw = readYaml(file);
  if (overrides.table !== undefined && raw !== null && typeof raw === 'object')
    (raw as { source?: { file?: string } }).source!.file = path.resolve(overrides.table);
  const experiment = parseOrExplain(
    experimentSchema,
    raw,
    `experiment ${file}`,
    'docs/examples holds commented experiments; `utplukk train --schema` prints the JSON Schema.',
  );
  const dir = path.dirname(path.resolve(file));
  if (experiment.source.kind === 'table') {
    const mappingFile = path.resolve(dir, experiment.source.mapping);
    const mapping = parseOrExplain(tableMappingSchema, readYaml(mappingFile), `mapping ${mappingFile}`);
    const table = path.resolve(dir, experiment.source.file);
    if (!fs.existsSync(table)) throw invalid(`source.file: ${table} does not exist`, 'Correct the path, or give the file with `--table`.');
    return { experiment, table: { file: table, mapping } };
  }
  const end = testEnd(experiment);
  if (end > experiment.source.asOf.slice(0, 10)) {
    throw invalid(
      `split: the last test part ends ${end}, after the as-of instant ${experiment.source.asOf}: its outcomes are not known yet`,
      'Choose a later source.asOf, or fewer or earlier folds.',
    );
  }
  return { experiment };
}
