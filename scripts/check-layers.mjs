// Checks how folders import each other. The tiers, from the top: apps -> application -> workflows and activities ->
// compute, models, platform and simulation -> domain; migrations stand alone, bench and test may import anything.
// Imports go down only, the API and the CLI import no activities, and no two folders import each other, at any depth;
// type-only imports count. Prints each breach with an example and exits 1 where there is one. With --nested it also
// lists where a folder's own files and a folder inside it import each other: an index and what it puts together.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './lib/util.mjs';

const TIERS = [
  ['apps'],
  ['application'],
  ['workflows', 'activities'],
  ['compute', 'models', 'platform', 'simulation'],
  ['domain', 'migrations'],
];
const tierOf = (file) => TIERS.findIndex((folders) => folders.includes(file.split('/')[0]));
const NO_ACTIVITIES = ['apps/api/', 'apps/cli/'];

/** Source files below the tiers' folders, relative to the repository. */
function sources() {
  const walk = (dir) =>
    fs.readdirSync(path.join(ROOT, dir), { withFileTypes: true }).flatMap((entry) => {
      const name = `${dir}/${entry.name}`;
      if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : walk(name);
      return /\.tsx?$/.test(entry.name) ? [name] : [];
    });
  return TIERS.flat().flatMap(walk);
}

/** The file of ours that a relative import names, or undefined for a style sheet and the like. */
function resolve(from, specifier) {
  const target = path.posix.join(path.posix.dirname(from), specifier);
  return [`${target}.ts`, `${target}.tsx`, `${target}/index.ts`].find((file) => fs.existsSync(path.join(ROOT, file)));
}

/** Every import between files, type-only and dynamic ones too: pairs [from, to]. */
function importsOf(file) {
  const { importedFiles } = ts.preProcessFile(fs.readFileSync(path.join(ROOT, file), 'utf8'), true, true);
  return importedFiles.flatMap(({ fileName }) => {
    const target = fileName.startsWith('.') ? resolve(file, fileName) : undefined;
    return target ? [[file, target]] : [];
  });
}

/**
 * The two folders between which an import crosses: siblings below the deepest folder that holds both files, or that
 * folder itself for a file that lies in it directly.
 */
function crossing(from, to) {
  const [a, b] = [from, to].map((file) => path.posix.dirname(file).split('/'));
  let depth = 0;
  while (depth < a.length && depth < b.length && a[depth] === b[depth]) depth++;
  return [a, b].map((parts) => parts.slice(0, depth + 1).join('/'));
}

const [breaches, nested] = [[], []];
const edges = new Map();
for (const [from, to] of sources().flatMap(importsOf)) {
  const example = `${from} imports ${to}`;
  const sameTier = tierOf(from) === tierOf(to) && from.split('/')[0] !== to.split('/')[0];
  if (tierOf(from) > tierOf(to)) breaches.push(`against the tiers: ${example}`);
  if (sameTier && from.startsWith('domain/')) breaches.push(`against the tiers: ${example}`);
  if (NO_ACTIVITIES.some((folder) => from.startsWith(folder)) && to.startsWith('activities/'))
    breaches.push(`activities are for workers: ${example}`);
  const [a, b] = crossing(from, to);
  if (a === b) continue;
  const key = `${a} -> ${b}`;
  edges.set(key, [...(edges.get(key) ?? []), example]);
}
for (const [key, examples] of edges) {
  const [a, b] = key.split(' -> ');
  const back = edges.get(`${b} -> ${a}`);
  if (a > b || !back) continue;
  const times = `${examples.length} and ${back.length} times`;
  const text = `${a} and ${b} import each other (${times}): ${examples[0]}; ${back[0]}`;
  (b.startsWith(`${a}/`) ? nested : breaches).push(text);
}

for (const line of [...breaches, ...(process.argv.includes('--nested') ? nested : [])]) console.log(line);
console.log(
  `${breaches.length} breaches of the layers; ${nested.length} folders and a folder inside them import each other`,
);
process.exitCode = breaches.length > 0 ? 1 : 0;
