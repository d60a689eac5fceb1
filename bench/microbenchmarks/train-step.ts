import { Rng } from '../../domain/rng';
import { familySchema, type NetworkSpec } from '../../domain/families';
import { tabmMini } from '../../models/families/tabm-mini/network';
import { loadBackend } from '../../models/backend';
import { trainNetwork } from '../../models/nn/train';

/** Milliseconds of one training step: train-step <columns> <batch>. Set-up is taken off by training for two lengths. */
const STEPS = 60;
const EPOCHS = [1, 4] as const;

async function main([columns, batch]: readonly number[]): Promise<void> {
  const { tf } = await loadBackend();
  const rng = new Rng('step');
  const rows = STEPS * batch!;
  const train = {
    x: Float32Array.from({ length: rows * columns! }, () => rng.normal()),
    y: Float32Array.from({ length: rows }, () => (rng.chance(0.1) ? 1 : 0)),
    width: columns!,
  };
  const spec = familySchema.parse({ family: 'tabm-mini', batchSize: batch }) as Extract<
    NetworkSpec,
    { family: 'tabm-mini' }
  >;
  const inputs = Array.from({ length: columns! }, (_, i) => ({ feature: `x${i}`, kind: 'value' as const }));
  const milliseconds = (epochs: number) => {
    const began = performance.now();
    trainNetwork(tf, tabmMini(spec), spec, train, inputs, { epochs }, 'step');
    return performance.now() - began;
  };
  milliseconds(1); // whatever is made once
  const [short, long] = EPOCHS.map(milliseconds);
  process.stdout.write(`${JSON.stringify({ ms: (long! - short!) / ((EPOCHS[1] - EPOCHS[0]) * STEPS) })}\n`);
}

void main(process.argv.slice(2).map(Number));
