import { restoreModel, storeModel } from '../../../models/registered-model';
import type { FittedModel } from '../../../models/training/fitted-model';

const MODEL: FittedModel = {
  family: 'logistic',
  encoder: { numericEncoding: 'quantile-normal', numeric: [], categorical: [] },
  selected: { l2: 0.1 },
  members: [
    [
      { name: 'kernel', shape: [2, 1], values: Float32Array.of(1, -2) },
      { name: 'bias', shape: [1], values: Float32Array.of(0.5) },
    ],
    [{ name: 'kernel', shape: [1], values: Float32Array.of(3) }],
  ],
  attributionBaseline: [0, 0.25],
};

test('weights are little-endian float32 by member and tensor; the document has their shapes alone', () => {
  const { document, weights } = storeModel(MODEL);
  // 1 = 0x3f800000, -2 = 0xc0000000, 0.5 = 0x3f000000, 3 = 0x40400000.
  expect(weights.toString('hex')).toBe('0000803f' + '000000c0' + '0000003f' + '00004040');
  expect(document).toEqual({
    format: 1,
    family: 'logistic',
    encoder: MODEL.encoder,
    selected: { l2: 0.1 },
    members: [
      [
        { name: 'kernel', shape: [2, 1] },
        { name: 'bias', shape: [1] },
      ],
      [{ name: 'kernel', shape: [1] }],
    ],
    attributionBaseline: [0, 0.25],
  });
});

test('a registered model is restored with its weights; a file of another length is refused with both lengths', () => {
  const { document, weights } = storeModel(MODEL);
  expect(restoreModel(document, weights)).toEqual(MODEL);
  expect(() => restoreModel(document, weights.subarray(0, 12))).toThrow(
    'the model document describes 16 bytes of weights, the file holds 12',
  );
});
