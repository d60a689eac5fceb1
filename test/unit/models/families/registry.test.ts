import fs from 'node:fs';
import path from 'node:path';
import { FAMILY_NAMES, familySchema, sampleSettings } from '../../../../domain/families';
import { BY_AMOUNT, rankingName } from '../../../../domain/families/names';
import { Rng } from '../../../../domain/rng';
import { modelFamily } from '../../../../models/families';
import { ROOT } from '../../../../platform/config/env';

/** Folders and files of families; whichever is forgotten in a registry is named here. */
const files = (folder: string) =>
  fs
    .readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || FAMILY_NAMES.some((name) => entry.name === `${name}.ts`))
    .map((entry) => entry.name.replace(/\.ts$/, ''));

test('every family has a declaration and a model, and every folder of a model is registered', () => {
  expect(files('domain/families').sort()).toEqual([...FAMILY_NAMES].sort());
  expect(files('models/families').sort()).toEqual([...FAMILY_NAMES].sort());
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
