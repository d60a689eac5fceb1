import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { ErrorInterceptor } from '../../../../activities/interceptors/errors';
import { OutageInterceptor } from '../../../../activities/interceptors/outages';
import { conflict } from '../../../../domain/errors';
import type { Outage } from '../../../../platform/db/stores/outages';

const INPUT = { args: [], headers: {} };
const away = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));

/** Attempts of one activity, minute by minute; heartbeat details are carried from one to the next. */
function attempts() {
  let details: unknown;
  let minute = 0;
  const outages: Outage[] = [];
  const attempt = async (work: () => Promise<unknown>): Promise<unknown> => {
    const environment = new MockActivityEnvironment({
      attempt: ++minute,
      activityType: 'extractSnapshot',
      workflowExecution: { workflowId: 'train-r', runId: 'x' },
      heartbeatDetails: details,
      currentAttemptScheduledTimestampMs: Date.UTC(2025, 0, 1, 0, minute),
    });
    environment.on('heartbeat', (given: unknown) => (details = given));
    const { context } = environment;
    const outage = new OutageInterceptor(context, async (seen) => void outages.push(seen));
    return new ErrorInterceptor(context).execute(INPUT, (input) => outage.execute(input, work));
  };
  return { attempt, outages };
}

test('an outage is counted over attempts and recorded by the first that gets an answer', async () => {
  const { attempt, outages } = attempts();
  for (let i = 0; i < 3; i++)
    await expect(attempt(away)).rejects.toMatchObject({ type: 'SourceUnavailable', nonRetryable: false });
  expect(outages).toEqual([]);
  expect(await attempt(() => Promise.resolve('snapshot'))).toBe('snapshot');
  expect(outages).toEqual([
    {
      activity: 'extractSnapshot',
      workflowId: 'train-r',
      code: 'ECONNREFUSED',
      since: '2025-01-01T00:01:00.000Z',
      failures: 3,
      answeredAt: '2025-01-01T00:04:00.000Z',
    },
  ]);
});

test('a refusal is an answer too, and passes on as a named failure', async () => {
  const { attempt, outages } = attempts();
  await expect(attempt(away)).rejects.toBeInstanceOf(ApplicationFailure);
  await expect(attempt(() => Promise.reject(conflict('already decided')))).rejects.toMatchObject({
    type: 'Conflict',
    nonRetryable: true,
  });
  expect(outages).toMatchObject([{ failures: 1 }]);
});

test('without an outage nothing is recorded', async () => {
  const { attempt, outages } = attempts();
  expect(await attempt(() => Promise.resolve(1))).toBe(1);
  expect(outages).toEqual([]);
});
