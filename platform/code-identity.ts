import fs from 'node:fs';
import path from 'node:path';
import { digestOf, sha256 } from './artifacts/hash';
import { ROOT } from './config/env';

const IMPORT = /(?:from|import|require\()\s*['"](\.{1,2}\/[^'"]+)['"]/g;
const cache = new Map<string, string>();

/** Source file of a module, relative to the repository: a compiled module in dist/ has its source at the same path. */
const sourceOf = (module: string): string =>
  path
    .relative(ROOT, module)
    .split(path.sep)
    .join('/')
    .replace(/^dist\//, '')
    .replace(/\.js$/, '.ts');

/**
 * Identity of a step's code: the hash of a module's source and of all the project's sources that it imports, directly
 * or not. A commit that touches other files does not change it. Sources are read from the repository, which a
 * deployment therefore carries along.
 * @param module absolute path, as `__filename` and `require.resolve` give it
 */
export function codeIdentity(module: string): string {
  const cached = cache.get(module);
  if (cached) return cached;
  const hashes = new Map<string, string>();
  const visit = (file: string) => {
    if (hashes.has(file)) return;
    const source = fs.readFileSync(path.join(ROOT, file), 'utf8');
    hashes.set(file, sha256(source));
    for (const match of source.matchAll(IMPORT)) {
      const target = path.join(path.dirname(file), match[1]!);
      const found = [`${target}.ts`, `${target}/index.ts`, target].find(
        (candidate) => /\.(ts|json)$/.test(candidate) && fs.existsSync(path.join(ROOT, candidate)),
      );
      if (found) visit(found);
    }
  };
  visit(sourceOf(module));
  const identity = digestOf([...hashes].sort(([a], [b]) => (a < b ? -1 : 1)));
  cache.set(module, identity);
  return identity;
}
