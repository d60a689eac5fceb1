// The table of the architecture page: every step of domain/steps.ts with the files that bear its name, layer by layer.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../lib/util.mjs';
import { loadSource } from './source.mjs';
import { table } from './write.mjs';

const LAYERS = ['application', 'workflows', 'activities', 'models', 'platform', 'domain'];
const SHOWN = 2;

const filesOf = (layer) =>
  fs
    .readdirSync(path.join(ROOT, layer), { recursive: true })
    .filter((file) => /(?<!\.gen)\.ts$/.test(file))
    .sort();

/** Files that begin with the step's word; else those of a folder that does; else those that hold it after a hyphen. */
function named({ id, file = id }, layer) {
  const files = filesOf(layer);
  const shapes = [`(^|/)(${file})[^/]*$`, `(^|/)(${file})[^/]*/`, `-(${file})[^/]*$`];
  const found = shapes
    .map((shape) => files.filter((one) => new RegExp(shape).test(one)))
    .find((some) => some.length > 0);
  return (found ?? []).sort((one, other) => one.length - other.length).slice(0, SHOWN);
}

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
