import type { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import {
  ErrorInterceptor,
  isUnavailable,
  MAX_FAULTS,
  MAX_LOST,
  toFailure,
} from '../../../../activities/interceptors/errors';
import { ProcessEnded } from '../../../../compute/spawn-job';
import { invalid } from '../../../../domain/errors';

const failure = (error: unknown, attempt: number) => toFailure(error, attempt) as ApplicationFailure;
const INPUT = { args: [], headers: {} };
const attempt = (attempt: number, error: unknown, { failures = 0, activityType = 'trainFold' } = {}) => {
  const heartbeatDetails = failures > 0 ? { outage: { failures } } : undefined;
  const { context } = new MockActivityEnvironment({ attempt, activityType, heartbeatDetails });
  const fail = (): Promise<never> => {
    throw error;
  };
  return new ErrorInterceptor(context).execute(INPUT, fail).catch((thrown: unknown) => thrown);
};

test('a computing process that crashes or is killed is retried, and given up with its last message', () => {
  const ended = new ProcessEnded('the compute process ended with 1 and no result: Error: no space left');
  expect(failure(ended, MAX_FAULTS - 1)).toBe(ended); // passes as it is, and is retried
  expect(failure(ended, MAX_FAULTS)).toMatchObject({
    type: 'ComputingFailed',
    nonRetryable: true,
    message: '5 times the compute process ended with 1 and no result: Error: no space left',
  });
});

test('an error that nobody foresaw is given up by name; a non-retryable one is not retried at all', () => {
  const unknown = new TypeError("Cannot read properties of undefined (reading 'k')");
  expect(failure(unknown, MAX_FAULTS - 1)).toBe(unknown);
  expect(failure(unknown, MAX_FAULTS)).toMatchObject({
    type: 'Unexpected',
    nonRetryable: true,
    message: "5 times Cannot read properties of undefined (reading 'k')",
  });
  expect(failure(invalid('a file is missing', 'Give it.'), 1)).toMatchObject({
    type: 'InvalidInput',
    nonRetryable: true,
    message: 'a file is missing. Give it.',
  });
});

test.each([
  { code: 'ECONNREFUSED' },
  { code: 'EAI_AGAIN' },
  { code: '57P03' },
  { code: '53300' },
  { name: 'KnexTimeoutError', message: 'Timeout acquiring a connection.' },
  { message: 'fetch failed', cause: { code: 'ENETUNREACH' } },
  { message: 'Connection terminated unexpectedly' },
])('an outage is waited for, however many attempts it takes: %j', async (error) => {
  expect(isUnavailable(error)).toBe(true);
  expect(failure(error, 10_000)).toMatchObject({ type: 'SourceUnavailable', nonRetryable: false });
  expect(await attempt(10_000, error, { failures: 9999 })).toMatchObject({ nonRetryable: false });
});

test('attempts that an outage ended do not count against an error after it', async () => {
  const error = new Error('odd');
  expect(await attempt(103, error, { failures: 100 })).toBe(error);
  expect(await attempt(105, error, { failures: 100 })).toMatchObject({ type: 'Unexpected', message: '5 times odd' });
});

test('work in which the worker ends each time is given up before it is tried again', async () => {
  expect(await attempt(MAX_LOST + 1, new Error('not reached'))).toMatchObject({
    type: 'Unexpected',
    nonRetryable: true,
    message: '10 times the worker ended in the middle of it, for example since memory ran out',
  });
});

test('the mirror waits for as long as MLflow refuses', async () => {
  const refused = new Error('MLflow createRun: INVALID_PARAMETER_VALUE (400)');
  expect(await attempt(5000, refused, { activityType: 'drainMlflowOutbox' })).toBe(refused);
});
