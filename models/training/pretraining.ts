import { invalid } from '../../domain/errors';
import type { MatrixData, MatrixMeta } from '../../domain/schemas/matrix';
import type { NetworkSpec } from '../../domain/families';
import type { Tf } from '../backend';
import type { NamedTensor, Network, Rows } from '../nn/network';
import { trainNetwork } from '../nn/train';
import { encode, encodedWidth, type EncoderState, inputColumns } from '../preprocessing/encoder';

/**
 * What a network is begun on: all active providers of a day, and what the rule engine stopped of theirs. Outcomes are few and
 * of those who were controlled; rule hits are known of everybody, and a network that can tell them from everything else it
 * is shown has learnt what bills of that kind look like before it sees its first outcome.
 */
export interface Pretraining {
  readonly population: MatrixData;
  /** Columns with the hits, and the size that they are seen against. */
  readonly hits: string;
  readonly size: string | undefined;
  /** Columns that say the same in other ways: hidden from the network while it is begun. */
  readonly hidden: readonly string[];
}

/** Those with the most hits for their size are to be told from the others. */
const MANY = 0.25;
const VALIDATION_SHARE = 0.2;
const EPOCHS = 15;
const MIN_ACTORS = 100;

/** Columns that are read of everybody whether or not they are features of the model. */
export const pretrainingColumns = ({ baselines: { ruleHits, size } }: MatrixMeta): string[] =>
  [ruleHits, size].filter((name) => name !== undefined);

/** @throws UtplukkError InvalidInput where the source does not say which columns hold rule hits, or holds too few providers */
export function pretrainingOf(population: MatrixData, { baselines }: MatrixMeta): Pretraining {
  const { ruleHits, size, ruleFeatures } = baselines;
  if (ruleHits === undefined || !ruleFeatures || !population.numeric.has(ruleHits))
    throw invalid(
      'the matrix does not say which columns hold rule hits, so no network can be begun on them',
      'Leave `pretrain` out, or have the matrix made anew.',
    );
  if (population.n < MIN_ACTORS)
    throw invalid(
      `${population.n} active providers are too few to begin a network on: at least ${MIN_ACTORS}`,
      'Leave `pretrain` out.',
    );
  return { population, hits: ruleHits, size, hidden: ruleFeatures };
}

/** 1 for the quarter with the most hits for their size, 0 for the others and for those of whom it is not known. */
export function manyHits({ population, hits, size }: Pretraining): Float32Array {
  const [of, against] = [population.numeric.get(hits)!, size === undefined ? undefined : population.numeric.get(size)];
  const share = Float64Array.from(of, (value, row) => {
    const under = against ? against[row]! : 1;
    return under > 0 && value >= 0 ? value / under : 0;
  });
  const order = Array.from(share, (_, row) => row).sort(
    (a, b) => share[b]! - share[a]! || (population.rowId[a]! < population.rowId[b]! ? -1 : 1),
  );
  const target = new Float32Array(population.n);
  for (const row of order.slice(0, Math.round(MANY * population.n))) target[row] = share[row]! > 0 ? 1 : 0;
  return target;
}

/** Everybody as the encoder writes them, the hidden columns empty; every fifth row validates. */
function rowsOf(given: Pretraining, encoder: EncoderState): { train: Rows; validation: Rows } {
  const y = manyHits(given);
  const width = encodedWidth(encoder);
  const hidden = inputColumns(encoder).map(({ feature }) => given.hidden.includes(feature));
  const every = Math.round(1 / VALIDATION_SHARE);
  const order = Array.from(y, (_, row) => row).sort((a, b) =>
    given.population.rowId[a]! < given.population.rowId[b]! ? -1 : 1,
  );
  const part = (rows: readonly number[]): Rows => ({
    x: encode(encoder, given.population, rows).map((value, i) => (hidden[i % width] ? 0 : value)),
    y: Float32Array.from(rows, (row) => y[row]!),
    width,
  });
  return {
    train: part(order.filter((_, i) => i % every !== 0)),
    validation: part(order.filter((_, i) => i % every === 0)),
  };
}

/**
 * The arrays that each member's network is begun with: trained on everybody's rule hits, stopped by those held out.
 * @returns one set of arrays for each member
 */
export function begin(
  tf: Tf,
  network: Network,
  spec: NetworkSpec,
  encoder: EncoderState,
  given: Pretraining,
  seed: number,
): NamedTensor[][] {
  const { train, validation } = rowsOf(given, encoder);
  const stop = { epochs: Math.min(EPOCHS, spec.maxEpochs), validation };
  const inputs = inputColumns(encoder);
  const whole = { ...spec, loss: { positiveWeight: 1, focalGamma: 0 } };
  return Array.from({ length: spec.members }, (_, member) => [
    ...trainNetwork(tf, network, whole, train, inputs, stop, seed, member, 'rule-hits').tensors,
  ]);
}
