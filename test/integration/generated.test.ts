import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { ROOT } from '../../platform/config/env';

test('docs/openapi.json and docs/access.md are up to date with routes and access table', () => {
  const script = `require('./dist/apps/api/write-openapi.js').generated()
    .then((files) => process.stdout.write(JSON.stringify(files)))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  expect(stderr).toBe('');
  const files = JSON.parse(stdout) as Record<string, string>;
  const committed = (name: string) => fs.readFileSync(path.join(ROOT, name), 'utf8');
  // What is committed is formatted; what it says is compared.
  expect(JSON.parse(committed('docs/openapi.json'))).toEqual(JSON.parse(files['docs/openapi.json']!));
  const cells = (text: string) =>
    text
      .replace(/ *\| */g, '|')
      .replace(/-{3,}/g, '---')
      .replace(/\s+/g, ' ') // prose is wrapped
      .trim();
  expect(cells(committed('docs/access.md'))).toBe(cells(files['docs/access.md']!));
});
