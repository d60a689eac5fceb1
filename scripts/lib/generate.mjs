// What is made from the sources and committed: made anew, or compared with what stands.
import fs from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { ROOT, run, SetupError } from './util.mjs';

/** Each generator with what it writes; files in a list that Prettier formats are named in `format`. */
const GENERATORS = [
  {
    make: () => run(process.execPath, [path.join(ROOT, 'dist/apps/api/write-openapi.js')]),
    writes: ['docs/openapi.json', 'docs/access.md'],
    format: true,
  },
  {
    make: () =>
      run(process.execPath, [
        path.join(ROOT, 'node_modules/openapi-typescript/bin/cli.js'),
        'docs/openapi.json',
        '-o',
        'apps/web/src/api/schema.gen.ts',
      ]),
    writes: ['apps/web/src/api/schema.gen.ts'],
    format: false,
  },
];

const read = (name) => {
  const file = path.join(ROOT, name);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
};

/** With `check`, what was out of date is written too, and named. */
export function generate({ check = false } = {}) {
  build();
  const names = GENERATORS.flatMap(({ writes }) => writes);
  const before = new Map(names.map((name) => [name, read(name)]));
  for (const { make, writes, format } of GENERATORS) {
    make();
    if (format)
      run(process.execPath, [path.join(ROOT, 'node_modules/prettier/bin/prettier.cjs'), '--write', ...writes]);
  }
  const stale = names.filter((name) => read(name) !== before.get(name));
  if (check && stale.length > 0)
    throw new SetupError(`made from the sources and out of date: ${stale.join(', ')}. Commit what was written now.`);
}
