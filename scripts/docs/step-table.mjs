// Tables of the steps of domain/steps.ts: where to start reading each (README), and its files layer by layer
// (architecture page).
import { cellsOf } from '../lib/step-files.mjs';
import { loadSource } from './source.mjs';
import { table } from './write.mjs';

const inCode = ({ file }) => `\`${file}\``;

export async function stepTable(pages) {
  const { STEPS } = loadSource('domain/steps.ts');
  const { LAYERS } = loadSource('domain/step-declaration.ts');
  const steps = STEPS.map((step) => {
    const cells = cellsOf(step, LAYERS).filter(({ layer }) => layer !== 'test');
    return { ...step, start: cells.find(({ layer }) => layer === step.main), cells };
  });
  const rows = steps.map(({ en, makes, start, cells }) => [
    en,
    makes,
    [`**${inCode(start)}**`, ...cells.filter((one) => one !== start).map(inCode)].join(', '),
  ]);
  await pages.region('docs/explanation/architecture.md', 'steps', table(['step', 'makes', 'files'], rows));
  const list = steps.map(({ en, start }) => `- ${en}: ${inCode(start)}`).join('\n');
  await pages.region('README.md', 'steps', list);
}
