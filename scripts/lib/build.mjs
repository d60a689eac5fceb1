// Compiles TypeScript to dist/ and bundles the workflows, when their sources changed.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, run, sha256Files, STACK, step, takeLock } from './util.mjs';

export const DIST = path.join(ROOT, 'dist');
export const SOURCE_FOLDERS = [
  'domain',
  'models',
  'workflows',
  'activities',
  'application',
  'compute',
  'migrations',
  'platform',
  'apps',
  'simulation',
  'bench',
];

function sources(folder) {
  const dir = path.join(ROOT, folder);
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|css|html|mjs|json|sql)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

export function build() {
  const release = takeLock();
  try {
    const web = path.join(ROOT, 'apps/web') + path.sep;
    const files = SOURCE_FOLDERS.flatMap(sources);
    const key = sha256Files([
      ...files.filter((file) => !file.startsWith(web)),
      path.join(ROOT, 'tsconfig.build.json'),
      path.join(ROOT, 'tsconfig.json'),
      path.join(ROOT, 'package-lock.json'),
    ]);
    if (!fs.existsSync(path.join(ROOT, 'dist/workflow-bundle.js')))
      fs.rmSync(path.join(STACK, 'build.stamp'), { force: true });
    step('build', key, () => {
      for (const name of fs.existsSync(DIST) ? fs.readdirSync(DIST) : [])
        if (!['web', 'docs'].includes(name)) fs.rmSync(path.join(DIST, name), { recursive: true });
      run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
      run(process.execPath, [path.join(ROOT, 'dist/apps/worker/bundle-workflows.js')]);
      // The verifier in one file: whoever gets it needs neither this project nor its packages.
      const bundled = [
        '--bundle',
        '--platform=node',
        '--target=node20',
        '--log-level=warning',
        '--legal-comments=inline',
      ];
      const to = path.join(ROOT, 'dist/verify-utplukk.cjs');
      run(path.join(ROOT, 'node_modules/@esbuild/linux-x64/bin/esbuild'), [
        path.join(ROOT, 'dist/apps/verifier/main.js'),
        ...bundled,
        `--outfile=${to}`,
      ]);
    });
    buildWeb(files.filter((file) => file.startsWith(web)));
  } finally {
    release();
  }
}

/** Says that what stands in dist/ is no longer what a build made, so that the next one makes it anew. */
export const forgetBuild = () => fs.rmSync(path.join(STACK, 'build.stamp'), { force: true });

/** The pages, with the part of the ledger's code that verifies in the browser. */
function buildWeb(files) {
  const shared = ['export-verifier', 'merkle', 'checkpoint'].map((name) =>
    path.join(ROOT, `platform/ledger/${name}.ts`),
  );
  if (!fs.existsSync(path.join(DIST, 'web/index.html'))) fs.rmSync(path.join(STACK, 'web.stamp'), { force: true });
  step('web', sha256Files([...files, ...shared, path.join(ROOT, 'package-lock.json')]), () => {
    const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
    run(process.execPath, [
      vite,
      'build',
      '--config',
      path.join(ROOT, 'apps/web/vite.config.mjs'),
      '--logLevel',
      'error',
    ]);
  });
}
