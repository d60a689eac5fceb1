import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { experimentSchema } from '../../../../domain/schemas/experiment';
import { parseOrExplain } from '../../../../domain/schemas/parse';

const examples = path.resolve(__dirname, '../../../../docs/examples');
const demo = () =>
  parse(fs.readFileSync(path.join(examples, 'demo-register.yaml'), 'utf8')) as Record<string, Record<string, unknown>>;

test('an error names path, value and what is allowed', () => {
  const bad = { ...demo(), selectFamily: 'forest', seed: -1 };
  expect(() => parseOrExplain(experimentSchema, bad, 'experiment x.yaml')).toThrow(
    /x\.yaml[\s\S]*seed:.*found -1[\s\S]*selectFamily:.*found "forest"/,
  );
  expect(() => parseOrExplain(experimentSchema, { ...demo(), sed: 1 }, 'x')).toThrow(/sed/);
});
