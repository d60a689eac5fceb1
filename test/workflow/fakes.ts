import { toCivilDate, toInstant } from '../../domain/time/instant';
import type { LifecycleActivities, TrainingActivities } from '../../activities/contracts';

export const DAY_MS = 86_400_000;

export type Fakes = Partial<LifecycleActivities & TrainingActivities>;
export const fold = (id: string) => ({
  id,
  trainKnownBefore: '2023-01-01',
  testFrom: '2023-01-01',
  testUntil: '2023-07-01',
});

/** Fake activities, typed by the contracts; each call is recorded in `calls`. */
export function fakes(calls: string[], over: Fakes = {}): LifecycleActivities & TrainingActivities {
  const base: LifecycleActivities & TrainingActivities = {
    planRun: async () => ({
      source: 'register',
      asOf: toInstant('2025-01-01T00:00:00Z', 'as of'),
      folds: [fold('fold-1'), fold('fold-2')],
      families: ['logistic', 'mlp'],
    }),
    extractSnapshot: async () => ({ snapshotId: 'snap', rows: 1 }),
    planFeatures: async () => ({
      months: [['2024-01-01'], ['2024-02-01']],
      dates: [[toCivilDate('2024-03-01', 'day')]],
    }),
    buildTrainingMatrix: async () => ({ matrixId: 'matrix', rows: 1, positives: 1 }),
    buildTrainingTable: async () => ({ matrixId: 'table', rows: 1, positives: 1 }),
    recordLabelRevisions: async () => ({ revised: 0 }),
    selectFamily: async () => ({ family: 'mlp' }),
    registerVersion: async () => ({ versionId: 'version' }),
    closeRun: async () => {},
    evaluateGates: async () => ({ passed: true, openForMs: 14 * DAY_MS }),
    refuseByGates: async () => ({ verdict: 'refused' }),
    applyDecision: async () => ({ verdict: 'approved' }),
    expireRequest: async () => ({ verdict: 'expired' }),
    startScheduledAction: async () => ({ actionId: 'action' }),
    findChampion: async () => ({ versionId: 'version' }),
    buildPopulationMatrix: async () => ({ matrixId: 'population', rows: 9, positives: 0 }),
    buildPopulationTable: async () => ({ matrixId: 'rows', rows: 9, positives: 0 }),
    recordScoring: async () => ({ scoringId: 'scoring', rows: 9 }),
    draftList: async () => ({ listId: 'list', openForMs: 14 * DAY_MS }),
    countSignOffs: async () => ({ state: 'draft', signOffs: 1 }),
    expireList: async () => ({ state: 'expired' }),
    buildNewOutcomesMatrix: async () => ({ matrixId: 'later', rows: 3, positives: 1 }),
    evaluateOnNewOutcomes: async () => ({ documentSha256: 'document', rows: 2, findings: 1 }),
    recordPostDeploymentEvaluation: async () => ({ evaluationId: 'post-deployment-evaluation' }),
    planReproduction: async () => ({
      stages: [
        { stage: 'matrix', id: 'm' },
        { stage: 'model', id: 'v' },
      ],
    }),
    recordReproduction: async () => {},
    reproduceStage: async (stage) => ({ ...stage, same: true }),
    notifyApprovers: async () => {},
    watchMlflow: async () => ({ deviations: 0 }),
    drainMlflowOutbox: async () => ({ mirrored: 0, left: 0 }),
    computeMonthlyRollups: async () => {},
    computeFeatures: async () => {},
    checkLeakage: async () => ({ verdict: 'clean' }),
    runTrial: async ({ trial }) => ({ validationLoss: 1 / (1 + trial) }),
    trainFold: async ({ fold: id, family }) => ({ fold: id, family, contentSha256: 'c' }),
    evaluateRun: async () => ({ metrics: 1 }),
    trainFinal: async () => ({ modelSha256: 'm', weightsSha256: 'w', runtimeSha256: 'e' }),
    scoreShard: async ({ shard }) => ({ scoresSha256: `s${shard}` }),
  };
  return new Proxy(
    { ...base, ...over },
    {
      get(target, name, receiver) {
        const run: unknown = Reflect.get(target, name, receiver);
        if (typeof run !== 'function') return run;
        return (...args: unknown[]): unknown => {
          calls.push(String(name));
          return Reflect.apply(run, target, args);
        };
      },
    },
  );
}
