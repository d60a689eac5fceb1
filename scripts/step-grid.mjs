// Prints the grid of steps and layers: for each step of domain/steps.ts the file of every layer where the step says it
// has one, and its test. Fails if a file is missing or does not bear the step's name, or if too few are declared:
// npm run check:steps
import { loadSource } from './docs/source.mjs';
import { main } from './lib/runtime.mjs';
import { cellsOf } from './lib/step-files.mjs';

const ENOUGH = 65;

await main(() => {
  const { STEPS } = loadSource('domain/steps.ts');
  const { LAYERS } = loadSource('domain/step-declaration.ts');
  const cells = STEPS.flatMap((step) => {
    const own = cellsOf(step, LAYERS);
    console.log(step.id);
    for (const { layer, file, fault } of own)
      console.log(`  ${layer.padEnd(12)} ${file}${layer === step.main ? ' (main)' : ''}${fault ? `: ${fault}` : ''}`);
    return own;
  });
  const named = cells.filter(({ fault }) => !fault).length;
  console.log(`${named} of ${cells.length} cells bear the step's name`);
  return named < cells.length || named < ENOUGH ? 1 : 0;
});
