import fs from 'node:fs';
import path from 'node:path';
import { FAMILY_NAMES, familySchema, sampleSettings } from '../../../../domain/families';
import { BY_AMOUNT, rankingName } from '../../../../domain/families/names';
import { Rng } from '../../../../domain/rng';
import { modelFamily } from '../../../../models/families';
import { ROOT } from '../../../../platform/config/env';

const entriesOf = (folder: string) =>
  fs.readdirSync(path.join(ROOT, folder)).map((entry) => entry.replace(/\.ts$/, ''));
/** What families share, beside their own files and folders. */
const SHARED = {
  'domain/families': ['declaration', 'index', 'names', 'network-settings'],
  'models/families': ['fit-networks', 'index', 'model-family'],
};

test.each(Object.entries(SHARED))('%s holds the registered families and what they share', (folder, shared) => {
  expect(entriesOf(folder).sort()).toEqual([...FAMILY_NAMES, ...shared].sort());
});

test('the example of all families has each of them', () => {
  const example = fs.readFileSync(path.join(ROOT, 'docs/examples/all-families.yaml'), 'utf8');
  const named = [...example.matchAll(/\{ family: ([\w-]+)/g)].map(([, family]) => family!);
  expect([...new Set(named)].sort()).toEqual([...FAMILY_NAMES].sort());
});

test.each(FAMILY_NAMES)('%s: defaults, search space, names and model', (name) => {
  const defaults = familySchema.parse({ family: name });
  const sampled = sampleSettings(defaults, new Rng(1));
  expect(familySchema.parse(sampled)).toEqual(sampled);
  expect(typeof modelFamily(name).fit).toBe('function');
  const names = (['nb', 'en'] as const).map((language) => rankingName(name, language));
  expect(names.every((text) => text.length > 0)).toBe(true);
  expect(rankingName(`${name}${BY_AMOUNT}`, 'en')).toBe(`${names[1]}, by expected amount`);
});

test('an unknown name is refused', () => {
  expect(() => rankingName('forest', 'en')).toThrow(/neither a model family nor a baseline/);
});
