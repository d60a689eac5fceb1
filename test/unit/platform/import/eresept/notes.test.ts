import { Notes } from '../../../../../platform/import/eresept/notes';

test('a field that is called as a person is numbered is noted without the number; a settlement keeps its own', () => {
  const notes = new Notes();
  for (const name of ['status/14057012345', 'status/140570-12345', 'status/x1', 'a b'])
    notes.add('unknown-field', name);
  notes.add('payment-differs', '20200128001');
  expect(notes.entries()).toEqual([
    { kind: 'unknown-field', name: 'status/…', count: 2 },
    { kind: 'unknown-field', name: 'status/x1', count: 1 },
    { kind: 'unknown-field', name: '(another name)', count: 1 },
    { kind: 'payment-differs', name: '20200128001', count: 1 },
  ]);
});
