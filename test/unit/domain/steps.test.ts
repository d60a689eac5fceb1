import fs from 'node:fs';
import path from 'node:path';
import { LAYERS, type StepDeclaration } from '../../../domain/step-declaration';
import { STATES, STEPS, type StepId } from '../../../domain/steps';
import { STAGE_STEPS } from '../../../domain/reproduction';

const ROOT = path.join(__dirname, '../../..');
const sourcesUnder = (folder: string): string[] =>
  fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));

const IDS: ReadonlySet<string> = new Set([...STEPS, ...STATES].map(({ id }) => id));
const DECLARATIONS: readonly StepDeclaration[] = STEPS;
const CELLS = DECLARATIONS.flatMap(({ id, word = id, files }) =>
  Object.entries(files).map(([layer, file]) => ({ id, word, file, folder: LAYERS[layer as keyof typeof LAYERS] })),
);

test.each(CELLS)('the step $id has $folder/$file, which bears its name', ({ folder, file, word }) => {
  expect(fs.existsSync(path.join(ROOT, folder, file))).toBe(true);
  // A file or folder that begins with the step's word, or holds it after a hyphen.
  expect(file).toMatch(new RegExp(`(^|[/-])(${word})`));
});

test('at least 65 files bear the name of their step, and no file is named by two', () => {
  const files = CELLS.map(({ folder, file }) => `${folder}/${file}`);
  expect(files.length).toBeGreaterThanOrEqual(65);
  expect(new Set(files).size).toBe(files.length);
});

/** Where each step's work is done, read from the sources by hand: the file, and what it exports that does it. */
const WORK: Partial<Record<StepId, readonly [file: string, exported: string]>> = {
  import: ['platform/import/import-register.ts', 'importRegister'],
  extraction: ['platform/snapshots/extract.ts', 'extractSnapshot'],
  features: ['platform/features/compute-features.ts', 'computeFeatures'],
  labels: ['platform/matrices/labels.ts', 'createLabels'],
  leakage: ['models/leakage/leakage-check.ts', 'checkLeakage'],
  tuning: ['models/tuning/rolling-origin-cv.ts', 'crossValidate'],
  training: ['models/training/fit.ts', 'fitFamily'],
  evaluation: ['models/evaluation/evaluate.ts', 'evaluateRun'],
  registration: ['activities/registration.ts', 'registrationActivities'],
  promotion: ['workflows/promote-model.ts', 'promoteModel'],
  scoring: ['models/scoring.ts', 'scoreRows'],
  selection: ['models/selection/selection-list.ts', 'selectionList'],
  explanation: ['models/explain/explanations.ts', 'explain'],
  'post-deployment-evaluation': ['activities/post-deployment-evaluation.ts', 'postDeploymentComputeActivities'],
  reproduction: ['compute/reproduce-stage.ts', 'reproduceStage'],
  mlflow: ['platform/mlflow/mirror.ts', 'MlflowMirror'],
};

test.each(Object.entries(WORK))('the table leads to the file that does the work of %s', (step, [file, exported]) => {
  const { main, files } = DECLARATIONS.find(({ id }) => id === step)!;
  expect(`${LAYERS[main]}/${files[main]}`).toBe(file);
  expect(fs.readFileSync(path.join(ROOT, file), 'utf8')).toMatch(
    new RegExp(`^export (async )?(function|const|class) ${exported}\\b`, 'm'),
  );
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

/** Activities that belong to no step by themselves: what runs before, between and after the steps. */
const BETWEEN_STEPS = ['contracts.ts', 'deps.ts', 'index.ts', 'matrices.ts', 'notifications.ts', 'planning.ts'];

test('every file of activities is the file of a step, or one of those between steps', () => {
  const ofSteps = DECLARATIONS.flatMap(({ files }) => files.activities ?? []);
  const activities = sourcesUnder('activities').filter((file) => !file.includes('/'));
  expect(activities.sort()).toEqual([...ofSteps, ...BETWEEN_STEPS].sort());
});

/** Steps that no report names: a request for promotion is in one of its states, and nobody waits for the mirror. */
const NOT_REPORTED = ['promotion', 'mlflow'];

test('every step with an activity is entered by a workflow that reports its progress', () => {
  const entered = new Set([...reported.values()].flat());
  const missing = DECLARATIONS.filter(({ id, files }) => files.activities && !entered.has(id)).map(({ id }) => id);
  expect(missing.sort()).toEqual([...NOT_REPORTED].sort());
});

test('a workflow reports its first and its last state; each stage of a reproduction is a step', () => {
  expect(reported.get('train-model.ts')).toEqual(expect.arrayContaining(['planning', 'leakage', 'finished']));
  expect(reported.get('promote-model.ts')).toEqual(['gates', 'gates-refused', 'decision', 'waiver']);
  expect(Object.values(STAGE_STEPS).filter((id) => !IDS.has(id))).toEqual([]);
});

test('every step and state has a text in both languages', () => {
  for (const { nb, en } of [...STEPS, ...STATES]) expect([nb, en].every((text) => text.length > 2)).toBe(true);
});
