import fs from 'node:fs';
import { familySchema } from '../../domain/families';
import { loadBackend } from '../../models/backend';
import { fitRows } from '../../models/training/fit';
import { scoreRows } from '../../models/scoring';
import { loadSet, type SetName } from './sets';

/**
 * Fits one family on one split of one set and writes its scores: fit-one <folder> <set> <split> <family> <seed> <file>.
 */
async function main([folder, name, split, family, seed, file]: readonly string[]): Promise<void> {
  const set = await loadSet(folder!, name as SetName, Number(split));
  const { tf, runtime } = await loadBackend();
  // One network, as one boosted model stands beside it; the product's default averages three.
  const spec = familySchema.parse(family === 'logistic' ? { family } : { family, members: 1 });
  const before = process.cpuUsage();
  const { model } = fitRows(
    tf,
    spec,
    set.data,
    set.columns,
    { inner: set.parts.train, validation: set.parts.validation },
    Number(seed),
  );
  const { user, system } = process.cpuUsage(before);
  const scores = (rows: readonly number[]) => [...scoreRows(tf, model, set.data, rows)];
  const result = {
    seconds: (user + system) / 1e6,
    chosen: model.selected,
    runtime,
    validation: scores(set.parts.validation),
    test: scores(set.parts.test),
  };
  fs.writeFileSync(`${file!}.part`, JSON.stringify(result));
  fs.renameSync(`${file!}.part`, file!);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
