// Checks docker-compose.yml against the compose specification's schema (check-jsonschema, hash-locked).
import path from 'node:path';
import { ensureBootPython, uvEnvironment } from './lib/bootstrap.mjs';
import { main, ROOT, run, sha256Files, STACK, step } from './lib/util.mjs';

await main(() => {
  const dir = path.join(STACK, 'compose-check');
  const lock = path.join(ROOT, 'python/compose-check.lock');
  const uv = ensureBootPython();
  step('compose check', sha256Files([lock]) + dir, () => {
    const env = uvEnvironment();
    run(uv, ['venv', '-q', '--clear', '--python', '>=3.10,<3.14', dir], { env });
    run(uv, ['pip', 'sync', '-q', '--require-hashes', '--only-binary', ':all:', '--python', path.join(dir, 'bin/python'), lock], { env });
  });
  process.stdout.write(
    run(path.join(dir, 'bin/check-jsonschema'), ['--builtin-schema', 'vendor.compose-spec', path.join(ROOT, 'docker-compose.yml')]),
  );
});
