/**
 * Cholesky factor of a symmetric positive definite matrix, in float64.
 * @param a n × n, row by row
 * @returns a function that solves A x = b for any b
 * @throws RangeError where the matrix is not positive definite
 */
export function factorCholesky(a: Float64Array): (b: Float64Array) => Float64Array {
  const n = Math.sqrt(a.length);
  const l = Float64Array.from(a);
  for (let j = 0; j < n; j++) {
    let diagonal = l[j * n + j]!;
    for (let k = 0; k < j; k++) diagonal -= l[j * n + k]! ** 2;
    if (!(diagonal > 0))
      throw new RangeError(`the normal equations are not positive definite at column ${j}: raise the penalty`);
    const root = Math.sqrt(diagonal);
    l[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let value = l[i * n + j]!;
      for (let k = 0; k < j; k++) value -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = value / root;
    }
  }
  return (b) => {
    const x = Float64Array.from(b);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
      x[i]! /= l[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
      x[i]! /= l[i * n + i]!;
    }
    return x;
  };
}

/** Solves A x = b for a symmetric positive definite A (n × n, row by row). */
export const solveCholesky = (a: Float64Array, b: Float64Array): Float64Array => factorCholesky(a)(b);
