import fs from 'node:fs';
import path from 'node:path';
import { OPENED_BY_A_JOURNEY } from '../../../web/every-page';

const ROOT = path.join(__dirname, '../../../..');
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** How the web test names the pages whose paths hold an id, and the path that no page has. */
const WRITTEN: Readonly<Record<string, string>> = {
  '/versions/:versionId': 'versionUrl,',
  '/requests/:requestId': 'requestUrl,',
  '/lineage/:id': '`/lineage/${listId}`',
  '/lists/:listId': '`/lists/${listId}`',
  '*': "'/nowhere'",
};

test('the web test opens the page of every path', () => {
  const paths = [...read('apps/web/src/routes.ts').matchAll(/path: '([^']+)'/g)].map(([, found]) => found!);
  expect(paths).toContain('/runs/compare');
  const opened = read('test/web/every-page.ts').replace(/OPENED_BY_A_JOURNEY = [^;]*;/, '');
  const forgotten = paths.filter((at) => !(at in OPENED_BY_A_JOURNEY) && !opened.includes(WRITTEN[at] ?? `'${at}'`));
  expect(forgotten).toEqual([]);
  expect(Object.keys(OPENED_BY_A_JOURNEY).filter((at) => !paths.includes(at))).toEqual([]);
});

test('every page has a path', () => {
  const imported = [...read('apps/web/src/routes.ts').matchAll(/import\('\.\/pages\/([^']+)'\)/g)].map(
    ([, page]) => `${page}.tsx`,
  );
  expect([...new Set(imported)].sort()).toEqual(fs.readdirSync(path.join(ROOT, 'apps/web/src/pages')).sort());
});
