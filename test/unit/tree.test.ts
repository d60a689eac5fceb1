import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isNationalId, isSyntheticNationalId } from '../../domain/identifiers';
import { ROOT } from '../../platform/config/env';
import { sha256File } from '../../platform/artifacts/hash';
import { writeRegister } from '../../simulation/messages';
import { DEMO_CONFIG } from '../../simulation/simulation-config';

const tracked = () =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');

test('no identity number of a possible living person stands in the tree', () => {
  const found = tracked().flatMap((file) => {
    const text = /package-lock|\.lock$/.test(file) ? '' : fs.readFileSync(path.join(ROOT, file), 'latin1');
    return [...text.matchAll(/(?<![0-9a-f])\d{11}(?![0-9a-f])/g)]
      .map(([id]) => id)
      .filter((id) => isNationalId(id) && !isSyntheticNationalId(id))
      .map((id) => `${file}: ${id}`);
  });
  // D-numbers of the public API's own examples are synthetic too, though their month is not raised.
  expect(found.filter((line) => !line.includes('47908'))).toEqual([]);
});

test('the same configuration simulates the same bytes, and every patient is synthetic', async () => {
  const config = { ...DEMO_CONFIG, providers: 0.001, years: 1 };
  const dirs = await Promise.all(
    [1, 2].map(async (n) => {
      const dir = fs.mkdtempSync(path.join(os.tmpdir(), `sim${n}-`));
      await writeRegister(config, dir);
      return dir;
    }),
  );
  const files = fs.readdirSync(path.join(dirs[0]!, 'register'));
  expect(files).toContain('settlements-2021-02.ndjson');
  for (const file of files)
    expect(await sha256File(path.join(dirs[0]!, 'register', file))).toBe(
      await sha256File(path.join(dirs[1]!, 'register', file)),
    );
  const text = fs.readFileSync(path.join(dirs[0]!, 'register/settlements-2021-11.ndjson'), 'utf8');
  const ids = [...text.matchAll(/"pasient":\{"identifikasjon":\{"id":"(\d{11})"/g)].map((match) => match[1]!);
  expect(ids.length).toBeGreaterThan(50);
  expect(ids.filter((id) => Number(id.slice(2, 4)) <= 80)).toEqual([]);
  for (const dir of dirs) fs.rmSync(dir, { recursive: true });
});

test('the README has at most 1,200 words', () => {
  expect(fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8').trim().split(/\s+/).length).toBeLessThanOrEqual(1200);
});

/** Data and generated files, whose lines nobody reads one by one. */
const DATA = /(^|\/)package-lock\.json$|\.(lock|json|svg|png|csv)$|\.gen\.ts$|^LICENSE$/;
/** Markdown cannot break a row of a table, nor the text of an image. */
const UNBREAKABLE = /^\s*(\|.*\||!\[.*\]\(\S+\))$/;

test('no line of code, configuration or prose is longer than 120 characters', () => {
  const long = tracked()
    .filter((file) => !DATA.test(file))
    .flatMap((file) =>
      fs
        .readFileSync(path.join(ROOT, file), 'utf8')
        .split('\n')
        .map((line, i) => ({ line, at: `${file}:${i + 1}` }))
        .filter(({ line }) => [...line].length > 120 && !(file.endsWith('.md') && UNBREAKABLE.test(line)))
        .map(({ at }) => at),
    );
  expect(long).toEqual([]);
});
