import { decisionProblem, listStateOf } from '../../../../domain/rules/lifecycle';

test('a closed request stays closed', () => {
  expect(decisionProblem('open')).toBeUndefined();
  for (const state of ['approved', 'refused', 'expired'] as const) expect(decisionProblem(state)).toContain(state);
});

test('a list is approved by two, and closed by one refusal or its expiry', () => {
  expect(listStateOf([])).toBe('draft');
  expect(listStateOf(['approved'])).toBe('draft');
  expect(listStateOf(['approved', 'approved'])).toBe('approved');
  expect(listStateOf(['approved', 'refused'])).toBe('refused');
  expect(listStateOf(['expired'])).toBe('expired');
});
