// Which files bear the name of a step of domain/steps.ts.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './util.mjs';

const filesOf = (folder) =>
  fs
    .readdirSync(path.join(ROOT, folder), { recursive: true })
    .filter((file) => /(?<!\.gen)\.tsx?$/.test(file))
    .sort();

/**
 * Files of a folder that begin with the step's word; else those of a subfolder that does; else those that hold it
 * after a hyphen. The shortest path comes first.
 */
export function filesOfStep({ id, file = id }, folder) {
  const files = filesOf(folder);
  const shapes = [`(^|/)(${file})[^/]*$`, `(^|/)(${file})[^/]*/`, `-(${file})[^/]*$`];
  const found = shapes
    .map((shape) => files.filter((one) => new RegExp(shape).test(one)))
    .find((some) => some.length > 0);
  return (found ?? []).sort((one, other) => one.length - other.length);
}
