import { canPretrain, type FamilySpec } from '../../domain/families';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import type { Tf } from '../backend';
import { modelFamily } from '../families';
import type { FitInput } from '../families/model-family';
import type { DenseRows } from '../nn/network';
import { encode, encodedWidth, type EncoderState, fitEncoder } from '../preprocessing/encoder';
import type { FittedModel } from './fitted-model';
import { pretrain, type PretrainingTarget } from './pretraining';
import { appendUnlabeled, type PuBagging, type SampledUnlabeled, sampleUnlabeled } from './pu-bagging';
import { compareText, countFindings, splitByLabelTime } from './validation-split';

export interface Fit {
  readonly model: FittedModel;
  /** Mean log loss on the inner validation rows, which selected the penalty or the number of epochs. */
  readonly validationLoss: number;
  /** What the encoder must have been fitted on: the matrix, with appended unlabeled rows, and the rows of the fit. */
  readonly encoderInput: { readonly data: MatrixData; readonly rows: readonly number[] };
}

/** Rows of a fit. */
export interface FitRows {
  readonly inner: readonly number[];
  /** Rows that select hyperparameters. */
  readonly validation: readonly number[];
  /** Rows of the refit with the selected hyperparameters; without them the first fit is kept. */
  readonly all?: readonly number[];
  /** Unlabeled providers added to these rows as negatives. */
  readonly unlabeled?: SampledUnlabeled;
  readonly pretrain?: PretrainingTarget | undefined;
}

/** All active providers on a day before the test part: what fits and trials use of them. */
export interface PopulationInputs {
  readonly population: MatrixData;
  readonly puBagging?: PuBagging | undefined;
  readonly pretrain?: PretrainingTarget | undefined;
}

/**
 * Fits one family on the given rows: the encoder and the weights are fitted on the earlier rows, the later rows select
 * penalty or epochs, then both are fitted again on all rows. The same arguments give the same bytes on the same
 * runtime.
 */
export function fitFamily(
  tf: Tf,
  spec: FamilySpec,
  data: MatrixData,
  columns: readonly MatrixColumn[],
  rows: readonly number[],
  seed: number,
  population?: PopulationInputs,
): Fit {
  const all = [...rows].sort((a, b) => compareText(data.rowId[a]!, data.rowId[b]!));
  const attached = attachPopulation(spec, data, { ...splitByLabelTime(data, all), all }, seed, population);
  return fitRows(tf, spec, attached.data, columns, attached.rows, seed);
}

/** Adds population data to the train/validation split: sampled unlabeled rows, and the pretraining target. */
export function attachPopulation(
  spec: FamilySpec,
  data: MatrixData,
  { inner, validation, all = [] }: Pick<FitRows, 'inner' | 'validation' | 'all'>,
  seed: number,
  inputs?: PopulationInputs,
): { data: MatrixData; rows: FitRows } {
  const rows: FitRows = { inner, validation, ...(all.length > 0 ? { all } : {}), pretrain: inputs?.pretrain };
  if (!inputs?.puBagging) return { data, rows };
  const { unlabeledPerPositive, bags } = inputs.puBagging;
  const appended = appendUnlabeled(data, [...inner, ...validation], inputs.population);
  const findings = {
    inner: countFindings(data, inner),
    validation: countFindings(data, validation),
    all: countFindings(data, all),
  };
  // The members of a network are its bags.
  const draws = 'members' in spec ? spec.members : bags;
  const unlabeled = sampleUnlabeled(appended.unlabeledRows, findings, unlabeledPerPositive, draws, seed);
  return { data: appended.data, rows: { ...rows, unlabeled } };
}

/** Fits one family on rows that the caller has split. */
export function fitRows(
  tf: Tf,
  spec: FamilySpec,
  data: MatrixData,
  columns: readonly MatrixColumn[],
  rows: FitRows,
  seed: number,
): Fit {
  const { inner, validation, all, unlabeled, pretrain: target } = rows;
  const bags = unlabeled?.bags ?? [{ inner: [], all: [] }];
  const family = modelFamily(spec.family);
  /** One encoder for all members, fitted on the rows of every bag. */
  const encodeBags = (own: readonly number[], drawn: readonly (readonly number[])[]) => {
    const used = [...own, ...new Set(drawn.flat())];
    const encoder = fitEncoder(data, columns, used, family.numericEncoding);
    return { encoder, rows: used, bags: drawn.map((others) => encodeRows(encoder, data, [...own, ...others])) };
  };
  const first = encodeBags(
    inner,
    bags.map((bag) => bag.inner),
  );
  const refit =
    all &&
    encodeBags(
      all,
      bags.map((bag) => bag.all),
    );
  const input: FitInput = {
    encoder: first.encoder,
    train: first.bags,
    validation: encodeRows(first.encoder, data, [...validation, ...(unlabeled?.validation ?? [])]),
    ...(refit ? { all: { rows: refit.bags, encoder: refit.encoder } } : {}),
    ...(target && canPretrain(spec.family)
      ? { pretrain: (network, settings, encoder) => pretrain(tf, network, settings, encoder, target, seed) }
      : {}),
  };
  const { members, selected, validationLoss } = family.fit(tf, spec, input, seed);
  const last = refit ?? first;
  const model: FittedModel = {
    family: spec.family,
    encoder: last.encoder,
    selected,
    members,
    attributionBaseline: meanRow(last.bags[0]!),
  };
  return { model, validationLoss, encoderInput: { data, rows: last.rows } };
}

const encodeRows = (encoder: EncoderState, data: MatrixData, rows: readonly number[]): DenseRows => ({
  x: encode(encoder, data, rows),
  y: Float32Array.from(rows, (row) => data.label[row]!),
  width: encodedWidth(encoder),
});

/** Mean of each input column, in float64 and rounded once. */
function meanRow({ x, y, width }: DenseRows): number[] {
  const sums = new Float64Array(width);
  for (let i = 0; i < x.length; i++) sums[i % width]! += x[i]!;
  return Array.from(sums, (sum) => Math.fround(sum / y.length));
}
