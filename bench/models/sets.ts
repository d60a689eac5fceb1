import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { invalid } from '../../domain/errors';
import { Rng } from '../../domain/rng';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import { quote, withDuckDb } from '../../platform/duckdb/duckdb';

/** A public set as a matrix, and which part each row is in. Where the sets are published stands in bench/README.md. */
export interface PublicSet {
  readonly data: MatrixData;
  readonly columns: readonly MatrixColumn[];
  readonly parts: { readonly train: number[]; readonly validation: number[]; readonly test: number[] };
}

export const SET_NAMES = ['polish', 'polish-few', 'bank', 'diabetes'] as const;
export type SetName = (typeof SET_NAMES)[number];

interface Raw {
  readonly numeric: Record<string, Float64Array>;
  readonly categorical: Record<string, string[]>;
  readonly label: Float64Array;
  /** Rows of one group stand in one part. */
  readonly group: readonly string[] | undefined;
  /** Categories rarer than this among the training rows are one category. */
  readonly minCategoryRows: number;
}

const TRAIN_SHARE = 0.6;
const VALIDATION_SHARE = 0.2;
/**
 * Share of the findings that "polish-few" takes away from training and validation, not from the test part: 81 are left
 * to train on.
 */
const FEW = 0.8;
/** How many times rarer findings are among the rows that a set's models see than among those they are tested on. */
export const rarer = (name: SetName): number => (name === 'polish-few' ? 1 / (1 - FEW) : 1);

export async function loadSet(folder: string, name: SetName, split: number): Promise<PublicSet> {
  const raw = name === 'bank' ? await bank(folder) : name === 'diabetes' ? await diabetes(folder) : polish(folder);
  const parts = raw.group ? byGroup(raw.group, split) : stratified(raw.label, split);
  const rng = new Rng('few', split);
  const kept = (rows: number[]) =>
    name === 'polish-few' ? rows.filter((row) => raw.label[row] === 0 || !rng.chance(FEW)) : rows;
  const cut = { train: kept(parts.train), validation: kept(parts.validation), test: parts.test };
  return { ...toMatrix(raw, cut.train), parts: cut };
}

/** Categories that the training rows hardly know become one; both kinds of model are given the same columns. */
function toMatrix(raw: Raw, train: readonly number[]): Pick<PublicSet, 'data' | 'columns'> {
  const n = raw.label.length;
  const ids = Array.from({ length: n }, (_, row) => String(row).padStart(7, '0'));
  const common = (values: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const row of train) counts.set(values[row]!, (counts.get(values[row]!) ?? 0) + 1);
    return values.map((value) => ((counts.get(value) ?? 0) >= raw.minCategoryRows ? value : 'other'));
  };
  const categorical = new Map(Object.entries(raw.categorical).map(([name, values]) => [name, common(values)]));
  const columns: MatrixColumn[] = [
    ...Object.keys(raw.numeric).map((name) => ({ name, kind: 'numeric' as const, role: 'feature' as const })),
    ...Object.keys(raw.categorical).map((name) => ({ name, kind: 'categorical' as const, role: 'feature' as const })),
  ];
  const days = ids.map(() => '2020-01-01');
  return {
    data: {
      n,
      rowId: ids,
      entity: ids,
      asOf: days,
      group: ids.map(() => ''),
      label: raw.label,
      labelKnownOn: days,
      amountOre: new Float64Array(n),
      numeric: new Map(Object.entries(raw.numeric)),
      categorical,
    },
    columns,
  };
}

function stratified(label: Float64Array, split: number): PublicSet['parts'] {
  const parts: PublicSet['parts'] = { train: [], validation: [], test: [] };
  for (const outcome of [0, 1]) {
    const rows = new Rng('split', split, outcome).shuffle([...label.keys()].filter((row) => label[row] === outcome));
    rows.forEach((row, i) => parts[partAt((i + 0.5) / rows.length)].push(row));
  }
  for (const rows of Object.values(parts)) rows.sort((a, b) => a - b);
  return parts;
}

function byGroup(group: readonly string[], split: number): PublicSet['parts'] {
  const order = new Rng('split', split).shuffle([...new Set(group)].sort());
  const place = new Map(order.map((name, i) => [name, (i + 0.5) / order.length]));
  const parts: PublicSet['parts'] = { train: [], validation: [], test: [] };
  group.forEach((name, row) => parts[partAt(place.get(name)!)].push(row));
  return parts;
}

const partAt = (place: number) =>
  place < TRAIN_SHARE ? 'train' : place < TRAIN_SHARE + VALIDATION_SHARE ? 'validation' : 'test';

function existing(folder: string, file: string): string {
  const full = path.join(folder, file);
  if (!fs.existsSync(full))
    throw invalid(`${full} does not exist`, 'bench/README.md says where the sets are published.');
  return full;
}

/** Polish companies bankruptcy (UCI 365): 64 ratios a company and year; one year and five years ahead together. */
function polish(folder: string): Raw {
  const rows = ['polish-1year.arff.gz', 'polish-5year.arff.gz'].flatMap((file, horizon) => {
    const lines = zlib
      .gunzipSync(fs.readFileSync(existing(folder, file)))
      .toString('utf8')
      .split(/\r?\n/);
    const from = lines.findIndex((line) => line.trim().toLowerCase() === '@data') + 1;
    return lines
      .slice(from)
      .filter((line) => line.trim() !== '')
      .map((line) => [...line.trim().split(','), String(horizon)]);
  });
  const column = (j: number) => Float64Array.from(rows, (cells) => (cells[j] === '?' ? Number.NaN : Number(cells[j])));
  const numeric = Object.fromEntries(Array.from({ length: 64 }, (_, j) => [`ratio${j + 1}`, column(j)]));
  return {
    numeric: { ...numeric, horizon: column(65) },
    categorical: {},
    label: column(64),
    group: undefined,
    minCategoryRows: 20,
  };
}

async function table(file: string, separator: string): Promise<Map<string, (string | null)[]>> {
  return withDuckDb(path.dirname(file), async (duck) => {
    const result = await duck.runAndReadAll(
      `select * from read_csv(${quote(file)}, delim = ${quote(separator)}, header = true, all_varchar = true)`,
    );
    const columns = result.getColumns();
    return new Map(
      result
        .columnNames()
        .map((name, i) => [name, (columns[i] ?? []).map((value) => (value === null ? null : String(value as string)))]),
    );
  });
}
const numbers = (values: readonly (string | null)[]) =>
  Float64Array.from(values, (v) => (v === null || v === '?' ? Number.NaN : Number(v)));
const words = (values: readonly (string | null)[]) => values.map((v) => v ?? '?');

/**
 * Bank marketing (UCI 222) without `duration`, which is known only after the call; 999 days since the last call means
 * none.
 */
async function bank(folder: string): Promise<Raw> {
  const cells = await table(existing(folder, 'bank-additional-full.csv.gz'), ';');
  const numeric: Record<string, Float64Array> = {};
  for (const name of [
    'age',
    'campaign',
    'pdays',
    'previous',
    'emp.var.rate',
    'cons.price.idx',
    'cons.conf.idx',
    'euribor3m',
    'nr.employed',
  ])
    numeric[name] = numbers(cells.get(name)!);
  numeric['pdays'] = numeric['pdays']!.map((days) => (days >= 999 ? Number.NaN : days));
  const categorical = Object.fromEntries(
    ['job', 'marital', 'education', 'default', 'housing', 'loan', 'contact', 'month', 'day_of_week', 'poutcome'].map(
      (name) => [name, words(cells.get(name)!)],
    ),
  );
  const label = Float64Array.from(cells.get('y')!, (value) => (value === 'yes' ? 1 : 0));
  return { numeric, categorical, label, group: undefined, minCategoryRows: 20 };
}

/** Diabetes, 130 hospitals (UCI 296): readmitted within 30 days; stays that ended in death or hospice are left out. */
async function diabetes(folder: string): Promise<Raw> {
  const all = await table(existing(folder, 'diabetic_data.csv.gz'), ',');
  const ended = new Set(['11', '13', '14', '19', '20', '21']);
  const keep = [...all.get('discharge_disposition_id')!.keys()].filter(
    (row) => !ended.has(all.get('discharge_disposition_id')![row] ?? ''),
  );
  const column = (name: string) => keep.map((row) => all.get(name)![row] ?? null);
  const counts = [
    'time_in_hospital',
    'num_lab_procedures',
    'num_procedures',
    'num_medications',
    'number_outpatient',
    'number_intervention',
    'number_inpatient',
    'number_diagnoses',
  ];
  const numeric = Object.fromEntries(counts.map((name) => [name, numbers(column(name))]));
  numeric['age'] = Float64Array.from(column('age'), (band) => Number(/\d+/.exec(band ?? '')?.[0] ?? Number.NaN) + 5);
  const names = [...all.keys()];
  const drugs = names.slice(names.indexOf('metformin'), names.indexOf('change'));
  const plain = [
    'race',
    'gender',
    'admission_type_id',
    'discharge_disposition_id',
    'admission_source_id',
    'payer_code',
    'medical_specialty',
    'max_glu_serum',
    'A1Cresult',
    'change',
    'diabetesMed',
    ...drugs,
  ];
  const categorical = Object.fromEntries(plain.map((name) => [name, words(column(name))]));
  for (const name of ['diag_1', 'diag_2', 'diag_3'])
    categorical[name] = words(column(name)).map((code) => code.split('.')[0]!);
  const label = Float64Array.from(column('readmitted'), (value) => (value === '<30' ? 1 : 0));
  return { numeric, categorical, label, group: words(column('patient_nbr')), minCategoryRows: 250 };
}
