import { createHash } from 'node:crypto';
import { PseudonymCache } from '../../../../platform/import/pseudonym-cache';

const lookup = (n: number) => createHash('sha256').update(String(n)).digest();

test(
  'known people are found under their own pseudonym, unknown ones are not, and beyond the limit all are ' +
    'forgotten at once',
  () => {
    const remembered = new PseudonymCache(1000);
    remembered.add(Array.from({ length: 1000 }, (_, n) => [lookup(n), n + 1] as const));
    for (let n = 0; n < 1000; n++) expect(remembered.get(lookup(n))).toBe(n + 1);
    expect(remembered.get(lookup(1000))).toBeUndefined();
    remembered.add([[lookup(7), 8]]); // one more, known or not, is over the limit
    expect([7, 8].map((n) => remembered.get(lookup(n)))).toEqual([8, undefined]);
  },
);
test('hashes that begin alike do not stand for each other', () => {
  const remembered = new PseudonymCache(4);
  const alike = Array.from({ length: 4 }, (_, n) => Buffer.concat([Buffer.alloc(31, 1), Buffer.from([n])]));
  remembered.add(alike.slice(0, 3).map((own, n) => [own, n + 1] as const));
  expect(alike.map((own) => remembered.get(own))).toEqual([1, 2, 3, undefined]);
});
