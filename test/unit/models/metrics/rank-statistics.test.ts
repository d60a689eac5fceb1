import { midRanks, rocAuc, spearman, vanElteren } from '../../../../models/metrics/rank-statistics';

test('tied values share their middle rank', () => {
  expect([...midRanks([30, 10, 20, 20, 5])]).toEqual([5, 2, 3.5, 3.5, 1]);
  expect([...midRanks([7, 7, 7])]).toEqual([2, 2, 2]);
  expect([...midRanks([])]).toEqual([]);
});

describe('area under the ROC curve', () => {
  test('worked by hand: 3 of 4 pairs in order, and the standard error of Hanley and McNeil', () => {
    // Ranks of the findings are 2 and 4: (6 - 3) / 4. q1 = 0.75 / 1.25 = 0.6, q2 = 1.125 / 1.75 = 0.642857.
    const { auc, se, positives, negatives } = rocAuc([1, 2, 3, 4], [0, 1, 0, 1]);
    expect({ auc, positives, negatives }).toEqual({ auc: 0.75, positives: 2, negatives: 2 });
    expect(se).toBeCloseTo(Math.sqrt((0.1875 + (0.6 - 0.5625) + (0.642857 - 0.5625)) / 4), 5);
  });

  test('classes of different size: 2 findings of 5', () => {
    // Ranks of the findings are 3 and 5: (8 - 3) / 6 = 5/6. q1 = 5/7, q2 = (50/36) / (11/6) = 25/33.
    const { auc, se, positives, negatives } = rocAuc([1, 2, 3, 4, 5], [0, 0, 1, 0, 1]);
    expect({ positives, negatives }).toEqual({ positives: 2, negatives: 3 });
    expect(auc).toBeCloseTo(5 / 6, 12);
    expect(se).toBeCloseTo(Math.sqrt((5 / 36 + (5 / 7 - 25 / 36) + 2 * (25 / 33 - 25 / 36)) / 6), 12);
  });

  test('a class that is missing is no relation', () => {
    expect(rocAuc([1, 2], [1, 1])).toEqual({ auc: 0.5, se: 1, positives: 2, negatives: 0 });
    expect(rocAuc([1, 2], [0, 0])).toEqual({ auc: 0.5, se: 1, positives: 0, negatives: 2 });
  });
});

describe("van Elteren's test", () => {
  test('one stratum: the rank sum against its variance', () => {
    // Weight 1/5: (0.75 - 0.5) · 4 / 5 over the root of (1/25) · 4 · 5 / 12.
    const { z, auc } = vanElteren([1, 2, 3, 4], [0, 1, 0, 1], ['a', 'a', 'a', 'a']);
    expect(auc).toBe(0.75);
    expect(z).toBeCloseTo(0.2 / Math.sqrt(20 / 12 / 25), 12);
  });

  test('two strata are weighed by their sizes; one without a finding counts nowhere', () => {
    // The second has one pair, in the wrong order: 1/3 · (0 - 0.5), variance (1/9) · 3 / 12; pooled 3 of 5 pairs.
    const values = [1, 2, 3, 4, 2, 1, 9, 8];
    const labels = [0, 1, 0, 1, 0, 1, 0, 0];
    const { z, auc } = vanElteren(values, labels, ['a', 'a', 'a', 'a', 'b', 'b', 'c', 'c']);
    expect(auc).toBe(0.6);
    expect(z).toBeCloseTo((0.2 - 1 / 6) / Math.sqrt(20 / 12 / 25 + 1 / 36), 12);
    expect(vanElteren([1, 2], [0, 0], ['a', 'a'])).toEqual({ z: 0, auc: 0.5 });
  });
});

test("Spearman's correlation: one exchange among four is 0.8; opposite orders -1; a constant 0", () => {
  expect(spearman([1, 2, 3, 4], [10, 30, 20, 40])).toBeCloseTo(0.8, 12);
  expect(spearman([1, 2, 3], [9, 5, 1])).toBeCloseTo(-1, 12);
  expect(spearman([1, 2, 3], [4, 4, 4])).toBe(0);
  expect(spearman([4, 4, 4], [1, 2, 3])).toBe(0);
});

test('the statistics agree with hand counts', () => {
  expect(rocAuc([1, 2, 3, 4], [0, 0, 1, 1]).auc).toBe(1);
  expect(rocAuc([1, 2, 2, 4], [0, 0, 1, 1]).auc).toBeCloseTo(0.875);
  expect(rocAuc([1, 1, 1], [0, 1, 1]).auc).toBe(0.5);
  // Perfect order between strata, none within: no signal.
  expect(vanElteren([1, 2, 9, 8], [0, 0, 1, 1], ['a', 'a', 'b', 'b'])).toEqual({ z: 0, auc: 0.5 });
});
