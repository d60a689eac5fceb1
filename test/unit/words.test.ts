import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../platform/config/env';
import { RETIRED_EN, RETIRED_NAMES, RETIRED_NB } from '../support/retired-words';

const tracked = (...patterns: string[]) =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((file) => fs.existsSync(path.join(ROOT, file)));
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** Places where a retired word has its ordinary meaning, or is named as retired. */
const ALLOWED: readonly (readonly [file: string, text: RegExp])[] = [
  ['docs/adr/0032-layers-vocabulary-and-runtime.md', /_leak_ that is not memory|_controlled_ rows/],
  ['CHANGELOG.md', /The field's standard words/],
];
const isAllowed = (file: string, line: string) => ALLOWED.some(([at, text]) => at === file && text.test(line));

const found = (
  files: readonly string[],
  words: typeof RETIRED_EN,
  linesOf = (file: string) => read(file).split('\n'),
) =>
  files.flatMap((file) =>
    linesOf(file).flatMap((line, i) =>
      words
        .filter(({ pattern }) => pattern.test(line) && !isAllowed(file, line))
        .map(({ pattern, use }) => `${file}:${i + 1} "${pattern.exec(line)![0]}"${use && `: say ${use}`}`),
    ),
  );

test('documents, commands, routes and domain texts use the words of the glossary', () => {
  const documents = tracked('*.md');
  expect(documents).toContain('docs/reference/glossary.md');
  expect(found(documents, RETIRED_EN)).toEqual([]);
  expect(found(tracked('apps/cli/*.ts', 'apps/api/*.ts', 'apps/verifier/*.ts', 'domain/*.ts'), RETIRED_EN)).toEqual([]);
});

test('Norwegian texts of the glossary and of the domain use the words of the glossary', () => {
  const norwegian = ['docs/reference/glossary.md', ...tracked('domain/*.ts')];
  // The fields of a message have Norwegian names of their own, and a glossary names the field of a file.
  const ofMessages = /^domain\/import\//;
  expect(
    found(
      norwegian.filter((file) => !ofMessages.test(file)),
      RETIRED_NB,
    ),
  ).toEqual([]);
});

/** Names that a source file declares, each as its words. */
function declaredNames(file: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = (node as Partial<ts.NamedDeclaration>).name;
    if (name && ts.isIdentifier(name))
      names.push(name.text.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll('_', ' '));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest));
  return names;
}

test('no name that the domain declares has a retired word', () => {
  const files = tracked('domain/*.ts');
  expect(files.flatMap(declaredNames)).toContain('live Champion');
  expect(found(files, RETIRED_NAMES, declaredNames)).toEqual([]);
});
