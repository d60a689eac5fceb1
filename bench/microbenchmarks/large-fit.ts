import { Rng } from '../../domain/rng';
import { familySchema } from '../../domain/families';
import type { MatrixData } from '../../domain/schemas/matrix';
import { loadBackend } from '../../models/backend';
import { fitRows } from '../../models/training/fit';
import { scoreRows } from '../../models/scoring';
import { averagePrecision } from '../models/scores';
import { numericColumns } from './columns';

/**
 * One TabM-mini on made-up rows: large-fit <rows> <columns>. A tenth of the columns say something, four in five rows
 * train.
 */
async function main(rows: number, width: number): Promise<void> {
  const { tf } = await loadBackend();
  const rng = new Rng('large');
  const columns = numericColumns(width);
  const numeric = new Map(columns.map(({ name }) => [name, Float64Array.from({ length: rows }, () => rng.normal())]));
  const weights = Array.from({ length: width / 10 }, () => rng.normal());
  const informative = columns.slice(0, width / 10).map(({ name }) => numeric.get(name)!);
  const label = Float64Array.from({ length: rows }, (_, row) => {
    const score = informative.reduce(
      (sum, values, i) => sum + weights[i]! * (i % 3 ? values[row]! : Math.abs(values[row]!) - 0.8),
      0,
    );
    return rng.chance(1 / (1 + Math.exp(-(score / 4 - 2)))) ? 1 : 0;
  });
  const text = (value: string) => Array<string>(rows).fill(value);
  const data: MatrixData = {
    n: rows,
    rowId: Array.from({ length: rows }, (_, row) => `r${row}`),
    entity: Array.from({ length: rows }, (_, row) => `e${row}`),
    asOf: text('2024-01-01'),
    group: text('LE'),
    label,
    labelKnownOn: text('2024-06-01'),
    amountOre: new Float64Array(rows),
    numeric,
    categorical: new Map(),
  };
  const cut = Math.round(rows * 0.8);
  const [inner, validation] = [
    Array.from({ length: cut }, (_, row) => row),
    Array.from({ length: rows - cut }, (_, i) => cut + i),
  ];
  const began = performance.now();
  const { model } = fitRows(
    tf,
    familySchema.parse({ family: 'tabm-mini', members: 1 }),
    data,
    columns,
    { inner, validation },
    1,
  );
  const seconds = (performance.now() - began) / 1000;
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  const scores = scoreRows(tf, model, data, validation);
  const epochs = Number(model.selected['epochs'] ?? Number.NaN);
  process.stdout.write(
    `${JSON.stringify({
      seconds,
      peakMiB,
      epochs,
      averagePrecision: averagePrecision(
        validation.map((row) => label[row]!),
        scores,
      ),
    })}\n`,
  );
}

void main(Number(process.argv[2]), Number(process.argv[3]));
