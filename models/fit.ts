import { UtplukkError } from '../domain/errors';
import type { FamilySpec } from '../domain/schemas/experiment';
import type { MatrixColumn, MatrixData } from '../domain/schemas/matrix';
import { fitLogistic, logisticLogits } from './architectures/logistic';
import { fitMlp, logLossOfLogits, mlpLogits, type MlpWeights } from './architectures/mlp';
import type { Tf } from './backend';
import { encode, encodedWidth, type EncoderState, fitEncoder } from './preprocessing/encoder';

/** A fitted model: plain data, no tensors. */
export type FittedModel = { readonly encoder: EncoderState } & (
  | { readonly family: 'logistic'; readonly l2: number; readonly weights: Float32Array }
  | { readonly family: 'mlp'; readonly epochs: readonly number[]; readonly members: readonly MlpWeights[] }
);

export interface Fit {
  readonly model: FittedModel;
  /** Mean log loss on the inner validation part, which chose the penalty or the number of epochs. */
  readonly validationLoss: number;
}

/** The latest part of the training rows, by the day their outcome became known, validates. */
const VALIDATION_SHARE = 0.2;
const MIN_ROWS = 40;
const MIN_POSITIVES = 5;

/** Earlier rows first; within a day by row id, so that the split does not depend on storage. */
export function splitByKnownTime(data: MatrixData, rows: readonly number[]): { inner: number[]; validation: number[] } {
  const order = [...rows].sort(
    (a, b) => compare(data.labelKnownOn[a] ?? '', data.labelKnownOn[b] ?? '') || compare(data.rowId[a]!, data.rowId[b]!),
  );
  const cut = Math.round(order.length * (1 - VALIDATION_SHARE));
  return { inner: order.slice(0, cut), validation: order.slice(cut) };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const labels = (data: MatrixData, rows: readonly number[]) => Float32Array.from(rows, (row) => data.label[row]!);

/** @throws UtplukkError NoLabels when there is too little to learn from */
export function checkEnough(data: MatrixData, rows: readonly number[], where: string): void {
  const positives = rows.filter((row) => data.label[row] === 1).length;
  if (rows.length >= MIN_ROWS && positives >= MIN_POSITIVES && rows.length - positives >= MIN_POSITIVES) return;
  throw new UtplukkError(
    'NoLabels',
    `${where} has ${rows.length} training rows with ${positives} findings; at least ${MIN_ROWS} rows, ${MIN_POSITIVES} findings and ${MIN_POSITIVES} without are needed`,
    'Start the first test part later, or load more outcomes.',
  );
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
): Fit {
  const sorted = [...rows].sort((a, b) => compare(data.rowId[a]!, data.rowId[b]!));
  const { inner, validation } = splitByKnownTime(data, sorted);
  return spec.family === 'logistic'
    ? chooseLogistic(tf, spec, data, columns, { inner, validation, all: sorted })
    : chooseMlp(tf, spec, data, columns, { inner, validation, all: sorted }, seed);
}

interface Parts {
  readonly inner: readonly number[];
  readonly validation: readonly number[];
  readonly all: readonly number[];
}

function chooseLogistic(
  tf: Tf,
  spec: FamilySpec & { family: 'logistic' },
  data: MatrixData,
  columns: readonly MatrixColumn[],
  parts: Parts,
): Fit {
  const encoder = fitEncoder(data, columns, parts.inner, 'smooth-robust');
  const width = encodedWidth(encoder);
  const [x, vx] = [encode(encoder, data, parts.inner), encode(encoder, data, parts.validation)];
  const [y, vy] = [labels(data, parts.inner), labels(data, parts.validation)];
  const tried = spec.l2.map((l2) => ({ l2, loss: logLossOfLogits(logisticLogits(tf, fitLogistic(tf, x, y, width, l2), vx, width), vy) }));
  const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
  const full = fitEncoder(data, columns, parts.all, 'smooth-robust');
  const weights = fitLogistic(tf, encode(full, data, parts.all), labels(data, parts.all), encodedWidth(full), best.l2);
  return { model: { family: 'logistic', encoder: full, l2: best.l2, weights }, validationLoss: best.loss };
}

function chooseMlp(
  tf: Tf,
  spec: FamilySpec & { family: 'mlp' },
  data: MatrixData,
  columns: readonly MatrixColumn[],
  parts: Parts,
  seed: number,
): Fit {
  const encoder = fitEncoder(data, columns, parts.inner, 'quantile-normal');
  const train = { x: encode(encoder, data, parts.inner), y: labels(data, parts.inner), width: encodedWidth(encoder) };
  const validation = { x: encode(encoder, data, parts.validation), y: labels(data, parts.validation) };
  const full = fitEncoder(data, columns, parts.all, 'quantile-normal');
  const all = { x: encode(full, data, parts.all), y: labels(data, parts.all), width: encodedWidth(full) };
  const epochs: number[] = [];
  const members: MlpWeights[] = [];
  const sums = new Float64Array(validation.y.length);
  for (let member = 0; member < spec.members; member++) {
    const memberSeed = seed * 1000 + member;
    const chosen = fitMlp(tf, spec, train, { epochs: spec.maxEpochs, patience: spec.patience, validation }, memberSeed);
    mlpLogits(tf, chosen.weights, validation.x, train.width).forEach((logit, i) => (sums[i]! += logit));
    epochs.push(chosen.epochs);
    members.push(fitMlp(tf, spec, all, { epochs: chosen.epochs }, memberSeed).weights);
  }
  const mean = Float32Array.from(sums, (sum) => sum / spec.members);
  return { model: { family: 'mlp', encoder: full, epochs, members }, validationLoss: logLossOfLogits(mean, validation.y) };
}
