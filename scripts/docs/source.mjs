// Loads one TypeScript file of the project without building all of it: reference pages are made from the source.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT, run, STACK } from '../lib/util.mjs';

const require = createRequire(import.meta.url);
const ESBUILD = path.join(ROOT, 'node_modules/@esbuild/linux-x64/bin/esbuild');

/** The exports of a TypeScript file, given by its path from the repository root. */
export function loadSource(file) {
  const out = path.join(STACK, 'docs', `${file.replaceAll(/[/.]/g, '-')}.cjs`);
  fs.mkdirSync(path.dirname(out), { recursive: true });
  const options = ['--bundle', '--platform=node', '--format=cjs', '--packages=external', '--log-level=error'];
  run(ESBUILD, [path.join(ROOT, file), ...options, `--outfile=${out}`]);
  return require(out);
}

let program;

/** The program of the command line, caught as it is about to read its arguments. */
export function loadProgram() {
  if (program) return program;
  const { Command } = require('commander');
  Command.prototype.parseAsync = function () {
    program = this;
    return Promise.resolve(this);
  };
  loadSource('apps/cli/main.ts');
  return program;
}
