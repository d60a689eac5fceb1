import { baselineScores, PROFILE_DEVIATION, withProfileDeviation } from '../../../../models/baselines/baselines';
import { columns, learnableMatrix, rows } from '../../../support/learnable-matrix';

test('baselines stand beside: random by seed, size and rule hits where the source has them', () => {
  const data = learnableMatrix(20);
  const meta = {
    columns: [...columns],
    baselines: { size: 'x', deviations: ['z'] },
    rows: 20,
    labeled: 20,
    positives: 1,
  };
  const scores = baselineScores(data, meta, rows(20), 1);
  expect([...scores.keys()]).toEqual(['random', 'current-practice', 'size', 'peer-deviation', 'nok-at-risk']);
  expect(scores.get('current-practice')![0]).toBe(20); // the first opened stands first
  const z = data.numeric.get('z')![1]!;
  expect(scores.get('peer-deviation')![1]).toBe(Math.max(0, z));
  expect(scores.get('peer-deviation')![0]).toBe(0); // unknown deviates from nothing
  expect(baselineScores(data, meta, rows(20), 1).get('random')).toEqual(scores.get('random'));
  const own = withProfileDeviation(data, columns, meta);
  expect(own.columns.at(-1)!.name).toBe(PROFILE_DEVIATION);
  expect([...own.data.numeric.get(PROFILE_DEVIATION)!]).toEqual([...scores.get('peer-deviation')!]);
  expect(withProfileDeviation(data, columns.slice(0, 1), meta).columns).toEqual(columns.slice(0, 1)); // no column of the profile in use
  expect(baselineScores(data, meta, rows(20), 2).get('random')).not.toEqual(scores.get('random'));
});
