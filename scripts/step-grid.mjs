// Prints the grid of steps and layers: for each step of domain/steps.ts the file that bears its name in every layer
// where the step says it has one, and a test. Fails if a cell has no file, or too few are declared: npm run check:steps
import { loadSource } from './docs/source.mjs';
import { main } from './lib/runtime.mjs';
import { filesOfStep } from './lib/step-files.mjs';

const ENOUGH = 65;

await main(() => {
  const { STEPS } = loadSource('domain/steps.ts');
  let cells = 0;
  let named = 0;
  for (const step of STEPS) {
    console.log(step.id);
    for (const layer of [...step.layers, 'test']) {
      const [file] = filesOfStep(step, layer);
      cells++;
      if (file) named++;
      console.log(`  ${layer.padEnd(12)} ${file ? `${layer}/${file}` : '-'}`);
    }
  }
  console.log(`${named} of ${cells} cells bear the step's name`);
  return named < cells || named < ENOUGH ? 1 : 0;
});
