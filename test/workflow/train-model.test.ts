import { toCivilDate, toInstant } from '../../domain/time/instant';
import { ApplicationFailure } from '@temporalio/common';
import { fakes, type Fakes, fold } from './fakes';
import { workflowServer } from './workflow-server';

const server = workflowServer();

describe('trainModel', () => {
  test('runs its steps in order, a fold and family at a time, and mirrors to MLflow last', async () => {
    const calls: string[] = [];
    const result: unknown = await server.withWorkers(
      fakes(calls),
      async () => (await server.start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
    );
    expect(result).toEqual({ versionId: 'version', matrixId: 'matrix', snapshotId: 'snap' });
    expect(calls.slice(0, 3)).toEqual(['planRun', 'extractSnapshot', 'planFeatures']);
    // The rollups of every month are built before the features of a date.
    expect(calls.slice(3, 9)).toEqual([
      'computeMonthlyRollups',
      'computeMonthlyRollups',
      'computeFeatures',
      'buildTrainingMatrix',
      'recordLabelRevisions',
      'checkLeakage',
    ]);
    expect(calls.slice(9, 13)).toEqual(Array(4).fill('trainFold'));
    expect(calls.slice(13, 18)).toEqual(['evaluateRun', 'selectFamily', 'trainFinal', 'registerVersion', 'closeRun']);
  });
  test('the population at the start of each test part is scored besides the test rows', async () => {
    const calls: string[] = [];
    const populations: (string | undefined)[] = [];
    const plan = {
      source: 'register',
      asOf: toInstant('2025-01-01T00:00:00Z', 'as of'),
      folds: [fold('fold-1'), fold('fold-2')],
      families: ['logistic'],
      population: true,
    } as const;
    let made = 0;
    const over: Fakes = {
      planRun: async () => plan,
      buildPopulationMatrix: async () => ({ matrixId: `population-${++made}`, rows: 9, positives: 0 }),
      trainFold: async ({ fold: id, family, populationId }) => {
        populations.push(`${id} ${populationId}`);
        return { fold: id, family, contentSha256: 'c' };
      },
    };
    await server.withWorkers(
      fakes(calls, over),
      async () => (await server.start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
    );
    expect(populations.sort()).toEqual(['fold-1 population-1', 'fold-2 population-2']);
  });

  test('all trials run before any fold, and none starts once the time is up', async () => {
    const calls: string[] = [];
    const plan = { source: 'table', asOf: undefined, folds: [fold('fold-1')], families: ['logistic', 'mlp'] } as const;
    const run = (over: Fakes) =>
      server.withWorkers(
        fakes(calls, over),
        async () => (await server.start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
      );
    await run({ planRun: async () => ({ ...plan, tuning: { trials: 6 } }) });
    expect(calls.filter((call) => call === 'runTrial')).toHaveLength(12);
    expect(calls.indexOf('trainFold')).toBeGreaterThan(calls.lastIndexOf('runTrial'));

    calls.length = 0;
    const tried: string[] = [];
    const runTrial: Fakes['runTrial'] = async ({ family, trial }) => {
      tried.push(`${family} ${trial}`);
      await new Promise((resolve) => setTimeout(resolve, 400));
      return { validationLoss: 1 };
    };
    await run({ planRun: async () => ({ ...plan, tuning: { trials: 100, minutes: 0.01 } }), runTrial });
    expect(tried.slice(0, 8)).toEqual(expect.arrayContaining(['logistic 0', 'mlp 0']));
    expect(tried.length).toBeGreaterThanOrEqual(8);
    expect(tried.length).toBeLessThan(60);
    expect(calls.at(-1)).not.toBe('runTrial');
  });

  test('trials get the population of the first test part, if populations are evaluated', async () => {
    const calls: string[] = [];
    const given: (string | undefined)[] = [];
    const plan = {
      source: 'register',
      asOf: toInstant('2025-01-01T00:00:00Z', 'as of'),
      folds: [fold('fold-1'), fold('fold-2')],
      families: ['logistic'],
      population: true,
      tuning: { trials: 3 },
    } as const;
    let made = 0;
    const over: Fakes = {
      planRun: async () => plan,
      buildPopulationMatrix: async () => ({ matrixId: `population-${++made}`, rows: 9, positives: 0 }),
      runTrial: async ({ populationId }) => {
        given.push(populationId);
        return { validationLoss: 1 };
      },
    };
    await server.withWorkers(
      fakes(calls, over),
      async () => (await server.start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
    );
    expect(given).toEqual(Array(3).fill('population-1'));
    expect(calls.filter((call) => call === 'buildPopulationMatrix')).toHaveLength(2);
    expect(calls.indexOf('runTrial')).toBeGreaterThan(calls.lastIndexOf('buildPopulationMatrix'));
  });

  test('a table skips extraction', async () => {
    const calls: string[] = [];
    await server.withWorkers(
      fakes(calls, {
        planRun: async () => ({ source: 'table', asOf: undefined, folds: [fold('fixed')], families: ['logistic'] }),
      }),
      async () => (await server.start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
    );
    expect(calls).not.toContain('extractSnapshot');
    expect(calls).toContain('buildTrainingTable');
  });
  test('a non-retryable failure fails the run at once and closes it with its message', async () => {
    const closed: unknown[] = [];
    let tries = 0;
    const activities = fakes([], {
      planFeatures: async () => ({
        months: [['2024-01-01'], ['2024-02-01']],
        dates: [[toCivilDate('2024-03-01', 'day')]],
      }),
      buildTrainingMatrix: async () => {
        tries++;
        throw ApplicationFailure.create({ type: 'NoLabels', message: 'no concluded control', nonRetryable: true });
      },
      closeRun: async (input) => void closed.push(input),
    });
    await server.withWorkers(activities, async () =>
      expect(
        (await server.start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
      ).rejects.toThrow(),
    );
    expect(tries).toBe(1);
    expect(closed).toEqual([{ runId: 'r', state: 'failed', problem: 'NoLabels: no concluded control' }]);
  });
  test('a register that is away stalls the run and does not fail it', async () => {
    let tries = 0;
    const activities = fakes([], {
      extractSnapshot: async () => {
        if (++tries < 4) throw ApplicationFailure.create({ type: 'SourceUnavailable', message: 'ECONNREFUSED' });
        return { snapshotId: 'snap', rows: 1 };
      },
    });
    await server.withWorkers(activities, async () =>
      expect(
        (await (await server.start('trainModel', { runId: 'r', actionId: 'a' })).result()) as Promise<unknown>,
      ).toMatchObject({
        versionId: 'version',
      }),
    );
    expect(tries).toBe(4);
  });
});
