import type { RankNormalizer } from '../domain/schemas/calibration';
import type { FamilyName } from '../domain/families';
import type { AmountModel } from './amounts/amount-model';
import type { FittedModel } from './training/fit';
import { type NamedTensor, size } from './nn/network';
import type { EncoderState } from './preprocessing/encoder';
import type { TrainingRanges } from './ood/training-ranges';

interface Shape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Stored form of a fitted model: one JSON document that says what the floats are, and the floats, little-endian. */
export interface StoredModel {
  readonly format: 2;
  readonly family: FamilyName;
  readonly encoder: EncoderState;
  readonly chosen: Readonly<Record<string, unknown>>;
  readonly members: readonly (readonly Shape[])[];
  readonly background: readonly number[];
  readonly amounts?: AmountModel | undefined;
  readonly seen?: TrainingRanges | undefined;
  readonly rankNormalizer?: RankNormalizer | undefined;
}

/** The form of versions frozen before families shared one; they still score, but carry no mean row to tell reasons against. */
interface StoredModelV1 {
  readonly format: 1;
  readonly encoder: EncoderState;
  readonly architecture:
    | { readonly family: 'logistic'; readonly l2: number; readonly weights: number }
    | {
        readonly family: 'mlp';
        readonly epochs: readonly number[];
        readonly layers: readonly (readonly [kernel: number, bias: number])[];
      };
}

export function storeModel(model: FittedModel): { document: StoredModel; weights: Buffer } {
  const floats = model.members.flat();
  const weights = Buffer.alloc(floats.reduce((sum, { values }) => sum + values.length, 0) * 4);
  let at = 0;
  for (const { values } of floats) for (const value of values) at = weights.writeFloatLE(value, at);
  const { family, encoder, chosen, background, amounts, seen, rankNormalizer } = model;
  const members = model.members.map((member) => member.map(({ name, shape }) => ({ name, shape })));
  const beside = {
    ...(amounts ? { amounts } : {}),
    ...(seen ? { seen } : {}),
    ...(rankNormalizer ? { rankNormalizer } : {}),
  };
  return { document: { format: 2, family, encoder, chosen, members, background, ...beside }, weights };
}

/** @throws RangeError when the bytes are not as many as the document says */
export function restoreModel(stored: StoredModel | StoredModelV1, weights: Buffer): FittedModel {
  const { family, encoder, chosen, members, background, amounts, seen, rankNormalizer } =
    stored.format === 1 ? upgrade(stored) : stored;
  let at = 0;
  const take = ({ name, shape }: Shape): NamedTensor => ({
    name,
    shape,
    values: Float32Array.from({ length: size(shape) }, () => weights.readFloatLE((at += 4) - 4)),
  });
  const expected = members.flat().reduce((sum, { shape }) => sum + size(shape), 0) * 4;
  if (expected !== weights.length)
    throw new RangeError(`the model document describes ${expected} bytes of weights, the file holds ${weights.length}`);
  return {
    family,
    encoder,
    chosen,
    members: members.map((member) => member.map(take)),
    background,
    amounts,
    seen,
    rankNormalizer,
  };
}

function upgrade({ encoder, architecture }: StoredModelV1): StoredModel {
  if (architecture.family === 'logistic') {
    const shapes = [
      { name: 'w', shape: [architecture.weights - 1, 1] },
      { name: 'b', shape: [1, 1] },
    ];
    return {
      format: 2,
      family: 'logistic',
      encoder,
      chosen: { penalty: architecture.l2 },
      members: [shapes],
      background: [],
    };
  }
  const layers = architecture.layers.flatMap(([kernel, bias], layer) => [
    { name: `w${layer}`, shape: [kernel / bias, bias] },
    { name: `b${layer}`, shape: [1, bias] },
  ]);
  return {
    format: 2,
    family: 'mlp',
    encoder,
    chosen: { epochs: architecture.epochs },
    members: architecture.epochs.map(() => layers),
    background: [],
  };
}
