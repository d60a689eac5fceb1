import fs from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { ROOT } from '../../platform/config/env';

/** Bundle of the workflows, made once at build time so that workers start in a fraction of a second. */
export const BUNDLE = path.join(ROOT, 'dist/workflow-bundle.js');

if (require.main === module) {
  bundleWorkflowCode({ workflowsPath: path.join(ROOT, 'dist/workflows/index.js'), logger: new DefaultLogger('ERROR') })
    .then(({ code }) => fs.writeFileSync(BUNDLE, code))
    .catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    });
}
