import type { ColumnContent, FormatSuggestion } from './table-profile';
import { type RoleSuggestion, suggestOutcomes } from './table-roles';
import type { TableFormat } from './table-format';

/** Everything that a commented mapping is written from. */
export interface MappingSuggestion {
  readonly file: string;
  readonly rows: number;
  readonly text: { readonly encoding: TableFormat['encoding']; readonly separator: string | undefined } | undefined;
  readonly format: FormatSuggestion;
  readonly zoneNeeded: readonly string[];
  readonly roles: RoleSuggestion;
  readonly columns: readonly ColumnContent[];
}

/** A text as YAML has it, in quotation marks unless it can be nothing but a text. */
const scalar = (text: string) =>
  /^[A-Za-zÆØÅæøå_][\wÆØÅæøå]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
/** An outcome: a number where the value is one, so that every spelling of it is found. */
const outcomeValue = (text: string) => (/^-?(0|[1-9]\d{0,8})$/.test(text) ? text : scalar(text));
const list = (items: readonly string[], write = scalar) => `[${items.map(write).join(', ')}]`;

/** The mapping as YAML with comments. It loads as it is, or names under `undecided` what a person must decide. */
export function mappingText(suggestion: MappingSuggestion): { yaml: string; undecided: string[] } {
  const { file, rows, roles, columns } = suggestion;
  const looked = columns[0]?.rows ?? rows;
  const lookedAt = `${rows} rows${looked < rows ? `, ${looked} of them looked at` : ''}`;
  const outcome = outcomeLines(roles, columns);
  const format = formatLines(suggestion);
  const undecided = [...format.undecided, ...roles.undecided, ...outcome.undecided];
  if (roles.features.length === 0) undecided.push('features: no column was found that could be one');
  const open =
    undecided.length === 0
      ? []
      : ['# The mapping is refused while a line stands here: decide it, then remove the line.', 'undecided:'];
  const lines = [
    `# Suggested from the names and values of ${file.replaceAll(/\s/g, ' ')} (${lookedAt}). Read every line:`,
    '# a column that became known only after the as-of day must not be a feature.',
    '# All keys are in docs/reference/table-mapping.md.',
    'version: 1',
    ...open,
    ...undecided.map((text) => `  - ${JSON.stringify(text)}`),
    ...format.lines,
    '# Who the row is about, and the day as of which its features were known.',
    `entity: ${scalar(roles.entity ?? '')}`,
    `asOf: ${scalar(roles.asOf ?? '')}`,
    ...(roles.rowId === undefined ? [] : ['# Different in every row.', `rowId: ${scalar(roles.rowId)}`]),
    ...outcome.lines,
    ...columnLines(roles),
  ];
  return { yaml: `${lines.join('\n')}\n`, undecided };
}

function formatLines({ text, format, zoneNeeded, columns }: MappingSuggestion) {
  const { decimal, thousands, date, missing } = format.format;
  const lines = ['# How the values are written; nothing is guessed when the file is read.', 'format:'];
  const undecided = [...format.undecided];
  if (text) lines.push(`  encoding: ${text.encoding}`);
  if (text?.separator !== undefined) lines.push(`  separator: ${JSON.stringify(text.separator)}`);
  lines.push(`  decimal: ${JSON.stringify(decimal)}`);
  if (thousands !== undefined) lines.push(`  thousands: ${JSON.stringify(thousands)}`);
  lines.push(`  date: ${date}`);
  if (zoneNeeded.length > 0) {
    lines.push('  # zone: Europe/Oslo');
    undecided.push(`format.zone: ${zoneNeeded.join(', ')} holds times without an offset; Europe/Oslo or UTC?`);
  }
  if (missing.length > 0)
    lines.push(
      '  # Found among figures or days; as a value of any column they mean missing.',
      `  missing: ${list(missing)}`,
    );
  for (const { name, errors } of columns)
    if (errors > 0)
      lines.push(`  # ${scalar(name)} holds the error of a formula in ${errors} rows, which are refused.`);
  return { lines, undecided };
}

function outcomeLines({ outcome, knownOn, amount }: RoleSuggestion, columns: readonly ColumnContent[]) {
  const column = columns.find(({ name }) => name === outcome);
  const { positive, negative, open } = column ? suggestOutcomes(column) : { positive: [], negative: [], open: [] };
  const undecided: string[] = [];
  const values = (of: readonly string[]) =>
    of.map((value) => `${value} (${column?.few.find((one) => one.value === value)?.rows ?? 0} rows)`).join(', ');
  if (column && (open.length > 0 || positive.length === 0 || negative.length === 0))
    undecided.push(
      `outcome: is each of ${values(column.few.map(({ value }) => value))} positive (a finding), negative, or missing?`,
    );
  const lines = [
    `# What the control found: ${values(column?.few.map(({ value }) => value) ?? []) || 'not known yet'}.`.replaceAll(
      /\s/g,
      ' ',
    ),
    'outcome:',
    `  column: ${scalar(outcome ?? '')}`,
    `  positive: ${list(positive, outcomeValue)}`,
    `  negative: ${list(negative, outcomeValue)}`,
    '  missing: []',
    knownOn === undefined
      ? '  # knownOn: the column with the day the outcome became known; the as-of day while left out'
      : `  knownOn: ${scalar(knownOn)}`,
    ...(amount === undefined ? [] : ['  # Kroner found, with at most two decimals.', `  amount: ${scalar(amount)}`]),
  ];
  return { lines, undecided };
}

function columnLines({ features, nuisance, protected: compared, probability, arm, ignore }: RoleSuggestion): string[] {
  const block = (title: string, about: string, rows: readonly string[]) =>
    rows.length === 0 ? [] : [`# ${about}`, `${title}:`, ...rows.map((row) => `  ${row}`)];
  const kinds = (of: RoleSuggestion['features']) => of.map(({ name, kind }) => `${scalar(name)}: ${kind}`);
  return [
    ...(features.length === 0 ? ['features: {}'] : block('features', 'What a model may use.', kinds(features))),
    ...block(
      'nuisance',
      'Who did the work: reported, never used for selection.',
      nuisance.map((name) => `${scalar(name)}: categorical`),
    ),
    ...block('protected', 'Results are compared by these; they are never features.', kinds(compared)),
    ...block('selection', 'How the rows were chosen; used in evaluation alone.', [
      ...(arm === undefined ? [] : [`arm: ${scalar(arm)}`]),
      ...(probability === undefined ? [] : [`probability: ${scalar(probability)}`]),
    ]),
    ...block(
      'ignore',
      'Columns that are left out, and why.',
      ignore.map(({ name, why }) => `- ${scalar(name)} # ${why}`),
    ),
  ];
}
