import { BY_AMOUNT } from '../../../../domain/families/names';
import { FAMILY_NAMES } from '../../../../domain/families';
import { metricName } from '../../../../platform/mlflow/mirror';

test('names of metrics hold only what MLflow allows, and differ where the rankings do', () => {
  expect(metricName({ family: 'logistic+amount', metric: 'amount-upheld', k: 20 })).toBe(
    'logistic-amount.amount-upheld_at_20',
  );
  const names = FAMILY_NAMES.flatMap((family) => [family, `${family}${BY_AMOUNT}`]).map((family) =>
    metricName({ family, metric: 'average-precision', k: 0 }),
  );
  expect(names.filter((name) => !/^[\w\-. :/]+$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(2 * FAMILY_NAMES.length);
});
