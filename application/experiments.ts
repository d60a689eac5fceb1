import fs from 'node:fs';
import path from 'node:path';
import { isNode, LineCounter, parse, parseDocument, YAMLParseError } from 'yaml';
import { invalid } from '../domain/errors';
import { type Experiment, experimentSchema, testEnd } from '../domain/schemas/experiment';
import { parseOrExplain } from '../domain/schemas/parse';
import { ROOT } from '../platform/config/env';
import { type TableMapping, tableMappingSchema } from '../domain/schemas/table-mapping';

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
  const experiment = checkExperiment(raw, `experiment ${file}`);
  const dir = path.dirname(path.resolve(file));
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

/** Schema and dates. @throws UtplukkError InvalidInput naming path, value and what was expected */
function checkExperiment(raw: unknown, what: string): Experiment {
  const experiment = parseOrExplain(
    experimentSchema,
    raw,
    what,
    'docs/examples holds commented experiments; `utplukk train --schema` prints the JSON Schema.',
  );
  const early = testsTooLate(experiment);
  if (early) throw invalid(early, 'Choose a later source.asOf, or fewer or earlier folds.');
  return experiment;
}

function testsTooLate(experiment: Experiment): string | undefined {
  if (experiment.source.kind !== 'register') return undefined;
  const end = testEnd(experiment);
  if (end <= experiment.source.asOf.slice(0, 10)) return undefined;
  return `split: the last test part ends ${end}, after the as-of instant ${experiment.source.asOf}: its outcomes are not known yet`;
}

const FROM_TEXT_ONLY =
  'source.kind: a table lies on the machine of whoever has it; train on one with `utplukk train <file> --table <table>`';

/** An experiment that somebody typed or pasted. @throws UtplukkError InvalidInput */
export function experimentFromText(text: string): Experiment {
  const { experiment, problems } = diagnose(text);
  if (experiment) return experiment;
  throw invalid(`the experiment is not right:\n  ${problems.map((p) => `line ${p.line}: ${p.message}`).join('\n  ')}`);
}

export interface Diagnosis {
  readonly experiment: Experiment | undefined;
  /** Lines and columns from 1, where the text stands that is wrong, or that it is missing from. */
  readonly problems: readonly {
    readonly path: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
  }[];
}

/** Everything that is wrong with an experiment while it is being typed, each with its place. */
export function diagnose(text: string): Diagnosis {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => ({
    line: Math.max(1, lines.linePos(offset).line),
    column: Math.max(1, lines.linePos(offset).col),
  });
  if (document.errors.length > 0)
    return {
      experiment: undefined,
      problems: document.errors.map((error) => ({ path: '', ...at(error.pos[0]), message: error.message })),
    };
  const placed = (path: readonly PropertyKey[], message: string) => ({
    path: path.map(String).join('.'),
    ...at(offsetOf(document, path)),
    message,
  });
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return { experiment: undefined, problems: [placed([], (error as Error).message)] };
  }
  const parsed = experimentSchema.safeParse(raw);
  if (!parsed.success)
    return {
      experiment: undefined,
      problems: parsed.error.issues.slice(0, MAX_PROBLEMS).map((issue) => placed(issue.path, issue.message)),
    };
  if (parsed.data.source.kind !== 'register')
    return { experiment: undefined, problems: [placed(['source', 'kind'], FROM_TEXT_ONLY)] };
  const late = testsTooLate(parsed.data);
  if (late) return { experiment: undefined, problems: [placed(['split'], late)] };
  return { experiment: parsed.data, problems: [] };
}

const MAX_PROBLEMS = 20;
const MAX_ALIASES = 50;

/** Where the value of a path begins, or the nearest thing around it that is there. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Experiments that come with the product and train on the register, as they stand in docs/examples. */
export function shippedExperiments(): { name: string; text: string }[] {
  const dir = path.join(ROOT, 'docs/examples');
  return fs
    .readdirSync(dir)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ name: file.replace(/\.yaml$/, ''), text: fs.readFileSync(path.join(dir, file), 'utf8') }))
    .filter(({ text }) => diagnose(text).experiment !== undefined);
}
