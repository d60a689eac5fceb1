// The table of the architecture page: every step of domain/steps.ts with the files that bear its name, layer by layer.
import { filesOfStep } from '../lib/step-files.mjs';
import { loadSource } from './source.mjs';
import { table } from './write.mjs';

const LAYERS = ['application', 'workflows', 'activities', 'models', 'platform', 'domain'];
const SHOWN = 2;

const named = (step, layer) => filesOfStep(step, layer).slice(0, SHOWN);

export async function stepTable(pages) {
  const { STEPS } = loadSource('domain/steps.ts');
  const rows = STEPS.map((step) => {
    const files = LAYERS.filter((layer) => step.layers.includes(layer)).map((layer) =>
      named(step, layer)
        .map((file) => `\`${layer}/${file}\``)
        .join(', '),
    );
    return [step.en, step.makes, files.filter((text) => text !== '').join('; ')];
  });
  await pages.region('docs/explanation/architecture.md', 'steps', table(['step', 'makes', 'files'], rows));
}
