import fs from 'node:fs';
import path from 'node:path';
import { digestOf, sha256 } from './artifacts/hash';
import { ROOT } from './config/env';

const IMPORT = /(?:from|import|require\()\s*['"](\.{1,2}\/[^'"]+)['"]/g;
const known = new Map<string, string>();

/**
 * Identity of a step's code: the hash of its source file and of all sources of ours that it reaches. A commit that
 * touches other files does not change it. Sources are read from the repository, which a deployment carries along.
 */
export function codeIdentity(entry: string): string {
  const cached = known.get(entry);
  if (cached) return cached;
  const files = new Map<string, string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    const source = fs.readFileSync(path.join(ROOT, file), 'utf8');
    files.set(file, sha256(source));
    for (const match of source.matchAll(IMPORT)) {
      const target = path.join(path.dirname(file), match[1]!);
      const found = [`${target}.ts`, `${target}/index.ts`, target].find(
        (candidate) => /\.(ts|json)$/.test(candidate) && fs.existsSync(path.join(ROOT, candidate)),
      );
      if (found) visit(found);
    }
  };
  visit(entry);
  const identity = digestOf([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  known.set(entry, identity);
  return identity;
}
