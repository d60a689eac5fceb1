import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../../platform/config/env';
import { RETIRED_EN, RETIRED_NB } from '../../../support/retired-words';

const MESSAGES = path.join(ROOT, 'apps/web/src/messages');

type Texts = Readonly<Record<string, unknown>>;
const isTexts = (value: unknown): value is Texts => typeof value === 'object' && value !== null;
/** Dictionaries of all message files: whatever they export in both languages. */
const dictionaries = async (): Promise<[name: string, nb: unknown, en: unknown][]> => {
  const files = fs.readdirSync(MESSAGES).sort();
  const modules = await Promise.all(
    files.map(async (file) => [file, (await import(path.join(MESSAGES, file))) as Texts] as const),
  );
  return modules.flatMap(([file, exported]) =>
    Object.entries(exported).flatMap(([name, value]): [string, unknown, unknown][] =>
      isTexts(value) && 'nb' in value && 'en' in value ? [[`${file} ${name}`, value['nb'], value['en']]] : [],
    ),
  );
};
/** Texts of a dictionary with their keys; functions are called with numbers. */
const flat = (texts: unknown, key = ''): [key: string, text: string][] => {
  if (typeof texts === 'string') return [[key, texts]];
  if (typeof texts === 'function') return [[key, String((texts as (...args: number[]) => string)(1, 2, 3, 4, 5))]];
  return isTexts(texts) ? Object.entries(texts).flatMap(([name, value]) => flat(value, `${key}.${name}`)) : [];
};

test('every text exists in both languages and is not empty', async () => {
  const found = await dictionaries();
  expect(found.length).toBeGreaterThan(40);
  for (const [name, nb, en] of found) {
    expect([name, flat(nb).map(([key]) => key)]).toEqual([name, flat(en).map(([key]) => key)]);
    for (const [key, text] of [...flat(nb), ...flat(en)]) expect([name, key, text.trim()]).not.toEqual([name, key, '']);
  }
});

test('pages use the words of the glossary', async () => {
  const FIELD_OF_A_FILE = 'Felt'; // in the table of refused rows it is a field of a file, not a deployment slot
  const retired = (texts: unknown, words: typeof RETIRED_EN) =>
    flat(texts).flatMap(([key, text]) =>
      words
        .filter(({ pattern }) => text !== FIELD_OF_A_FILE && pattern.test(text))
        .map(({ use }) => `${key}: ${text} (say ${use})`),
    );
  for (const [name, nb, en] of await dictionaries())
    expect([name, ...retired(nb, RETIRED_NB), ...retired(en, RETIRED_EN)]).toEqual([name]);
});
