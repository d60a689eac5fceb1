// One set of real servers a test run, on free ports, in a folder of its own; each test file clones a database from a
// migrated template and gets a Temporal namespace. A failure here stops the run with its sentence.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

module.exports = async () => {
  const { startServices } = await import('../../scripts/lib/stack.mjs');
  const { migrate } = await import('../../scripts/lib/product.mjs');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-test-'));
  fs.chmodSync(dir, 0o755);
  try {
    const given = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(DATABASE_|TEMPORAL_|MLFLOW_|OIDC_|UTPLUKK_)/.test(name)),
    );
    const { env, owner, supervisor } = await startServices({ dir, given, log: () => {} });
    globalThis.__servers = { supervisor, dir };
    migrate({ ...env, ...owner }); // the database "utplukk" is the template from here on
    Object.assign(process.env, env, owner, { UTPLUKK_SESSION: path.join(dir, 'session.json') });
  } catch (error) {
    fs.rmSync(dir, { recursive: true, force: true });
    throw error;
  }
};
