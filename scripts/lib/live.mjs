// What `npm run dev` does when a source file changes: compiles that file alone into dist/, and finds out which
// processes had loaded it. Types are not checked here; editors and `npm run typecheck` do that.
import fs from 'node:fs';
import path from 'node:path';
import { DIST, forgetBuild, SOURCE_FOLDERS } from './build.mjs';
import { ROOT } from './util.mjs';

/** Editors save in several steps; what comes within this time is one change. */
const SETTLE_MS = 60;
/** In compiled files: other files of ours, loaded or named for a child process. */
const LOADED = /\b(?:require(?:\.resolve)?|import)\(["'](\.{1,2}\/[^"']+)["']\)/g;

export const compiledOf = (source) => path.join(DIST, source.replace(/\.ts$/, '.js'));

/** @throws where the file does not parse; nothing is written then */
export async function compile(source) {
  const target = compiledOf(source);
  const file = path.join(ROOT, source);
  if (!fs.existsSync(file)) return fs.rmSync(target, { force: true });
  const { transformFile } = await import('@swc/core'); // installed only now: this file is read before the packages are
  const { code, map } = await transformFile(file, {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
    module: { type: 'commonjs', ignoreDynamic: true },
    sourceMaps: true,
  });
  forgetBuild();
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(`${target}.map`, map);
  fs.writeFileSync(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
}

function resolved(from, name) {
  const base = path.resolve(path.dirname(from), name);
  return [base, `${base}.js`, path.join(base, 'index.js')].find((file) => file.endsWith('.js') && fs.existsSync(file));
}

/** Every compiled file that an entry loads, itself among them. */
export function loadedBy(entry) {
  const found = new Set();
  const left = [entry];
  for (let file; (file = left.pop()) !== undefined;) {
    if (found.has(file) || !fs.existsSync(file)) continue;
    found.add(file);
    for (const [, name] of fs.readFileSync(file, 'utf8').matchAll(LOADED)) {
      const next = resolved(file, name);
      if (next) left.push(next);
    }
  }
  return found;
}

/** Calls `changed` with the sources that changed, one batch after the other. Pages are Vite's. */
export function watchSources(changed) {
  const waiting = new Set();
  let busy = false;
  let timer;
  const flush = async () => {
    if (busy || waiting.size === 0) return;
    busy = true;
    const batch = [...waiting];
    waiting.clear();
    await changed(batch);
    busy = false;
    await flush();
  };
  return SOURCE_FOLDERS.filter((folder) => fs.existsSync(path.join(ROOT, folder))).map((folder) =>
    fs.watch(path.join(ROOT, folder), { recursive: true }, (_, name) => {
      const source = name && path.join(folder, name);
      if (!source?.endsWith('.ts') || source.endsWith('.d.ts') || source.startsWith(path.join('apps', 'web', '')))
        return;
      waiting.add(source);
      clearTimeout(timer);
      timer = setTimeout(() => void flush(), SETTLE_MS);
    }),
  );
}
