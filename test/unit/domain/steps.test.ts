import fs from 'node:fs';
import path from 'node:path';
import { progressText, STATES, STEPS } from '../../../domain/steps';
import { STAGE_STEPS } from '../../../domain/reproduction';

const ROOT = path.join(__dirname, '../../..');
const sourcesUnder = (folder: string): string[] =>
  fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));

const IDS: ReadonlySet<string> = new Set([...STEPS, ...STATES].map(({ id }) => id));
const CELLS = STEPS.flatMap(({ id, layers, ...step }) =>
  [...layers, 'test'].map((folder) => ({ id, folder, word: 'file' in step ? step.file : id })),
);

test('sixteen steps have 53 files in the layers, and a test each', () => {
  expect(STEPS).toHaveLength(16);
  expect(CELLS).toHaveLength(53 + 16);
});

test.each(CELLS)('$folder holds a file of the step $id', ({ folder, word }) => {
  // A file that begins with the step's word, or holds it after a hyphen; or any file of a folder that bears it.
  const bears = new RegExp(`(^|[/-])(${word})`);
  expect(sourcesUnder(folder).filter((file) => bears.test(file))).not.toEqual([]);
});

/** Ids that a workflow reports: the arguments of reportProgress, enter and end. */
function reportedIds(source: string): string[] {
  const calls = source.matchAll(/\b(?:reportProgress|\.enter|\.end)\(([^()]*)/g);
  return [...calls].flatMap(([, args]) => [...args!.matchAll(/'([^']+)'/g)].map(([, id]) => id!));
}

const reported = new Map(
  sourcesUnder('workflows').map((file) => [
    file,
    reportedIds(fs.readFileSync(path.join(ROOT, 'workflows', file), 'utf8')),
  ]),
);

test.each([...reported].filter(([, ids]) => ids.length > 0))('%s reports only steps and states', (_, ids) => {
  expect(ids.filter((id) => !IDS.has(id))).toEqual([]);
});

test('every workflow with several steps reports where it is', () => {
  const expected: Record<string, string[]> = {
    'train-model.ts': [
      'planning',
      'finished',
      'leakage',
      'training',
      'evaluation',
      'registration',
      'features',
      'extraction',
      'features',
      'labels',
      'features',
      'population',
      'tuning',
    ],
    'promote-model.ts': ['gates', 'gates-refused', 'decision', 'waiver'],
    'rescore.ts': ['champion', 'scoring', 'selection', 'finished', 'features', 'extraction', 'features'],
    'post-deployment-evaluation.ts': ['extraction', 'features', 'labels', 'post-deployment-evaluation', 'finished'],
    'reproduce.ts': ['planning', 'reproduction', 'finished'],
  };
  for (const [file, ids] of Object.entries(expected)) expect({ file, ids: reported.get(file) }).toEqual({ file, ids });
  expect(Object.values(STAGE_STEPS).filter((id) => !IDS.has(id))).toEqual([]);
});

test('every step and state has a text in both languages', () => {
  for (const { id } of [...STEPS, ...STATES])
    expect([progressText(id, 'nb'), progressText(id, 'en')].every((text) => text.length > 2)).toBe(true);
});
