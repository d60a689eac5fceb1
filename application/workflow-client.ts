import type { Instant } from '../domain/time/instant';
import {
  Client,
  Connection,
  ScheduleNotFoundError,
  type ScheduleOptions,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  postDeploymentWorkflowId,
  LIFECYCLE_QUEUE,
  promoteId,
  REPRODUCE_SCHEDULE,
  reproduceId,
  rescoreId,
  RESCORE_SCHEDULE_PREFIX,
  roundId,
  trainId,
  WATCH_SCHEDULE,
} from '../domain/rules/workflow-ids';
import { slotName } from '../domain/rules/slots';
import type {
  postDeploymentEvaluation,
  PostDeploymentInput,
  PostDeploymentResult,
} from '../workflows/post-deployment-evaluation';
import type * as messages from '../workflows/messages';
import type { promoteModel } from '../workflows/promote-model';
import type { reproduce, ReproduceInput, ReproduceVerdict } from '../workflows/reproduce';
import type { rescore, RescoreInput, RescoreResult } from '../workflows/rescore';
import type { trainModel, TrainModelResult } from '../workflows/train-model';

const SLOT = defineSearchAttributeKey('UtplukkSlot', SearchAttributeType.KEYWORD);
const EXPERIMENT = defineSearchAttributeKey('UtplukkExperiment', SearchAttributeType.KEYWORD);

export interface RescoreScheduleSpec {
  readonly slot: string;
  /** Five fields, Europe/Oslo. */
  readonly cron: string;
  /** Providers to select. */
  readonly capacity: number;
  /** Seed of the order among equal scores. */
  readonly seed: number;
  /** Days until an unsigned draft expires. */
  readonly openDays: number;
  /** Parts that are scored in parallel. */
  readonly shards: number;
}

export interface ScheduleState {
  readonly id: string;
  readonly paused: boolean;
  readonly next: Date | undefined;
  /** Runs so far. */
  readonly runs: number;
}

type ScheduleSpecOptions = Required<Pick<ScheduleOptions, 'spec' | 'action' | 'policies'>>;

/**
 * Starts, asks and signals workflows, typed, for CLI and API. Workflow ids are natural keys: starting one that runs
 * joins it.
 */
export class LifecycleClient {
  constructor(readonly client: Client) {}

  static async connect(env: { TEMPORAL_ADDRESS: string; TEMPORAL_NAMESPACE: string }): Promise<LifecycleClient> {
    const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS });
    return new LifecycleClient(new Client({ connection, namespace: env.TEMPORAL_NAMESPACE }));
  }

  close(): Promise<void> {
    return this.client.connection.close();
  }

  async #startOnce(start: () => Promise<unknown>): Promise<void> {
    try {
      await start();
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  async startTraining(input: { runId: string; actionId: string; slot: string; experiment: string }): Promise<void> {
    const { runId, actionId } = input;
    await this.#startOnce(() =>
      this.client.workflow.start<typeof trainModel>('trainModel', {
        taskQueue: LIFECYCLE_QUEUE,
        workflowId: trainId(runId),
        args: [{ runId, actionId }],
        typedSearchAttributes: [
          { key: SLOT, value: input.slot },
          { key: EXPERIMENT, value: input.experiment },
        ],
      }),
    );
  }

  trainingResult = (runId: string): Promise<TrainModelResult> =>
    this.client.workflow.getHandle<typeof trainModel>(trainId(runId)).result();
  cancelTraining = async (runId: string): Promise<void> =>
    void (await this.client.workflow.getHandle(trainId(runId)).cancel());

  async startPromotion(requestId: string, slot: string): Promise<void> {
    await this.#startOnce(() =>
      this.client.workflow.start<typeof promoteModel>('promoteModel', {
        taskQueue: LIFECYCLE_QUEUE,
        workflowId: promoteId(requestId),
        args: [{ requestId }],
        typedSearchAttributes: [{ key: SLOT, value: slot }],
      }),
    );
  }

  decide = (requestId: string, decisionId: string): Promise<{ verdict: string }> =>
    this.client.workflow
      .getHandle(promoteId(requestId))
      .executeUpdate<{ verdict: string }, [{ decisionId: string }]>(
        'decide' satisfies typeof messages.decideUpdate.name,
        {
          args: [{ decisionId }],
          updateId: decisionId,
        },
      );
  promotionResult = (requestId: string): Promise<{ verdict: string }> =>
    this.client.workflow.getHandle<typeof promoteModel>(promoteId(requestId)).result();

  async startRescore(key: string, input: RescoreInput & { asOf: Instant; actionId: string }): Promise<string> {
    const workflowId = rescoreId(key);
    await this.#startOnce(() =>
      this.client.workflow.start<typeof rescore>('rescore', {
        taskQueue: LIFECYCLE_QUEUE,
        workflowId,
        args: [input],
        typedSearchAttributes: [{ key: SLOT, value: input.slot }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      }),
    );
    return workflowId;
  }

  rescoreResult = (workflowId: string): Promise<RescoreResult> =>
    this.client.workflow.getHandle<typeof rescore>(workflowId).result();
  round = (scoringId: string): Promise<messages.RoundState> =>
    this.client.workflow.getHandle(roundId(scoringId)).query<messages.RoundState>('round');
  signOff = (scoringId: string, signOffId: string): Promise<{ state: string; signOffs: number }> =>
    this.client.workflow
      .getHandle(roundId(scoringId))
      .executeUpdate<{ state: string; signOffs: number }, [{ signOffId: string }]>('signOff', {
        args: [{ signOffId }],
        updateId: signOffId,
      });

  async startPostDeploymentEvaluation(key: string, input: PostDeploymentInput): Promise<void> {
    await this.#startOnce(() =>
      this.client.workflow.start<typeof postDeploymentEvaluation>('postDeploymentEvaluation', {
        taskQueue: LIFECYCLE_QUEUE,
        workflowId: postDeploymentWorkflowId(key),
        args: [input],
      }),
    );
  }
  postDeploymentResult = (key: string): Promise<PostDeploymentResult> =>
    this.client.workflow.getHandle<typeof postDeploymentEvaluation>(postDeploymentWorkflowId(key)).result();

  async startReproduction(key: string, input: ReproduceInput): Promise<void> {
    await this.client.workflow.start<typeof reproduce>('reproduce', {
      taskQueue: LIFECYCLE_QUEUE,
      workflowId: reproduceId(key),
      args: [input],
    });
  }
  reproductionResult = (key: string): Promise<ReproduceVerdict> =>
    this.client.workflow.getHandle<typeof reproduce>(reproduceId(key)).result();

  async reproduce(key: string, input: ReproduceInput): Promise<ReproduceVerdict> {
    await this.startReproduction(key, input);
    return this.reproductionResult(key);
  }

  /**
   * Progress of a running workflow; undefined where it does not answer: it is gone, no worker polls yet, or its
   * first task has not run.
   */
  async progress(workflowId: string): Promise<messages.Progress | undefined> {
    try {
      return await this.client.workflow.getHandle(workflowId).query<messages.Progress>('progress');
    } catch {
      return undefined;
    }
  }

  /** Whether a workflow runs, is done or failed; undefined where none has this id. */
  async state(workflowId: string): Promise<'running' | 'done' | 'failed' | undefined> {
    try {
      const { status } = await this.client.workflow.getHandle(workflowId).describe();
      return status.name === 'RUNNING' ? 'running' : status.name === 'COMPLETED' ? 'done' : 'failed';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** All schedules, by id. */
  async schedules(): Promise<ScheduleState[]> {
    const found: ScheduleState[] = [];
    for await (const { scheduleId } of this.client.schedule.list()) {
      const { state, info } = await this.client.schedule.getHandle(scheduleId).describe();
      const { paused } = state;
      found.push({ id: scheduleId, paused, next: info.nextActionTimes[0], runs: info.numActionsTaken });
    }
    return found.sort((a, b) => a.id.localeCompare(b.id));
  }

  async hasSchedule(scheduleId: string): Promise<boolean> {
    try {
      await this.client.schedule.getHandle(scheduleId).describe();
      return true;
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return false;
      throw error;
    }
  }

  /** Runs a schedule for a time in the past. The workflow may not exist yet when this returns. */
  async backfill(scheduleId: string, at: Date): Promise<void> {
    const start = new Date(at.getTime() - 1000);
    await this.client.schedule.getHandle(scheduleId).backfill({ start, end: at, overlap: 'ALLOW_ALL' });
  }

  async pauseSchedule(scheduleId: string, pause: boolean): Promise<void> {
    const handle = this.client.schedule.getHandle(scheduleId);
    await (pause ? handle.pause() : handle.unpause());
  }

  /** Reproduces every live version from its pinned inputs at the times of `cron` (Europe/Oslo). */
  async applyReproductionSchedule(cron: string): Promise<'created' | 'updated'> {
    return this.#schedule(REPRODUCE_SCHEDULE, {
      spec: { cronExpressions: [cron], timezone: 'Europe/Oslo' },
      action: {
        type: 'startWorkflow',
        workflowType: 'reproduce',
        taskQueue: LIFECYCLE_QUEUE,
        workflowId: REPRODUCE_SCHEDULE,
        args: [{ kind: 'live', id: '' }],
      },
      policies: { catchupWindow: '1 hour', overlap: 'SKIP' },
    });
  }

  /** Compares MLflow with its mirror twice a minute, so that a manual change there is found within one. */
  async applyMlflowWatch(): Promise<void> {
    await this.#schedule(WATCH_SCHEDULE, {
      spec: { intervals: [{ every: '30s' }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'watchMlflow',
        taskQueue: LIFECYCLE_QUEUE,
        workflowId: WATCH_SCHEDULE,
        args: [],
      },
      policies: { catchupWindow: '1 minute', overlap: 'SKIP' },
    });
  }

  /** Creates or updates a slot's schedule. Times missed within the last hour are caught up, older ones are skipped. */
  async applySchedule(spec: RescoreScheduleSpec): Promise<'created' | 'updated'> {
    const scheduleId = `${RESCORE_SCHEDULE_PREFIX}${slotName(spec.slot)}`;
    const { cron, ...rest } = spec;
    return this.#schedule(scheduleId, {
      spec: { cronExpressions: [cron], timezone: 'Europe/Oslo' },
      action: {
        type: 'startWorkflow',
        workflowType: 'rescore',
        taskQueue: LIFECYCLE_QUEUE,
        workflowId: scheduleId,
        args: [rest],
      },
      policies: { catchupWindow: '1 hour', overlap: 'BUFFER_ONE' },
    });
  }

  async #schedule(scheduleId: string, options: ScheduleSpecOptions): Promise<'created' | 'updated'> {
    try {
      await this.client.schedule.create({ scheduleId, ...options });
      return 'created';
    } catch (error) {
      if ((error as Error).name !== 'ScheduleAlreadyRunning') throw error;
      await this.client.schedule
        .getHandle(scheduleId)
        .update((previous) => ({ ...previous, ...options, state: previous.state }));
      return 'updated';
    }
  }
}
