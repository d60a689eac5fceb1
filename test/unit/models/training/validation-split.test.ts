import { splitByLabelTime } from '../../../../models/training/validation-split';
import { learnableMatrix, rows } from '../../../support/learnable-matrix';

test('the validation rows are the latest by the day their outcomes became known', () => {
  const data = learnableMatrix(100);
  const { inner, validation } = splitByLabelTime(data, rows(100));
  expect(validation).toHaveLength(20);
  const latest = inner
    .map((row) => data.labelKnownOn[row]!)
    .sort()
    .at(-1)!;
  expect(validation.every((row) => data.labelKnownOn[row]! >= latest)).toBe(true);
});
