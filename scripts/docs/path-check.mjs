// Files and folders of the project that a document names must exist; `<name>` in a path stands for any.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, run, SetupError } from '../lib/util.mjs';

const TIERS = 'apps|application|workflows|activities|compute|models|platform|simulation|domain|migrations';
const NAMED = new RegExp(`\`((?:${TIERS}|scripts|bench|test)/[\\w./-]+)\``, 'g');

export function checkPaths() {
  const listed = run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md']).split('\n');
  const gone = listed
    .filter((file) => file !== '' && file !== 'CHANGELOG.md' && fs.existsSync(path.join(ROOT, file)))
    .flatMap((file) =>
      [...fs.readFileSync(path.join(ROOT, file), 'utf8').matchAll(NAMED)]
        .map(([, name]) => name)
        .filter((name) => !fs.existsSync(path.join(ROOT, name)))
        .map((name) => `${file}: ${name}`),
    );
  if (gone.length > 0) throw new SetupError(`documents name files that do not exist:\n  ${gone.join('\n  ')}`);
}
