// The table of the architecture page: every step of domain/steps.ts with the file that bears its name in each layer.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../lib/util.mjs';
import { loadSource } from './source.mjs';
import { table } from './write.mjs';

const LAYERS = ['application', 'activities', 'compute', 'models', 'platform', 'domain'];

function sources(dir) {
  const root = path.join(ROOT, dir);
  if (!fs.existsSync(root)) return [];
  return fs
    .readdirSync(root, { recursive: true })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${dir}/${file}`);
}

/** The file of a layer that is named after a step, or the folder that is. */
function named(step, layer) {
  const files = sources(layer);
  const own = files.find((file) => path.basename(file, '.ts') === step);
  const folder = files.find((file) => path.dirname(file).split('/').includes(step));
  const beginning = files.find((file) => path.basename(file).startsWith(`${step}-`));
  return own ?? (folder ? `${path.dirname(folder)}/` : beginning);
}

const idOf = (step) => (typeof step === 'string' ? step : step.id);

export async function stepTable(pages) {
  const { STEPS } = loadSource('domain/steps.ts');
  const steps = (Array.isArray(STEPS) ? STEPS : Object.keys(STEPS)).map(idOf);
  const rows = steps.map((step) => [
    step,
    ...LAYERS.map((layer) => named(step, layer)).map((file) => (file ? `\`${file}\`` : '')),
  ]);
  await pages.region('docs/explanation/architecture.md', 'steps', table(['step', ...LAYERS], rows));
}
