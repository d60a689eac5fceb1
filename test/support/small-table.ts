import fs from 'node:fs';
import path from 'node:path';

/**
 * Writes a prepared table in which one number determines the outcome, with mapping and experiment.
 * @returns the experiment's path
 */
export function writeSmallTable(dir: string, more = ''): string {
  const line = (i: number) =>
    `${i},202${1 + Math.floor(i / 100)}-0${1 + (i % 9)}-01,${(i * 37) % 11},${(i * 37) % 11 > 5 ? 1 : 0}`;
  const files = {
    'table.csv': ['id,day,a,found', ...Array.from({ length: 300 }, (_, i) => line(i))].join('\n'),
    'mapping.yaml':
      'version: 1\nentity: id\nasOf: day\noutcome: { column: found, positive: [1], negative: [0] }\n' +
      'features: { a: numeric }\n',
    'table.yaml': [
      'version: 1',
      'name: small-table',
      'seed: 1',
      'source: { kind: table, file: table.csv, mapping: mapping.yaml }',
      'split: { kind: fixed, trainUntil: 2023-01-01, testFrom: 2023-01-01, testUntil: 2024-01-01 }',
      'families: [{ family: logistic }]',
      'evaluation: { k: [10], bootstrap: 50 }',
      more,
    ].join('\n'),
  };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(dir, name), text);
  return path.join(dir, 'table.yaml');
}
