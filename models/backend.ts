import fs from 'node:fs';
import type * as TensorFlow from '@tensorflow/tfjs';
import { UtplukkError } from '../domain/errors';

export type Tf = typeof TensorFlow;

/** Everything that decides the bits of a result: the same fingerprint gives the same bytes. */
export interface RuntimeFingerprint {
  readonly backend: 'tensorflow' | 'wasm' | 'cpu';
  readonly tensorflow: string;
  readonly tfjs: string;
  readonly node: string;
  readonly threads: string;
  readonly oneDnn: string;
  readonly isa: string;
  readonly cpuFeatures: string;
  /** Set where `npm run dev` computed it, from sources that no build holds: such a version cannot be promoted. */
  readonly development?: 'yes';
}

/**
 * Environment of every process that computes: threads and instruction set are pinned, so that machines of one CPU
 * family give the same bits. The parent sets it before TensorFlow loads, which reads it once.
 */
export const PINNED_ENVIRONMENT = {
  TF_CPP_MIN_LOG_LEVEL: '2',
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  TF_ENABLE_ONEDNN_OPTS: '1',
  ONEDNN_MAX_CPU_ISA: 'AVX2',
} as const;

/** CPU instruction sets that affect results, from /proc/cpuinfo. */
function cpuFeatures(): string {
  try {
    const flags = new Set(/^flags\s*:\s*(.*)$/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []);
    return ['sse4_2', 'avx', 'avx2', 'fma'].filter((flag) => flags.has(flag)).join('+');
  } catch {
    return process.arch;
  }
}

let loaded: Promise<{ tf: Tf; runtime: RuntimeFingerprint }> | undefined;

/**
 * Loads TensorFlow.js once: the native backend where it is built, else WASM. No other file selects a backend.
 * @throws UtplukkError EngineMissing where the native backend is asked for by name and does not load
 */
export function loadBackend(
  wanted: string | undefined = process.env['UTPLUKK_TFJS_BACKEND'],
): Promise<{ tf: Tf; runtime: RuntimeFingerprint }> {
  loaded ??= load(wanted);
  return loaded;
}

/** Version of the native library; the types of the backend do not declare it. */
function libraryVersion(backend: object): string {
  const binding: unknown = Reflect.get(backend, 'binding');
  if (typeof binding === 'object' && binding !== null && 'TF_Version' in binding) return String(binding.TF_Version);
  throw new Error('the native backend does not report its TensorFlow version');
}

/**
 * Makes copies of tensors share memory on the WASM backend, as on the others. Gradients keep copies of their inputs,
 * and no kernel writes into its inputs.
 */
function shareCopies(tf: Tf): void {
  const name = { kernelName: tf.Identity, backendName: 'wasm' };
  tf.unregisterKernel(name.kernelName, name.backendName);
  tf.registerKernel({
    ...name,
    kernelFunc: ({ inputs, backend }) => {
      const x = inputs['x'] as TensorFlow.TensorInfo;
      (backend as TensorFlow.KernelBackend).incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  });
}

async function load(wanted: string | undefined): Promise<{ tf: Tf; runtime: RuntimeFingerprint }> {
  const common = {
    node: process.versions.node,
    threads: process.env['TF_NUM_INTRAOP_THREADS'] ?? 'default',
    oneDnn: process.env['TF_ENABLE_ONEDNN_OPTS'] ?? 'default',
    isa: process.env['ONEDNN_MAX_CPU_ISA'] ?? 'default',
    cpuFeatures: cpuFeatures(),
    ...(process.env['UTPLUKK_DEVELOPMENT'] === '1' ? { development: 'yes' as const } : {}),
  };
  if (wanted !== 'wasm') {
    try {
      const tf: Tf = await import('@tensorflow/tfjs-node');
      return {
        tf,
        runtime: {
          backend: 'tensorflow',
          tensorflow: libraryVersion(tf.backend()),
          tfjs: tf.version['tfjs-core'],
          ...common,
        },
      };
    } catch (error) {
      if (wanted === 'tensorflow')
        throw new UtplukkError(
          'EngineMissing',
          `native TensorFlow does not load: ${(error as Error).message.split('\n')[0]}`,
          'Run `npx utplukk doctor`.',
        );
    }
  }
  const tf = (await import('@tensorflow/tfjs')) as Tf;
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  await tf.ready();
  shareCopies(tf);
  return { tf, runtime: { backend: 'wasm', tensorflow: 'none', tfjs: tf.version['tfjs-core'], ...common } };
}
