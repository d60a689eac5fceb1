import { solveCholesky } from '../../../../models/linalg/cholesky';

test('Cholesky solves a system worked by hand', () => {
  const [x1, x2] = solveCholesky(Float64Array.of(4, 2, 2, 3), Float64Array.of(10, 8));
  expect([x1, x2]).toEqual([expect.closeTo(1.75, 12), expect.closeTo(1.5, 12)]);
  expect(() => solveCholesky(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toThrow(
    /not positive definite at column 1/,
  );
});
