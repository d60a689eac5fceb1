// Every command that a document shows must exist: an example that cannot be typed is worse than none.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, SetupError } from '../lib/util.mjs';
import { loadProgram } from './source.mjs';

const EXAMPLE = /(?:^|[^\w-])(?:npx )?utplukk ((?:[a-z][\w-]*)(?: [a-z][\w-]*)?)/gm;

/** Markdown and YAML of the project's documents, without the change log, which names commands of before. */
const documents = () => [
  'README.md',
  'CONTRIBUTING.md',
  ...fs
    .readdirSync(path.join(ROOT, 'docs'), { recursive: true })
    .filter((file) => /\.(md|yaml)$/.test(file))
    .map((file) => path.join('docs', file)),
];

/** Code of a document: YAML as a whole, of Markdown the blocks and the spans. */
function code(file, text) {
  if (file.endsWith('.yaml')) return text;
  return [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([found]) => found).join('\n');
}

export function checkCommands() {
  const { commands } = loadProgram();
  const unknown = [];
  for (const file of documents()) {
    for (const [, words] of code(file, fs.readFileSync(path.join(ROOT, file), 'utf8')).matchAll(EXAMPLE)) {
      const [noun, verb] = words.split(' ');
      const command = commands.find((one) => one.name() === noun);
      const known = command && (command.commands.length === 0 || command.commands.some((one) => one.name() === verb));
      if (!known) unknown.push(`${file}: utplukk ${words}`);
    }
  }
  if (unknown.length > 0) throw new SetupError(`documents show commands that do not exist:\n  ${unknown.join('\n  ')}`);
}
