// npm run generate: what is made from the routes of the API and committed: docs/openapi.json, docs/access.md, the types of
// the web's client.
import path from 'node:path';
import { build } from './lib/build.mjs';
import { main } from './lib/runtime.mjs';
import { ROOT, run } from './lib/util.mjs';

await main(() => {
  build();
  run(process.execPath, [path.join(ROOT, 'dist/apps/api/write-openapi.js')]);
  const cli = path.join(ROOT, 'node_modules/openapi-typescript/bin/cli.js');
  run(process.execPath, [cli, 'docs/openapi.json', '-o', 'apps/web/src/api/schema.gen.ts']);
  run(process.execPath, [
    path.join(ROOT, 'node_modules/prettier/bin/prettier.cjs'),
    '--write',
    'docs/openapi.json',
    'docs/access.md',
  ]);
});
