import { Rng } from '../../../../domain/rng';
import { expectedAmounts, fitAmountModel } from '../../../../models/amounts/amount-model';
import { rankByExpectedAmount } from '../../../../models/evaluation/expected-amount';
import { META, register, rows, sum, upheldNok, USE } from '../../../support/amount-register';

test('ranking by expected amount gains amount where sizes differ; the report compares expected with upheld', () => {
  const data = register(600, 0.9, 0.5);
  const model = fitAmountModel(data, META, USE, rows(0, 300))!;
  const test = rows(300, 600);
  const rng = new Rng('scores');
  const amountNok = test.map((row) => (data.label[row] === 1 ? upheldNok(data, row) : 0));
  const labeled = {
    scores: test.map((row) => data.label[row]! * 0.5 + rng.normal()),
    labels: test.map((row) => data.label[row]!),
    amountNok,
    entities: test.map((row) => data.entity[row]!),
    rowIds: test.map((row) => data.rowId[row]!),
  };
  const scoredModel = {
    family: 'logistic',
    isModel: true,
    labeled,
    groups: test.map(() => 'LE'),
    periods: test.map(() => 'fold-1'),
  };
  const { scoredModel: ordered, report } = rankByExpectedAmount(scoredModel, expectedAmounts(model, data, test), {
    ks: [20],
    bootstrap: 80,
    seed: 1,
  });
  const first = (scores: ArrayLike<number>) =>
    sum(
      test
        .map((_, i) => i)
        .sort((a, b) => scores[b]! - scores[a]!)
        .slice(0, 40)
        .map((i) => amountNok[i]!),
    );
  expect(ordered).toMatchObject({ family: 'logistic+amount', isModel: false });
  expect(first(ordered.labeled.scores)).toBeGreaterThan(1.5 * first(labeled.scores));
  expect(report.ratio.lo).toBeLessThan(1);
  expect(report.ratio.hi).toBeGreaterThan(1);
  expect(report.rankCorrelation).toBeGreaterThan(0.5);
  // Findings without an upheld amount are expected and counted: the ratio stays about 1.
  const half = { ...data, amountOre: data.amountOre.map((amount, row) => (row % 2 ? amount : 0)) };
  const of = { ...labeled, amountNok: test.map((row) => (half.label[row] === 1 ? upheldNok(half, row) : 0)) };
  const worth = expectedAmounts(fitAmountModel(half, META, USE, rows(0, 300))!, half, test);
  const { ratio } = rankByExpectedAmount({ ...scoredModel, labeled: of }, worth, {
    ks: [20],
    bootstrap: 80,
    seed: 1,
  }).report;
  expect(ratio.lo).toBeLessThan(1);
  expect(ratio.hi).toBeGreaterThan(1);
});
