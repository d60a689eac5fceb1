import { fourEyesProblem } from '../../../../domain/rules/four-eyes';

test('neither requester nor trainer may approve', () => {
  expect(fourEyesProblem('promotion.approve', { requester: 'a', trainer: 'b', decider: 'a' })).toMatch(/asks/);
  expect(fourEyesProblem('promotion.approve', { requester: 'a', trainer: 'b', decider: 'b' })).toMatch(/trained/);
  expect(fourEyesProblem('promotion.approve', { requester: 'a', trainer: 'a', decider: 'c' })).toBeUndefined();
});
