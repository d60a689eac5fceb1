import path from 'node:path';
import fs from 'node:fs';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { LifecycleActivities, TrainingActivities } from '../../activities/contracts';
import { LIFECYCLE_QUEUE, promoteId, roundId, TRAINING_QUEUE } from '../../domain/rules/workflow-ids';
import { ROOT } from '../../platform/config/env';
import { DAY_MS, fakes, type Fakes, fold } from './fakes';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const BUNDLE = path.join(ROOT, 'dist/workflow-bundle.js');
const TEST_SERVER = path.join(ROOT, '.stack/py/bin/temporal-test-server');

// A server a test: a child that outlives its parent keeps the server's clock from skipping for whoever comes after.
let env: TestWorkflowEnvironment;
beforeEach(async () => {
  for (const part of [BUNDLE, TEST_SERVER])
    if (!fs.existsSync(part)) throw new Error(`${part} is missing: run \`npm test\`, which makes it`);
  env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: TEST_SERVER } },
  });
});
afterEach(() => env.teardown());

async function withWorkers<T>(
  activities: LifecycleActivities & TrainingActivities,
  work: () => Promise<T>,
): Promise<T> {
  const options = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' };
  const [main, training] = await Promise.all([
    Worker.create({ ...options, taskQueue: LIFECYCLE_QUEUE, workflowBundle: { codePath: BUNDLE }, activities }),
    Worker.create({ ...options, taskQueue: TRAINING_QUEUE, activities }),
  ]);
  return training.runUntil(main.runUntil(work()));
}

let counter = 0;
const start = (type: string, input: unknown, workflowId = `${type}-${++counter}`) =>
  env.client.workflow.start(type, { taskQueue: LIFECYCLE_QUEUE, workflowId, args: [input] });

describe('trainModel', () => {
  test('goes through its steps in order, a fold and family at a time, and tells MLflow last', async () => {
    const calls: string[] = [];
    const result: unknown = await withWorkers(
      fakes(calls),
      async () => (await start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
    );
    expect(result).toEqual({ versionId: 'version', matrixId: 'matrix', snapshotId: 'snap' });
    expect(calls.slice(0, 3)).toEqual(['planRun', 'extractSnapshot', 'planFeatures']);
    // Every month is there before a date begins.
    expect(calls.slice(3, 9)).toEqual([
      'computeMonthlyRollups',
      'computeMonthlyRollups',
      'computeFeatures',
      'buildTrainingMatrix',
      'recordLabelRevisions',
      'checkLeakage',
    ]);
    expect(calls.slice(9, 13)).toEqual(Array(4).fill('trainFold'));
    expect(calls.slice(13, 18)).toEqual([
      'evaluateRun',
      'selectFamily',
      'trainFinal',
      'registerVersion',
      'closeRun',
    ]);
  });
  test('everybody active at the start of each part is scored beside the test rows', async () => {
    const calls: string[] = [];
    const populations: (string | undefined)[] = [];
    const plan = {
      source: 'register',
      asOf: '2025-01-01T00:00:00Z',
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
    await withWorkers(
      fakes(calls, over),
      async () => (await start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
    );
    expect(populations.sort()).toEqual(['fold-1 population-1', 'fold-2 population-2']);
  });

  test('a search tries every setting before any fold, and stops starting trials when its time is up', async () => {
    const calls: string[] = [];
    const plan = { source: 'table', asOf: undefined, folds: [fold('fold-1')], families: ['logistic', 'mlp'] } as const;
    const run = (over: Fakes) =>
      withWorkers(
        fakes(calls, over),
        async () => (await start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
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

  test('trials are given everybody of the first test part, where everybody is known', async () => {
    const calls: string[] = [];
    const given: (string | undefined)[] = [];
    const plan = {
      source: 'register',
      asOf: '2025-01-01T00:00:00Z',
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
    await withWorkers(
      fakes(calls, over),
      async () => (await start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
    );
    expect(given).toEqual(Array(3).fill('population-1'));
    expect(calls.filter((call) => call === 'buildPopulationMatrix')).toHaveLength(2);
    expect(calls.indexOf('runTrial')).toBeGreaterThan(calls.lastIndexOf('buildPopulationMatrix'));
  });

  test('a table skips extraction', async () => {
    const calls: string[] = [];
    await withWorkers(
      fakes(calls, {
        planRun: async () => ({ source: 'table', asOf: undefined, folds: [fold('fixed')], families: ['logistic'] }),
      }),
      async () => (await start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>,
    );
    expect(calls).not.toContain('extractSnapshot');
    expect(calls).toContain('buildTrainingTable');
  });
  test('what no retry mends fails the run at once and closes it with its words', async () => {
    const closed: unknown[] = [];
    let tries = 0;
    const activities = fakes([], {
      planFeatures: async () => ({ months: [['2024-01-01'], ['2024-02-01']], dates: [['2024-03-01']] }),
      buildTrainingMatrix: async () => {
        tries++;
        throw ApplicationFailure.create({ type: 'NoLabels', message: 'no concluded control', nonRetryable: true });
      },
      closeRun: async (input) => void closed.push(input),
    });
    await withWorkers(activities, async () =>
      expect((await start('trainModel', { runId: 'r', actionId: 'a' })).result() as Promise<unknown>).rejects.toThrow(),
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
    await withWorkers(activities, async () =>
      expect(
        (await (await start('trainModel', { runId: 'r', actionId: 'a' })).result()) as Promise<unknown>,
      ).toMatchObject({
        versionId: 'version',
      }),
    );
    expect(tries).toBe(4);
  });
});

describe('promoteModel', () => {
  const decide = (id: string, decisionId: string) =>
    env.client.workflow
      .getHandle(id)
      .executeUpdate<{ verdict: string }, [{ decisionId: string }]>('decide', { args: [{ decisionId }] });
  const opened = async (id: string) => {
    while ((await env.client.workflow.getHandle(id).query<{ step: string }>('progress')).step === 'gates')
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  test('an approval ends it, and a second decision is turned away', async () => {
    const id = promoteId('one');
    await withWorkers(fakes([]), async () => {
      const handle = await start('promoteModel', { requestId: 'one' }, id);
      await opened(id);
      expect(await decide(id, 'd1')).toEqual({ verdict: 'approved' });
      expect(await handle.result()).toEqual({ verdict: 'approved' });
      await expect(decide(id, 'd2')).rejects.toThrow();
    });
  });
  test('an Update without a decision is rejected before it enters the history', async () => {
    const id = promoteId('empty');
    await withWorkers(fakes([]), async () => {
      const handle = await start('promoteModel', { requestId: 'empty' }, id);
      await opened(id);
      await expect(decide(id, '')).rejects.toThrow();
      await decide(id, 'd');
      await handle.result();
    });
  });
  test('failed gates refuse without waiting for anybody', async () => {
    const calls: string[] = [];
    await withWorkers(fakes(calls, { evaluateGates: async () => ({ passed: false, openForMs: DAY_MS }) }), async () =>
      expect(await (await start('promoteModel', { requestId: 'g' })).result()).toEqual({ verdict: 'refused' }),
    );
    expect(calls).toEqual(['evaluateGates', 'refuseByGates']);
  });
  test('nobody decides for two weeks: it expires, and that is recorded', async () => {
    const calls: string[] = [];
    await withWorkers(fakes(calls), async () =>
      expect(await (await start('promoteModel', { requestId: 'x' })).result()).toEqual({ verdict: 'expired' }),
    );
    expect(calls).toEqual(['evaluateGates', 'notifyApprovers', 'notifyApprovers', 'expireRequest']); // told, and reminded
  });
  test('a decision that was refused by its evidence leaves the request open', async () => {
    const id = promoteId('forged');
    let forged = true;
    const activities = fakes([], {
      applyDecision: async () => {
        if (forged)
          throw ApplicationFailure.create({
            type: 'NotFound',
            message: 'decision is not recorded',
            nonRetryable: true,
          });
        return { verdict: 'refused' };
      },
    });
    await withWorkers(activities, async () => {
      const handle = await start('promoteModel', { requestId: 'forged' }, id);
      await opened(id);
      await expect(decide(id, 'forged')).rejects.toThrow();
      forged = false;
      await decide(id, 'real');
      expect(await handle.result()).toEqual({ verdict: 'refused' });
    });
  });
});

describe('rescore and its round', () => {
  const input = { slot: 'p/g', capacity: 3, seed: 1, openDays: 14, shards: 3 };
  test('scores every shard and leaves a round that two seals close', async () => {
    const calls: string[] = [];
    let signOffs = 0;
    const activities = fakes(calls, {
      countSignOffs: async () => ({ state: ++signOffs >= 2 ? 'approved' : 'draft', signOffs }),
    });
    await withWorkers(activities, async () => {
      const result: unknown = await (
        await start('rescore', { ...input, asOf: '2025-01-01T00:00:00Z', actionId: 'a' })
      ).result();
      expect(result).toMatchObject({ scoringId: 'scoring', roundId: roundId('scoring'), asOf: '2025-01-01T00:00:00Z' });
      const round = env.client.workflow.getHandle(roundId('scoring'));
      const signOff = (signOffId: string) =>
        round.executeUpdate<{ state: string }, [{ signOffId: string }]>('signOff', { args: [{ signOffId }] });
      while ((await round.query<{ state: string }>('round')).state !== 'draft')
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await signOff('one')).state).toBe('draft');
      expect((await signOff('two')).state).toBe('approved');
      expect(await round.result()).toEqual({ listId: 'list', state: 'approved' });
    });
    expect(calls.filter((name) => name === 'scoreShard')).toHaveLength(3);
    expect(calls).not.toContain('startScheduledAction');
  });
  test('a prepared table is scored without the register', async () => {
    const calls: string[] = [];
    const table = { fileSha256: 'f', fileName: 't.csv', mappingSha256: 'm' };
    await withWorkers(
      fakes(calls),
      async () =>
        (
          await start('rescore', { ...input, table, asOf: '2025-01-01T00:00:00Z', actionId: 'a' })
        ).result() as Promise<unknown>,
    );
    expect(calls).toContain('buildPopulationTable');
    expect(calls).not.toContain('extractSnapshot');
  });
  test('a list that nobody seals expires', async () => {
    await withWorkers(fakes([]), async () =>
      expect(
        await (
          await start('selectionRound', { actionId: 'a', scoringId: 's', capacity: 1, seed: 1, openDays: 14 })
        ).result(),
      ).toEqual({
        listId: 'list',
        state: 'expired',
      }),
    );
  });
  test('no champion, no scoring', async () => {
    const calls: string[] = [];
    const activities = fakes(calls, {
      findChampion: async () => {
        throw ApplicationFailure.create({ type: 'NotFound', message: 'no version is live', nonRetryable: true });
      },
    });
    await withWorkers(activities, async () =>
      expect(
        (await start('rescore', { ...input, asOf: '2025-01-01T00:00:00Z', actionId: 'a' })).result(),
      ).rejects.toThrow(),
    );
    expect(calls).toEqual(['findChampion']);
  });
});

describe('reproduce', () => {
  const input = { actionId: 'a', kind: 'list', id: 'l' };
  test('makes every stage again, records what came of it, and names the first that differs', async () => {
    const calls: string[] = [];
    const activities = fakes(calls, { reproduceStage: async (stage) => ({ ...stage, same: stage.stage !== 'model' }) });
    await withWorkers(activities, async () =>
      expect(await (await start('reproduce', input)).result()).toMatchObject({ same: false, firstDifference: 'model' }),
    );
    expect(calls).toEqual(['planReproduction', 'reproduceStage', 'reproduceStage', 'recordReproduction']);
  });
  test('on a schedule it actions as the service and takes what is live', async () => {
    const calls: string[] = [];
    await withWorkers(fakes(calls), async () =>
      expect(await (await start('reproduce', { kind: 'live', id: '' })).result()).toMatchObject({ same: true }),
    );
    expect(calls[0]).toBe('startScheduledAction');
  });
});
