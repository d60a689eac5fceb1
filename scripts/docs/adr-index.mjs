// The index of the decision records: number, title, status and date, read from the records themselves.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, SetupError } from '../lib/util.mjs';
import { table } from './write.mjs';

const FOLDER = 'docs/adr';

/** A record begins with `# 7. Title` and a line `Status: accepted. Date: 2026-11-22.`, and its file with its number. */
export function readRecords() {
  return fs
    .readdirSync(path.join(ROOT, FOLDER))
    .filter((file) => /^\d{4}-.*\.md$/.test(file))
    .sort()
    .map((file) => {
      const text = fs.readFileSync(path.join(ROOT, FOLDER, file), 'utf8');
      const [, number, title] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
      const [, status, date] = /^Status: (.+?)\. Date: (\d{4}-\d\d-\d\d)\.$/m.exec(text) ?? [];
      if (Number(file.slice(0, 4)) !== Number(number) || status === undefined)
        throw new SetupError(`${FOLDER}/${file} has no "# <number>. <title>" or no "Status: …. Date: YYYY-MM-DD."`);
      return { file, number, title, status, date };
    });
}

export async function adrIndex(pages) {
  const rows = readRecords().map(({ file, number, title, status, date }) => [
    number,
    `[${title}](./${file})`,
    status,
    date,
  ]);
  await pages.region(`${FOLDER}/index.md`, 'records', table(['no.', 'decision', 'status', 'date'], rows));
}
