import fs from 'node:fs';
import path from 'node:path';
import { isNode, LineCounter, parse, parseDocument, YAMLParseError } from 'yaml';
import { invalid } from '../domain/errors';
import { type Experiment, experimentSchema, testEnd } from '../domain/schemas/experiment';
import { parseOrExplain, problemText } from '../domain/schemas/parse';
import { ROOT } from '../platform/config/env';
import { type TableMapping, tableMappingSchema } from '../domain/import/table-mapping';

/** Reads a YAML file. @throws UtplukkError InvalidInput naming file, line and column */
export function readYaml(file: string): unknown {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (!found) throw invalid(`${file} does not exist`, 'Check the path.');
  if (found.isDirectory()) throw invalid(`${file} is a folder; give a file`);
  try {
    return parse(fs.readFileSync(file, 'utf8'), { prettyErrors: true });
  } catch (error) {
    if (error instanceof YAMLParseError) throw invalid(`${file} is not YAML: ${error.message}`);
    throw invalid(`${file} cannot be read: ${(error as Error).message}`, 'Check its permissions.');
  }
}

export interface LoadedExperiment {
  readonly experiment: Experiment;
  /** For a table source: absolute path of the file, and its mapping. */
  readonly table?: { readonly file: string; readonly mapping: TableMapping };
}

/**
 * Reads an experiment and checks all of it before any work: schema, dates, and for a table the mapping and the file.
 * @param overrides.table file to use instead of source.file
 * @throws UtplukkError InvalidInput naming path, value and what was expected
 */
export function loadExperiment(file: string, overrides: { table?: string } = {}): LoadedExperiment {
  const experiment = checkExperiment(withTable(readYaml(file), overrides.table), `experiment ${file}`);
  const dir = path.dirname(path.resolve(file));
  if (overrides.table !== undefined && experiment.source.kind !== 'table')
    throw invalid(
      `--table ${overrides.table}: experiment ${file} has source.kind ${experiment.source.kind}, so it reads no table`,
      'Leave `--table` out, or give an experiment with `source: { kind: table, … }`.',
    );
  if (experiment.source.kind === 'table') {
    const mappingFile = path.resolve(dir, experiment.source.mapping);
    const mapping = parseOrExplain(tableMappingSchema, readYaml(mappingFile), `mapping ${mappingFile}`);
    const table = path.resolve(dir, experiment.source.file);
    if (!fs.existsSync(table))
      throw invalid(`source.file: ${table} does not exist`, 'Correct the path, or give the file with `--table`.');
    return { experiment, table: { file: table, mapping } };
  }
  return { experiment };
}

/** An experiment with another table as its source; anything without a source is left to the schema to refuse. */
function withTable(raw: unknown, table: string | undefined): unknown {
  const { source } = (raw ?? {}) as { source?: unknown };
  if (table === undefined || source === null || typeof source !== 'object') return raw;
  if ((source as { kind?: unknown }).kind !== 'table') return raw;
  return { ...(raw as object), source: { ...source, file: path.resolve(table) } };
}

/** Schema and dates. @throws UtplukkError InvalidInput naming path, value and what was expected */
function checkExperiment(raw: unknown, what: string): Experiment {
  const experiment = parseOrExplain(
    experimentSchema,
    raw,
    what,
    'docs/examples holds commented experiments; `utplukk run start --schema` prints the JSON Schema.',
  );
  const problem = splitProblem(experiment);
  if (problem) throw invalid(problem, 'Choose a later source.asOf, or fewer or earlier folds.');
  return experiment;
}

/** Test parts that end after the as-of instant have outcomes that are not known yet. */
function splitProblem(experiment: Experiment): string | undefined {
  if (experiment.source.kind !== 'register') return undefined;
  const end = testEnd(experiment);
  if (end <= experiment.source.asOf.slice(0, 10)) return undefined;
  const { asOf } = experiment.source;
  return `split: the last test part ends ${end}, after the as-of instant ${asOf}: its outcomes are not known yet`;
}

const NO_TABLES =
  'source.kind: a table is a file on your own machine; train on one with `utplukk run start <file> --table <table>`';

/** An experiment given as YAML text. @throws UtplukkError InvalidInput naming each problem with its line */
export function experimentFromText(text: string): Experiment {
  const { experiment, problems } = diagnose(text);
  if (experiment) return experiment;
  const lines = problems.map(({ line, message }) => `line ${line}: ${message}`);
  throw invalid(`the experiment is invalid:\n  ${lines.join('\n  ')}`);
}

export interface Diagnosis {
  readonly experiment: Experiment | undefined;
  /** Path in the document, and line and column (from 1) of the value that is wrong or of the object that lacks one. */
  readonly problems: readonly {
    readonly path: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
  }[];
}

/** Everything that is wrong with an experiment while it is being typed, each problem with its place. */
export function diagnose(text: string): Diagnosis {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const failed = (...problems: Diagnosis['problems']): Diagnosis => ({ experiment: undefined, problems });
  const problem = (path: readonly PropertyKey[], message: string) => ({
    path: path.map(String).join('.'),
    ...position(offsetOf(document, path)),
    message,
  });
  if (document.errors.length > 0)
    return failed(...document.errors.map(({ pos, message }) => ({ path: '', ...position(pos[0]), message })));
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return failed(problem([], (error as Error).message));
  }
  const parsed = experimentSchema.safeParse(raw);
  if (!parsed.success)
    return failed(
      ...parsed.error.issues.slice(0, MAX_PROBLEMS).map((issue) => problem(issue.path, problemText(issue, raw))),
    );
  if (parsed.data.source.kind !== 'register') return failed(problem(['source', 'kind'], NO_TABLES));
  const late = splitProblem(parsed.data);
  return late ? failed(problem(['split'], late)) : { experiment: parsed.data, problems: [] };
}

const MAX_PROBLEMS = 20;
const MAX_ALIASES = 50;

/** Offset at which the value of a path begins, or the nearest object around it that exists. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Experiments of docs/examples that train on the register, as text. */
export function shippedExperiments(): { name: string; text: string }[] {
  const dir = path.join(ROOT, 'docs/examples');
  return fs
    .readdirSync(dir)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ name: file.replace(/\.yaml$/, ''), text: fs.readFileSync(path.join(dir, file), 'utf8') }))
    .filter(({ text }) => diagnose(text).experiment !== undefined);
}
