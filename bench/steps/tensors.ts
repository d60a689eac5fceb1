import path from 'node:path';
import { loadBackend } from '../../models/backend';
import { encode, encodedWidth, fitEncoder } from '../../models/preprocessing/encoder';
import { readMatrix } from '../../platform/snapshots/read-matrix';
import { numericColumns } from './columns';

/** Seconds from a matrix file to a tensor that a network trains on, and of them reading's: tensors <file> <columns>. */
async function main(file: string, width: number): Promise<void> {
  const { tf } = await loadBackend();
  const columns = numericColumns(width);
  const began = performance.now();
  const data = await readMatrix(file, columns, path.dirname(file));
  const reading = (performance.now() - began) / 1000;
  const rows = Array.from({ length: data.n }, (_, row) => row);
  const encoder = fitEncoder(data, columns, rows, 'quantile-normal');
  const tensor = tf.tensor2d(encode(encoder, data, rows), [data.n, encodedWidth(encoder)]);
  tensor.dataSync();
  process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - began) / 1000, reading })}\n`);
}

void main(process.argv[2]!, Number(process.argv[3]));
