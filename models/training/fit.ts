import { UtplukkError } from '../../domain/errors';
import type { RankNormalizer } from '../../domain/schemas/calibration';
import type { FamilyName, FamilySpec, NetworkSpec, SpecOf } from '../../domain/families';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import type { AmountModel } from '../amounts/amount-model';
import { additive, choosePairs } from '../families/additive/network';
import { fitLogistic, logistic } from '../families/logistic/fit-logistic';
import { isLayered, type Layered, type LayeredName } from '../nn/trunk-and-head';
import { mlp } from '../families/mlp/network';
import { tabmMini } from '../families/tabm-mini/network';
import type { Tf } from '../backend';
import { logLossOfLogits } from '../nn/loss';
import { type NamedTensor, type Network, type Rows, toTensors } from '../nn/network';
import { networkLogits, trainNetwork } from '../nn/train';
import type { TrainingRanges } from '../ood/training-ranges';
import { begin, type Pretraining } from './pretraining';
import { type SampledUnlabeled, sampleUnlabeled, appendUnlabeled, type PuBagging } from './pu-bagging';
import {
  encode,
  encodedWidth,
  type EncoderState,
  fitEncoder,
  inputColumns,
  type NumericForm,
} from '../preprocessing/encoder';

/** A fitted model: plain data, no tensors. Its score is the mean of its members' logits. */
export interface FittedModel {
  readonly family: FamilyName;
  readonly encoder: EncoderState;
  /** What the fit chose: penalty, epochs, pairs. */
  readonly chosen: Readonly<Record<string, unknown>>;
  readonly members: readonly (readonly NamedTensor[])[];
  /** Mean encoded training row: what reasons are told against. */
  readonly background: readonly number[];
  /** What a finding is worth; undefined where nobody asked, or too few findings have an amount. */
  readonly amounts?: AmountModel | undefined;
  /** Where its scores stand among all active providers', where probabilities are read from that. */
  readonly rankNormalizer?: RankNormalizer | undefined;
  /** What training saw, where the experiment marks providers unlike it. */
  readonly seen?: TrainingRanges | undefined;
}

export interface Fit {
  readonly model: FittedModel;
  /** Mean log loss on the inner validation part, which chose the penalty or the number of epochs. */
  readonly validationLoss: number;
  /** What preprocessing was fitted on, and must have been: rows of the matrix, and of never controlled providers after them. */
  readonly encoded: { readonly data: MatrixData; readonly rows: readonly number[] };
}

/** Rows that fit, rows that choose, and rows that the chosen settings are fitted anew on (none: the first fit stays). */
export interface Parts {
  readonly inner: readonly number[];
  readonly validation: readonly number[];
  readonly all?: readonly number[];
  /** Never controlled providers that stand beside these rows. */
  readonly beside?: SampledUnlabeled;
  /** What a network is begun on. */
  readonly pretrain?: Pretraining | undefined;
}

/** How a stored model of each family is computed: everything else is in its tensors. */
export const LAYERED: Readonly<Record<LayeredName, Layered>> = { mlp: mlp(), 'tabm-mini': tabmMini() };
export const FORWARD: Readonly<Record<FamilyName, Pick<Network, 'forward'>>> = {
  ...LAYERED,
  logistic,
  additive: additive(),
};

const FORMS: Readonly<Record<FamilyName, NumericForm>> = {
  logistic: 'smooth-robust',
  mlp: 'quantile-normal',
  'tabm-mini': 'counts-both',
  additive: 'quantile-normal',
};

/** The latest part of the training rows, by the day their outcome became known, validates. */
const VALIDATION_SHARE = 0.2;
const MIN_ROWS = 40;
const MIN_POSITIVES = 5;

/** Earlier rows first; within a day by row id, so that no split depends on storage. */
export const inKnownTime = (data: MatrixData, rows: readonly number[]): number[] =>
  [...rows].sort(
    (a, b) =>
      compare(data.labelKnownOn[a] ?? '', data.labelKnownOn[b] ?? '') || compare(data.rowId[a]!, data.rowId[b]!),
  );

export function splitByKnownTime(data: MatrixData, rows: readonly number[]): { inner: number[]; validation: number[] } {
  const order = inKnownTime(data, rows);
  const cut = Math.round(order.length * (1 - VALIDATION_SHARE));
  return { inner: order.slice(0, cut), validation: order.slice(cut) };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const labels = (data: MatrixData, rows: readonly number[]) => Float32Array.from(rows, (row) => data.label[row]!);

const findings = (data: MatrixData, rows: readonly number[]) => rows.filter((row) => data.label[row] === 1).length;

/** Whether anything can be learnt from the rows. */
export function isEnough(data: MatrixData, rows: readonly number[]): boolean {
  const positives = findings(data, rows);
  return rows.length >= MIN_ROWS && positives >= MIN_POSITIVES && rows.length - positives >= MIN_POSITIVES;
}

/** @throws UtplukkError NoLabels when there is too little to learn from */
export function checkEnough(data: MatrixData, rows: readonly number[], where: string): void {
  if (isEnough(data, rows)) return;
  const positives = findings(data, rows);
  throw new UtplukkError(
    'NoLabels',
    `${where} has ${rows.length} training rows with ${positives} findings; at least ${MIN_ROWS} rows, ${MIN_POSITIVES} findings and ${MIN_POSITIVES} without are needed`,
    'Start the first test part later, or load more outcomes.',
  );
}

/** What a fit is given of all active providers, as models see them on a day before anything that the fit is tested on. */
export interface PopulationInputs {
  readonly population: MatrixData;
  /** Never controlled ones stand beside the controlled. */
  readonly settings?: PuBagging | undefined;
  /** Networks are begun on everybody's rule hits. */
  readonly pretrain?: Pretraining | undefined;
}

/**
 * Fits one family: preprocessing and weights on the earlier part choose penalty or epochs on the later part, then both
 * are fitted anew on all given rows. The same arguments give the same bytes on the same engine.
 */
export function fitFamily(
  tf: Tf,
  spec: FamilySpec,
  data: MatrixData,
  columns: readonly MatrixColumn[],
  rows: readonly number[],
  seed: number,
  given?: PopulationInputs,
): Fit {
  const all = [...rows].sort((a, b) => compare(data.rowId[a]!, data.rowId[b]!));
  const joined = attachPopulation(spec, data, { ...splitByKnownTime(data, all), all }, seed, given);
  return fitParts(tf, spec, joined.data, columns, joined.parts, seed);
}

/** The parts of a fit with what it is given of everybody: never controlled providers beside each part, and what networks are begun on. */
export function attachPopulation(
  spec: FamilySpec,
  data: MatrixData,
  { inner, validation, all = [] }: Pick<Parts, 'inner' | 'validation' | 'all'>,
  seed: number,
  given?: PopulationInputs,
): { data: MatrixData; parts: Parts } {
  const parts: Parts = { inner, validation, ...(all.length > 0 ? { all } : {}), pretrain: given?.pretrain };
  if (!given?.settings) return { data, parts };
  const { data: joined, pool } = appendUnlabeled(data, [...inner, ...validation], given.population);
  const [inInner, inValidation, inAll] = [inner, validation, all].map((part) => findings(data, part)) as [
    number,
    number,
    number,
  ];
  const { unlabeledPerPositive, bags } = given.settings;
  const found = { inner: inInner, validation: inValidation, all: inAll };
  const beside = sampleUnlabeled(
    pool,
    found,
    unlabeledPerPositive,
    spec.family === 'logistic' ? bags : spec.members,
    seed,
  );
  return { data: joined, parts: { ...parts, beside } };
}

/** The same with the parts chosen by the caller. */
export function fitParts(
  tf: Tf,
  spec: FamilySpec,
  data: MatrixData,
  columns: readonly MatrixColumn[],
  parts: Parts,
  seed: number,
): Fit {
  const bags = parts.beside?.bags ?? [{ inner: [], all: [] }];
  /** One encoder for all members, fitted on the rows of every draw. */
  const prepared = (rows: readonly number[], drawn: readonly (readonly number[])[]) => {
    const fitted = [...rows, ...new Set(drawn.flat())];
    const encoder = fitEncoder(data, columns, fitted, FORMS[spec.family]);
    const encoded = (part: readonly number[]): Rows => ({
      x: encode(encoder, data, part),
      y: labels(data, part),
      width: encodedWidth(encoder),
    });
    return { encoder, encoded, fitted, members: drawn.map((others) => encoded([...rows, ...others])) };
  };
  const inner = prepared(
    parts.inner,
    bags.map((draw) => draw.inner),
  );
  const whole =
    parts.all &&
    prepared(
      parts.all,
      bags.map((draw) => draw.all),
    );
  const input: FitInput = {
    train: inner.members,
    validation: inner.encoded([...parts.validation, ...(parts.beside?.validation ?? [])]),
    inner: inner.encoder,
    ...(whole ? { all: { rows: whole.members, encoder: whole.encoder } } : {}),
    pretrain: parts.pretrain,
  };
  const { model, validationLoss } =
    spec.family === 'logistic' ? chooseLogistic(tf, spec, input) : chooseNetwork(tf, spec, input, seed);
  return { model, validationLoss, encoded: { data, rows: (whole ?? inner).fitted } };
}

/** Rows that fit are a list: one for each draw of never controlled providers, or one for all members. */
interface FitInput {
  readonly train: readonly Rows[];
  readonly validation: Rows;
  readonly inner: EncoderState;
  readonly all?: { readonly rows: readonly Rows[]; readonly encoder: EncoderState };
  readonly pretrain: Pretraining | undefined;
}
type Chosen = Pick<Fit, 'model' | 'validationLoss'>;

function chooseLogistic(tf: Tf, spec: SpecOf<'logistic'>, { train, validation, inner, all }: FitInput): Chosen {
  const tried = spec.l2.map((penalty) => {
    const members = train.map((rows) => fitLogistic(tf, rows, penalty, spec.l1Ratio));
    return { penalty, members, loss: logLossOfLogits(meanLogits(tf, 'logistic', members, validation), validation.y) };
  });
  const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
  const members = all ? all.rows.map((rows) => fitLogistic(tf, rows, best.penalty, spec.l1Ratio)) : best.members;
  const chosen = { penalty: best.penalty, l1Ratio: spec.l1Ratio };
  return {
    model: {
      family: 'logistic',
      encoder: all?.encoder ?? inner,
      chosen,
      members,
      background: meanRow((all?.rows ?? train)[0]!),
    },
    validationLoss: best.loss,
  };
}

function meanLogits(
  tf: Tf,
  family: FamilyName,
  members: readonly (readonly NamedTensor[])[],
  rows: Rows,
): Float64Array {
  const sums = new Float64Array(rows.y.length);
  for (const member of members)
    logitsOf(tf, family, member, rows).forEach((logit, i) => (sums[i]! += logit / members.length));
  return sums;
}

/** Mean of each input column, in float64 and rounded once. */
function meanRow({ x, y, width }: Rows): number[] {
  const sums = new Float64Array(width);
  for (let i = 0; i < x.length; i++) sums[i % width]! += x[i]!;
  return Array.from(sums, (sum) => Math.fround(sum / y.length));
}

/** Logits of one member. */
export function logitsOf(
  tf: Tf,
  family: FamilyName,
  named: readonly NamedTensor[],
  { x, width }: Pick<Rows, 'x' | 'width'>,
): Float32Array {
  const tensors = toTensors(tf, named);
  try {
    return networkLogits(tf, FORWARD[family], tensors, x, width);
  } finally {
    tf.dispose(Object.values(tensors));
  }
}

function chooseNetwork(
  tf: Tf,
  spec: NetworkSpec,
  { train, validation, inner, all, pretrain }: FitInput,
  seed: number,
): Chosen {
  const inputs = inputColumns(inner);
  const { network, chosen } = networkOf(tf, spec, train[0]!, inner, validation, seed);
  const ofMember = (rows: readonly Rows[], member: number) => rows[member % rows.length]!;
  const pretrained = (encoder: EncoderState) =>
    pretrain && isLayered(spec.family) ? begin(tf, network(encoder), spec, encoder, pretrain, seed) : [];
  const [early, late] = [pretrained(inner), all ? pretrained(all.encoder) : []];
  const first = Array.from({ length: spec.members }, (_, member) =>
    trainNetwork(
      tf,
      network(inner),
      spec,
      ofMember(train, member),
      inputs,
      { epochs: spec.maxEpochs, validation, from: early[member] },
      seed,
      member,
    ),
  );
  const epochs = first.map((fit) => fit.epochs);
  const members = first.map(({ tensors }, member) =>
    all
      ? trainNetwork(
          tf,
          network(all.encoder),
          spec,
          ofMember(all.rows, member),
          inputColumns(all.encoder),
          { epochs: epochs[member]!, from: late[member] },
          seed,
          member,
        ).tensors
      : tensors,
  );
  return {
    model: {
      family: spec.family,
      encoder: all?.encoder ?? inner,
      chosen: { ...chosen, epochs, ...(early.length > 0 ? { begunOn: 'rule-hits' } : {}) },
      members,
      background: meanRow((all?.rows ?? train)[0]!),
    },
    validationLoss: logLossOfLogits(
      meanLogits(
        tf,
        spec.family,
        first.map(({ tensors }) => tensors),
        validation,
      ),
      validation.y,
    ),
  };
}

/** The family's network; an additive model first fits its curves, to see which pairs they leave unexplained. */
function networkOf(
  tf: Tf,
  spec: NetworkSpec,
  train: Rows,
  encoder: EncoderState,
  validation: Rows,
  seed: number,
): { network: (encoder: EncoderState) => Network; chosen: Record<string, unknown> } {
  if (spec.family === 'mlp') return { network: () => mlp(spec), chosen: {} };
  if (spec.family === 'tabm-mini') return { network: () => tabmMini(spec), chosen: {} };
  if (spec.pairs === 0) return { network: () => additive(spec), chosen: { pairs: [] } };
  const inputs = inputColumns(encoder);
  const stop = { epochs: spec.maxEpochs, validation };
  const curves = trainNetwork(tf, additive(spec), spec, train, inputs, stop, seed, 'curves').tensors;
  const columns = choosePairs(train, inputs, logitsOf(tf, 'additive', curves, train), spec.pairs);
  const pairs = columns.map(([a, b]) => [inputs[a]!.feature, inputs[b]!.feature] as const);
  // By name: the encoder of all rows may have other columns than that of the inner part.
  const network = (state: EncoderState) => {
    const at = (feature: string) =>
      inputColumns(state).findIndex((column) => column.feature === feature && column.kind === 'value');
    return additive(
      spec,
      pairs.map(([a, b]) => [at(a), at(b)] as const).filter(([a, b]) => a >= 0 && b >= 0),
    );
  };
  return { network, chosen: { pairs } };
}
