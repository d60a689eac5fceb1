import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { linesOf } from '../../../../platform/import/read-lines';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-lines-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const read = async (text: string) => {
  const file = path.join(dir, 'lines');
  fs.writeFileSync(file, text);
  const found: string[] = [];
  for await (const line of linesOf(file)) found.push(line);
  return found;
};

test('lines come as they are written: either ending, an empty one, none at the end, nothing at all', async () => {
  expect(await read('a\nb\r\n\nc')).toEqual(['a', 'b', '', 'c']);
  expect(await read('a\n')).toEqual(['a']);
  expect(await read('')).toEqual([]);
});
test('a line longer than what is read at once is whole, letters of several bytes on its seams too', async () => {
  const long = 'æøå€'.repeat(400_000);
  expect(await read(`kort\n${long}\n${long}`)).toEqual(['kort', long, long]);
});
