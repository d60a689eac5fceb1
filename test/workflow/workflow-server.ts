import path from 'node:path';
import fs from 'node:fs';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { LifecycleActivities, TrainingActivities } from '../../activities/contracts';
import { LIFECYCLE_QUEUE, TRAINING_QUEUE } from '../../domain/rules/workflow-ids';
import { ROOT } from '../../platform/config/env';

const BUNDLE = path.join(ROOT, 'dist/workflow-bundle.js');
const TEST_SERVER = path.join(ROOT, '.stack/py/bin/temporal-test-server');

/** The workflows against a time-skipping server; activities are fakes. */
export interface WorkflowServer {
  readonly client: Client;
  /** Runs work while workers of both queues run. */
  withWorkers<T>(activities: LifecycleActivities & TrainingActivities, work: () => Promise<T>): Promise<T>;
  start(type: string, input: unknown, workflowId?: string): Promise<WorkflowHandle>;
}

/**
 * Starts a server before each test and stops it after: a child that outlives its parent would keep the clock of a
 * shared server from skipping for the next test.
 */
export function workflowServer(): WorkflowServer {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  let env: TestWorkflowEnvironment;
  let counter = 0;
  beforeEach(async () => {
    for (const part of [BUNDLE, TEST_SERVER])
      if (!fs.existsSync(part)) throw new Error(`${part} is missing: run \`npm test\`, which makes it`);
    env = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: TEST_SERVER } },
    });
  });
  afterEach(() => env.teardown());
  return {
    get client() {
      return env.client;
    },
    async withWorkers(activities, work) {
      const options = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' };
      const [lifecycle, training] = await Promise.all([
        Worker.create({ ...options, taskQueue: LIFECYCLE_QUEUE, workflowBundle: { codePath: BUNDLE }, activities }),
        Worker.create({ ...options, taskQueue: TRAINING_QUEUE, activities }),
      ]);
      return training.runUntil(lifecycle.runUntil(work()));
    },
    start: (type, input, workflowId = `${type}-${++counter}`) =>
      env.client.workflow.start(type, { taskQueue: LIFECYCLE_QUEUE, workflowId, args: [input] }),
  };
}
