// Reference pages of the files a person writes, from their zod schemas: every key with its type, default and meaning.
import { createRequire } from 'node:module';
import { loadSource } from './source.mjs';
import { table } from './write.mjs';

const { z } = createRequire(import.meta.url)('zod');

const MAX_ENUM = 12;

function typeOf(schema) {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) {
    const shown = schema.enum.slice(0, MAX_ENUM).map((value) => `\`${value}\``);
    return shown.join(', ') + (schema.enum.length > MAX_ENUM ? ' …' : '');
  }
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'values'}`;
  if (schema.type === 'integer') return `whole number${rangeOf(schema)}`;
  if (schema.type === 'number') return `number${rangeOf(schema)}`;
  if (schema.format === 'date') return 'day (`2024-01-31`)';
  if (schema.format === 'date-time') return 'instant (`2025-01-01T00:00:00Z`)';
  if (schema.type === 'object') return 'keys below';
  return schema.type === 'boolean' ? '`true` or `false`' : 'text';
}

function rangeOf({ minimum, maximum, exclusiveMinimum }) {
  const limit = (value) => (value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined);
  const [least, most] = [limit(minimum) ?? limit(exclusiveMinimum), limit(maximum)];
  if (least === undefined) return most === undefined ? '' : ` up to ${most}`;
  return most === undefined ? ` from ${least}` : ` from ${least} to ${most}`;
}

const defaultOf = (schema, required) => {
  if (schema.default === undefined) return required ? '; required' : '';
  return `; default \`${typeof schema.default === 'object' ? JSON.stringify(schema.default) : schema.default}\``;
};

/** Rows of one object: its keys, and those of objects in it by dotted name. Forms of a union have their kind's name. */
function rowsOf(schema, prefix = '') {
  const rows = [];
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    const required = (schema.required ?? []).includes(key);
    const variants = variantsOf(value);
    const type = variants.length > 0 ? 'one of the forms below' : typeOf(value);
    rows.push([`\`${prefix}${key}\``, `${type}${defaultOf(value, required)}`, value.description ?? '']);
    if (value.properties) rows.push(...rowsOf(value, `${prefix}${key}.`));
    if (value.items?.properties) rows.push(...rowsOf(value.items, `${prefix}${key}[].`));
    for (const [label, variant] of variants) rows.push(...rowsOf(variant, `${prefix}${key} (${label}) .`));
  }
  if (typeof schema.additionalProperties === 'object' && Object.keys(schema.additionalProperties).length > 0)
    rows.push([`\`${prefix}<name>\``, typeOf(schema.additionalProperties), '']);
  return rows;
}

/** Objects of a union, each with the value of the key that names it (`kind`, `family`). */
function variantsOf(schema) {
  const options = (schema.oneOf ?? schema.anyOf ?? schema.items?.oneOf ?? schema.items?.anyOf ?? []).filter(
    (option) => option.properties,
  );
  return options.map((option) => {
    const named = Object.entries(option.properties).find(([, value]) => value.const !== undefined);
    return [named ? String(named[1].const) : 'object', option];
  });
}

function schemaPage({ title, about, schema }) {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const rows = rowsOf(json).map(([key, ...rest]) => [key.replaceAll(') .', ') '), ...rest]);
  return `# ${title}\n\n${about}\n\n${table(['key', 'value', 'meaning'], rows)}\n`;
}

const FILES = [
  {
    page: 'experiment',
    source: ['domain/schemas/experiment.ts', 'experimentSchema'],
    title: 'Experiment file',
    about:
      'What one training run does. Generated from its schema (`domain/schemas/experiment.ts`); ' +
      '`utplukk run start --schema` prints the JSON Schema for editors. Commented examples are in `docs/examples`.',
  },
  {
    page: 'table-mapping',
    source: ['domain/import/table-mapping.ts', 'tableMappingSchema'],
    title: 'Mapping of a prepared table',
    about:
      'Which column of a table (CSV, TSV, Excel, Parquet) is what. A column that is named nowhere is an error: ' +
      'nothing is dropped silently. Example: `docs/examples/chicago/mapping.yaml`.',
  },
  {
    page: 'bill-mapping',
    source: ['domain/import/bill-table.ts', 'billTableSchema'],
    title: 'Mapping of a table of bills',
    about:
      'How a table of bills (CSV, TSV, Excel, Parquet) is loaded into the register. ' +
      'Example: `docs/examples/bills/mapping.yaml`.',
  },
  {
    page: 'event-windows',
    source: ['domain/import/event-windows.ts', 'eventWindowsSchema'],
    title: 'Window features of an event table',
    about:
      'What is counted over which windows, as of which days, for any table of dated events. ' +
      'Example: `docs/examples/windows/windows.yaml`.',
  },
];

export async function schemaPages(pages) {
  for (const { page, source, ...rest } of FILES) {
    const schema = loadSource(source[0])[source[1]];
    await pages.page(`docs/reference/${page}.md`, schemaPage({ ...rest, schema }));
  }
}
