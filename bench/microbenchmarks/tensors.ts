import path from 'node:path';
import { loadBackend } from '../../models/backend';
import { encode, encodedWidth, fitEncoder } from '../../models/preprocessing/encoder';
import { readMatrix } from '../../platform/matrices/read-matrix';
import { numericColumns } from './columns';

/**
 * Seconds from a matrix file to a tensor of its numbers, and to one that a network trains on: tensors <file> <columns>.
 */
async function main(file: string, width: number): Promise<void> {
  const { tf } = await loadBackend();
  const columns = numericColumns(width);
  const began = performance.now();
  const data = await readMatrix(file, columns, path.dirname(file));
  const read = performance.now();
  const raw = tf.tensor2d(rowMajor([...data.numeric.values()], data.n), [data.n, width]);
  raw.dataSync();
  const plain = (performance.now() - began) / 1000;
  const apart = performance.now() - read;
  raw.dispose();
  const rows = Array.from({ length: data.n }, (_, row) => row);
  const encoder = fitEncoder(data, columns, rows, 'quantile-normal');
  const tensor = tf.tensor2d(encode(encoder, data, rows), [data.n, encodedWidth(encoder)]);
  tensor.dataSync();
  process.stdout.write(`${JSON.stringify({ plain, encoded: (performance.now() - began - apart) / 1000 })}\n`);
}

/** Columns as rows of float32, a block of rows at a time. */
function rowMajor(columns: readonly Float64Array[], n: number): Float32Array {
  const out = new Float32Array(n * columns.length);
  const block = 2048;
  for (let begin = 0; begin < n; begin += block)
    columns.forEach((values, j) => {
      for (let i = begin; i < Math.min(n, begin + block); i++) out[i * columns.length + j] = values[i]!;
    });
  return out;
}

void main(process.argv[2]!, Number(process.argv[3]));
