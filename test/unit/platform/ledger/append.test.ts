import { instantText } from '../../../../platform/ledger/append';

test('instants are UTC text with microseconds', () =>
  expect(instantText(new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 6)))).toBe('2024-01-02T03:04:05.006000Z'));
