import type { FamilyName } from '../domain/families';
import type { RankNormalizer } from '../domain/schemas/calibration';
import type { AmountModel } from './amounts/amount-model';
import { type NamedTensor, sizeOf } from './nn/network';
import type { TrainingRanges } from './ood/training-ranges';
import type { EncoderState } from './preprocessing/encoder';
import type { FittedModel } from './training/fitted-model';

interface TensorShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The document of a registered model: all of it but the weights, which are a file of little-endian float32. */
export interface StoredModel {
  readonly format: 1;
  readonly family: FamilyName;
  readonly encoder: EncoderState;
  readonly selected: Readonly<Record<string, unknown>>;
  /** Shapes of each member's tensors, in the order of the weights file. */
  readonly members: readonly (readonly TensorShape[])[];
  readonly attributionBaseline: readonly number[];
  readonly amounts?: AmountModel | undefined;
  readonly trainingRanges?: TrainingRanges | undefined;
  readonly rankNormalizer?: RankNormalizer | undefined;
}

export function storeModel(model: FittedModel): { document: StoredModel; weights: Buffer } {
  const tensors = model.members.flat();
  const weights = Buffer.alloc(tensors.reduce((sum, { values }) => sum + values.length, 0) * 4);
  let at = 0;
  for (const { values } of tensors) for (const value of values) at = weights.writeFloatLE(value, at);
  const { family, encoder, selected, attributionBaseline, amounts, trainingRanges, rankNormalizer } = model;
  const members = model.members.map((member) => member.map(({ name, shape }) => ({ name, shape })));
  const optional = {
    ...(amounts ? { amounts } : {}),
    ...(trainingRanges ? { trainingRanges } : {}),
    ...(rankNormalizer ? { rankNormalizer } : {}),
  };
  return {
    document: { format: 1, family, encoder, selected, members, attributionBaseline, ...optional },
    weights,
  };
}

/** @throws RangeError when the weights file has another length than the document says */
export function restoreModel({ format: _, ...stored }: StoredModel, weights: Buffer): FittedModel {
  const expected = stored.members.flat().reduce((sum, { shape }) => sum + sizeOf(shape), 0) * 4;
  if (expected !== weights.length)
    throw new RangeError(`the model document describes ${expected} bytes of weights, the file holds ${weights.length}`);
  let at = 0;
  const read = ({ name, shape }: TensorShape): NamedTensor => ({
    name,
    shape,
    values: Float32Array.from({ length: sizeOf(shape) }, () => weights.readFloatLE((at += 4) - 4)),
  });
  return { ...stored, members: stored.members.map((member) => member.map(read)) };
}
