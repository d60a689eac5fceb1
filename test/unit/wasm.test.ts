import { Rng } from '../../domain/rng';
import { familySchema, type NetworkSpec } from '../../domain/schemas/families';
import { additive } from '../../models/architectures/additive';
import { mlp } from '../../models/architectures/mlp';
import { tabmMini } from '../../models/architectures/tabm-mini';
import { loadBackend, type Tf } from '../../models/backend';
import type { Network, Rows } from '../../models/nn/network';
import { trainNetwork } from '../../models/nn/train';

/** Where the native addon cannot be built; in a file of its own because a process has one engine. */
let tf: Tf;
beforeAll(async () => {
  const loaded = await loadBackend('wasm');
  tf = loaded.tf;
  expect(loaded.engine.backend).toBe('wasm');
});

const rng = new Rng('wasm');
const x = Float32Array.from({ length: 3 * 300 }, () => rng.normal());
const rows: Rows = { x, y: Float32Array.from({ length: 300 }, (_, i) => (rng.chance(x[3 * i]! > 0 ? 0.8 : 0.1) ? 1 : 0)), width: 3 };
const inputs = ['a', 'b', 'c'].map((feature) => ({ feature, kind: 'value' as const }));
const NETWORKS: Readonly<Record<NetworkSpec['family'], (spec: NetworkSpec) => Network>> = {
  mlp: (spec) => mlp(spec as Parameters<typeof mlp>[0]),
  'tabm-mini': (spec) => tabmMini(spec as Parameters<typeof tabmMini>[0]),
  additive: (spec) => additive(spec as Parameters<typeof additive>[0]),
};

test.each([
  { family: 'mlp', dropout: 0.2 },
  { family: 'mlp', embedding: { kind: 'piecewise-linear', bins: 4 } },
  { family: 'mlp', embedding: { kind: 'periodic', frequencies: 2 } },
  { family: 'tabm-mini', submodels: 4, width: 16 },
  { family: 'tabm-mini', submodels: 4, width: 16, embedding: { kind: 'piecewise-linear', bins: 4 } },
  { family: 'tabm-mini', submodels: 4, width: 16, embedding: { kind: 'periodic', frequencies: 2 } },
  { family: 'additive', pairs: 0 },
])('%j learns and leaves no tensor', (settings) => {
  const spec = familySchema.parse({ learningRate: 0.02, batchSize: 64, ...settings }) as NetworkSpec;
  const before = tf.memory().numTensors;
  const loss = (epochs: number) => trainNetwork(tf, NETWORKS[spec.family](spec), spec, rows, inputs, { epochs, validation: rows }, 1).validationLoss!; // prettier-ignore
  expect(loss(12)).toBeLessThan(0.9 * loss(1));
  expect(tf.memory().numTensors).toBe(before);
});
