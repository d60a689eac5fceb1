// Checks docker-compose.yml against the compose specification's schema (check-jsonschema, hash-locked).
import path from 'node:path';
import { ensurePython } from './lib/bootstrap.mjs';
import { main } from './lib/runtime.mjs';
import { ROOT, run, STACK } from './lib/util.mjs';

await main(() => {
  const dir = path.join(STACK, 'compose-check');
  ensurePython('compose check', 'compose-check.lock', dir);
  process.stdout.write(
    run(path.join(dir, 'bin/check-jsonschema'), [
      '--builtin-schema',
      'vendor.compose-spec',
      path.join(ROOT, 'docker-compose.yml'),
    ]),
  );
});
