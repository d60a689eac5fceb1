import { inverse, Matrix } from 'ml-matrix';

/** A linear fit and its leave-one-out residuals. */
export interface RidgeFit {
  readonly weights: readonly number[];
  /** Residual of each row as if it had been left out of the fit. */
  readonly residuals: readonly number[];
  /** Mean squared leave-one-out residual. */
  readonly error: number;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Ridge regression with an unpenalized intercept.
 * @param x centered columns, one array for each row
 * @param intercept mean of `y`, which it is with centered columns
 */
export function fitRidge(x: number[][], y: readonly number[], intercept: number, penalty: number): RidgeFit {
  const X = new Matrix(x);
  const Xt = X.transpose();
  const inverseGram = inverse(Xt.mmul(X).add(Matrix.eye(X.columns).mul(penalty)));
  const toWeights = inverseGram.mmul(Xt);
  const weights = toWeights.mmul(Matrix.columnVector(y.map((value) => value - intercept))).to1DArray();
  const fitted = x.map((row) => row.reduce((sum, value, j) => sum + value * weights[j]!, intercept));
  const leverage = x.map(
    (row, i) => 1 / x.length + row.reduce((sum, value, j) => sum + value * toWeights.get(j, i), 0),
  );
  return { weights, ...leaveOneOut(y, fitted, leverage) };
}

/** Leave-one-out residuals from leverages; exact for a linear smoother. */
export function leaveOneOut(
  y: readonly number[],
  fitted: readonly number[],
  leverage: readonly number[],
): Pick<RidgeFit, 'residuals' | 'error'> {
  const residuals = y.map((value, i) => (value - fitted[i]!) / (1 - leverage[i]!));
  return { residuals, error: mean(residuals.map((value) => value ** 2)) };
}
