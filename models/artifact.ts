import type { MlpWeights } from './architectures/mlp';
import type { FittedModel } from './fit';
import type { EncoderState } from './preprocessing/encoder';

/** Stored form of a fitted model: one JSON document that says what the floats are, and the floats, little-endian. */
export interface StoredModel {
  readonly format: 1;
  readonly encoder: EncoderState;
  readonly architecture:
    | { readonly family: 'logistic'; readonly l2: number; readonly weights: number }
    | { readonly family: 'mlp'; readonly epochs: readonly number[]; readonly layers: readonly (readonly [kernel: number, bias: number])[] };
}

const arraysOf = (model: FittedModel): Float32Array[] =>
  model.family === 'logistic' ? [model.weights] : model.members.flatMap((member) => member.flatMap(({ kernel, bias }) => [kernel, bias]));

export function storeModel(model: FittedModel): { document: StoredModel; weights: Buffer } {
  const floats = arraysOf(model);
  const weights = Buffer.alloc(floats.reduce((sum, array) => sum + array.length, 0) * 4);
  let at = 0;
  for (const array of floats) for (const value of array) at = weights.writeFloatLE(value, at);
  const architecture: StoredModel['architecture'] =
    model.family === 'logistic'
      ? { family: 'logistic', l2: model.l2, weights: model.weights.length }
      : { family: 'mlp', epochs: model.epochs, layers: (model.members[0] ?? []).map(({ kernel, bias }) => [kernel.length, bias.length]) };
  return { document: { format: 1, encoder: model.encoder, architecture }, weights };
}

/** @throws RangeError when the bytes are not as many as the document says */
export function restoreModel(document: StoredModel, weights: Buffer): FittedModel {
  let at = 0;
  const take = (count: number): Float32Array => Float32Array.from({ length: count }, () => weights.readFloatLE((at += 4) - 4));
  const { architecture, encoder } = document;
  let model: FittedModel;
  if (architecture.family === 'logistic') model = { family: 'logistic', encoder, l2: architecture.l2, weights: take(architecture.weights) };
  else {
    const members = architecture.epochs.map((): MlpWeights =>
      architecture.layers.map(([kernel, bias]) => ({ kernel: take(kernel), bias: take(bias) })),
    );
    model = { family: 'mlp', encoder, epochs: architecture.epochs, members };
  }
  if (at !== weights.length) throw new RangeError(`the model document describes ${at} bytes of weights, the file holds ${weights.length}`);
  return model;
}
