import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { linesOf, NOT_UTF8, wholeOf } from '../../../../platform/import/read-lines';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-lines-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const read = async (text: string | Buffer) => {
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
test('a line in another encoding loses no letters unseen; a byte order mark is no part of the text', async () => {
  const latin1 = Buffer.from('{"fornavn":"Ås"}\n{"fornavn":"As"}\n{"fornavn":"Øs"}', 'latin1');
  expect(await read(latin1)).toEqual([NOT_UTF8, '{"fornavn":"As"}', NOT_UTF8]);
  expect(await read('\uFEFF{"a":1}\n{"a":2}')).toEqual(['{"a":1}', '{"a":2}']);
  const whole = path.join(dir, 'whole.json');
  const texts: string[] = [];
  for (const content of [Buffer.from('"Ås"', 'latin1'), '\uFEFF"Ås"']) {
    fs.writeFileSync(whole, content);
    for await (const text of wholeOf(whole)) texts.push(text);
  }
  expect(texts).toEqual([NOT_UTF8, '"Ås"']);
  expect(() => JSON.parse(NOT_UTF8) as unknown).toThrow();
});
