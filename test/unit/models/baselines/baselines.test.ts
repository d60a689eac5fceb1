import { baselineScores, PROFILE_DEVIATION, withProfileDeviation } from '../../../../models/baselines/baselines';
import { columns, learnableMatrix, rows } from '../../../support/learnable-matrix';

test('baselines: random by seed; size, rule hits and deviations where the source has them', () => {
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
  expect(scores.get('current-practice')![0]).toBe(20); // the first case opened has the highest score
  const z = data.numeric.get('z')![1]!;
  expect(scores.get('peer-deviation')![1]).toBe(Math.max(0, z));
  expect(scores.get('peer-deviation')![0]).toBe(0); // a missing value counts as 0
  expect(baselineScores(data, meta, rows(20), 1).get('random')).toEqual(scores.get('random'));
  const own = withProfileDeviation(data, columns, meta);
  expect(own.columns.at(-1)!.name).toBe(PROFILE_DEVIATION);
  expect([...own.data.numeric.get(PROFILE_DEVIATION)!]).toEqual([...scores.get('peer-deviation')!]);
  // No column of the profile is in use.
  expect(withProfileDeviation(data, columns.slice(0, 1), meta).columns).toEqual(columns.slice(0, 1));
  expect(baselineScores(data, meta, rows(20), 2).get('random')).not.toEqual(scores.get('random'));
});
