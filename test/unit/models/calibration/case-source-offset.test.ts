import { estimateCaseSourceOffset } from '../../../../models/calibration/case-source-offset';

test('few rows give a small offset; a single case source, or none, gives no offset', () => {
  expect(estimateCaseSourceOffset([1, 2, 3], [1, 0, 1], [false, false, false])).toEqual({ logOdds: 0, scoreShift: 0 });
  expect(estimateCaseSourceOffset([1, 2, 3], [1, 0, 1], [true, true, true])).toEqual({ logOdds: 0, scoreShift: 0 });
  const parted = estimateCaseSourceOffset(
    [1, 1, 1, 1, 1, 1],
    [1, 1, 1, 0, 0, 0],
    [true, true, true, false, false, false],
  );
  expect(parted.logOdds).toBeGreaterThan(0);
  expect(parted.logOdds).toBeLessThan(2.5);
});
