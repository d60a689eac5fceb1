// Loads TypeScript files of the project as they stand, without a build: reference pages are made from the source.
import fs from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../lib/util.mjs';

const require = createRequire(import.meta.url);
const OPTIONS = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
  module: { type: 'commonjs' },
};

/** From here on this process requires TypeScript like JavaScript. */
function requireTypeScript() {
  const { transformSync } = require('@swc/core');
  Module._extensions['.ts'] = (module, filename) =>
    module._compile(transformSync(fs.readFileSync(filename, 'utf8'), { ...OPTIONS, filename }).code, filename);
}

let ready = false;

/** The exports of a TypeScript file, given by its path from the repository root. */
export function loadSource(file) {
  if (!ready) requireTypeScript();
  ready = true;
  return require(path.join(ROOT, file));
}

/** The program of the command line. */
export const loadProgram = () => loadSource('apps/cli/program.ts').cliProgram();
