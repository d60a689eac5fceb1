// The files of a step of domain/steps.ts, layer by layer.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './util.mjs';

/**
 * Cells of a step in the order of the layers: the declared path, and what is wrong with it, if anything. A path bears
 * the step's name where its file or a folder begins with the step's word, or holds it after a hyphen.
 */
export function cellsOf({ id, word = id, files }, layers) {
  const bears = new RegExp(`(^|[/-])(${word})`);
  return Object.keys(layers)
    .filter((layer) => layer in files)
    .map((layer) => {
      const file = `${layers[layer]}/${files[layer]}`;
      const fault = !fs.existsSync(path.join(ROOT, file))
        ? 'does not exist'
        : !bears.test(files[layer])
          ? "does not bear the step's name"
          : undefined;
      return { layer, file, fault };
    });
}
