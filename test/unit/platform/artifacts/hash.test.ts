import { canonical } from '../../../../platform/artifacts/hash';

test('canonical JSON sorts keys and writes numbers one way (RFC 8785)', () => {
  expect(canonical({ b: 1.0, a: [1e21, 'æ'], c: { z: null, y: true } })).toBe(
    '{"a":[1e+21,"æ"],"b":1,"c":{"y":true,"z":null}}',
  );
});
