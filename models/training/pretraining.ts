import { invalid } from '../../domain/errors';
import type { NetworkSpec } from '../../domain/families';
import type { MatrixData, MatrixMeta } from '../../domain/schemas/matrix';
import type { Tf } from '../backend';
import type { DenseRows, NamedTensor, Network } from '../nn/network';
import { trainNetwork } from '../nn/train';
import { encode, encodedWidth, type EncoderState, inputColumns } from '../preprocessing/encoder';

/**
 * The pretraining task: all active providers of a day, and which of them have many hits of the rule engine. Labels are
 * few and only known of providers that had a control case; rule hits are known of the whole population. A network that
 * can predict them from everything else has learned the structure of the bills before it sees its first label.
 */
export interface PretrainingTarget {
  readonly population: MatrixData;
  /** Column with the number of rule hits. */
  readonly hits: string;
  /** Column with the size that hits are relative to. */
  readonly size: string | undefined;
  /** Columns that would give the target away: masked in pretraining. */
  readonly masked: readonly string[];
}

/** Share of the population in the positive class: those with the most hits relative to size. */
const POSITIVE_SHARE = 0.25;
const VALIDATION_SHARE = 0.2;
const MAX_EPOCHS = 15;
const MIN_PROVIDERS = 100;

/** Columns that the pretraining target is made of, whether or not they are features of the model. */
export const pretrainingColumns = ({ baselines: { ruleHits, size } }: MatrixMeta): string[] =>
  [ruleHits, size].filter((name) => name !== undefined);

/** @throws UtplukkError InvalidInput where the matrix names no columns with rule hits, or holds too few providers */
export function pretrainingTarget(population: MatrixData, { baselines }: MatrixMeta): PretrainingTarget {
  const { ruleHits, size, ruleFeatures } = baselines;
  if (ruleHits === undefined || !ruleFeatures || !population.numeric.has(ruleHits))
    throw invalid(
      'the matrix does not say which columns hold rule hits, so networks cannot be pretrained on them',
      'Leave `pretrain` out, or build the matrix again.',
    );
  if (population.n < MIN_PROVIDERS)
    throw invalid(
      `${population.n} active providers are too few to pretrain on: at least ${MIN_PROVIDERS} are needed`,
      'Leave `pretrain` out.',
    );
  return { population, hits: ruleHits, size, masked: ruleFeatures };
}

/** 1 for the quarter of the providers with the most rule hits relative to size, else 0; unknown hits count as none. */
export function ruleHitLabels({ population, hits, size }: PretrainingTarget): Float32Array {
  const sizes = size === undefined ? undefined : population.numeric.get(size);
  const rate = Float64Array.from(population.numeric.get(hits)!, (value, row) => {
    const denominator = sizes ? sizes[row]! : 1;
    return denominator > 0 && value >= 0 ? value / denominator : 0;
  });
  const order = Array.from(rate, (_, row) => row).sort(
    (a, b) => rate[b]! - rate[a]! || (population.rowId[a]! < population.rowId[b]! ? -1 : 1),
  );
  const labels = new Float32Array(population.n);
  for (const row of order.slice(0, Math.round(POSITIVE_SHARE * population.n))) labels[row] = rate[row]! > 0 ? 1 : 0;
  return labels;
}

/** The encoded population with masked columns set to 0; every fifth row, in the order of ids, validates. */
function pretrainingRows(
  target: PretrainingTarget,
  encoder: EncoderState,
): { train: DenseRows; validation: DenseRows } {
  const { population } = target;
  const y = ruleHitLabels(target);
  const width = encodedWidth(encoder);
  const isMasked = inputColumns(encoder).map(({ feature }) => target.masked.includes(feature));
  const every = Math.round(1 / VALIDATION_SHARE);
  const order = Array.from(y, (_, row) => row).sort((a, b) => (population.rowId[a]! < population.rowId[b]! ? -1 : 1));
  const encoded = (rows: readonly number[]): DenseRows => ({
    x: encode(encoder, population, rows).map((value, i) => (isMasked[i % width] ? 0 : value)),
    y: Float32Array.from(rows, (row) => y[row]!),
    width,
  });
  return {
    train: encoded(order.filter((_, i) => i % every !== 0)),
    validation: encoded(order.filter((_, i) => i % every === 0)),
  };
}

/**
 * Pretrains the network of each member on the rule hits of the population, with early stopping on held-out providers.
 * @returns weights for each member
 */
export function pretrain(
  tf: Tf,
  network: Network,
  spec: NetworkSpec,
  encoder: EncoderState,
  target: PretrainingTarget,
  seed: number,
): NamedTensor[][] {
  const { train, validation } = pretrainingRows(target, encoder);
  const schedule = { epochs: Math.min(MAX_EPOCHS, spec.maxEpochs), validation };
  const inputs = inputColumns(encoder);
  const settings = { ...spec, loss: { positiveWeight: 1, focalGamma: 0 } };
  return Array.from({ length: spec.members }, (_, member) => [
    ...trainNetwork(tf, network, settings, train, inputs, schedule, seed, member, 'rule-hits').tensors,
  ]);
}
