// npm run docs: makes the generated reference and benchmark pages, and builds the site into dist/docs, without network.
//   npm run docs -- --check   only says which generated pages are not what their sources give
//   npm run docs -- --dev     serves the site while pages are written
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { adrIndex } from './docs/adr-index.mjs';
import { benchmarkPages, resultsWithoutPage } from './docs/benchmark-pages.mjs';
import { checkCommands } from './docs/command-check.mjs';
import { apiPage, cliPage, environmentPage, featuresPage } from './docs/catalogue-pages.mjs';
import { refuseExternalRequests, writeHashes } from './docs/content-policy.mjs';
import { coveredTables } from './docs/covered-tables.mjs';
import { checkLinks } from './docs/link-check.mjs';
import { checkPaths } from './docs/path-check.mjs';
import { schemaPages } from './docs/schema-pages.mjs';
import { stepTable } from './docs/step-table.mjs';
import { Pages } from './docs/write.mjs';
import { main } from './lib/runtime.mjs';
import { ROOT, say, SetupError } from './lib/util.mjs';

const SITE = path.join(ROOT, 'dist/docs');
const VITEPRESS = path.join(ROOT, 'node_modules/vitepress/bin/vitepress.js');
const GENERATORS = [
  benchmarkPages,
  schemaPages,
  featuresPage,
  cliPage,
  environmentPage,
  apiPage,
  adrIndex,
  stepTable,
  coveredTables,
];

async function generate(check) {
  const pages = new Pages(check);
  for (const make of GENERATORS) await make(pages);
  const left = resultsWithoutPage();
  if (left.length > 0) throw new SetupError(`no page of docs/benchmarks shows bench/results/${left.join(', ')}`);
  pages.finish();
  checkCommands();
  checkLinks();
  checkPaths();
}

function vitepress(command) {
  const quiet = command === 'build';
  const { status, stderr } = spawnSync(process.execPath, [VITEPRESS, command, 'docs', '--host', '127.0.0.1'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: quiet ? ['ignore', 'ignore', 'pipe'] : 'inherit',
  });
  if (status !== 0)
    throw new SetupError(`the site was not built: a link leads nowhere, or a page cannot be read.\n${stderr ?? ''}`);
}

await main(async () => {
  const options = process.argv.slice(2);
  await generate(options.includes('--check'));
  if (options.includes('--check')) return 0;
  if (options.includes('--dev')) return vitepress('dev');
  vitepress('build');
  fs.copyFileSync(path.join(ROOT, 'docs/openapi.json'), path.join(SITE, 'openapi.json'));
  refuseExternalRequests(SITE);
  say(`dist/docs is built; ${writeHashes(SITE)} inline scripts are named in csp-hashes.json`);
  return 0;
});
