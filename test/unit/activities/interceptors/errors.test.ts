import { type ApplicationFailure } from '@temporalio/common';
import { MAX_CRASHES, toFailure } from '../../../../activities/interceptors/errors';
import { ProcessEnded } from '../../../../compute/spawn-job';
import { invalid } from '../../../../domain/errors';

const failure = (error: unknown, attempt: number) => toFailure(error, attempt) as ApplicationFailure;

test('a computing process that crashes is retried, and given up after five crashes with its last message', () => {
  const ended = new ProcessEnded('the compute process ended with 1 and no result: Error: no space left');
  expect(failure(ended, MAX_CRASHES - 1)).toBe(ended); // passes as it is, and is retried
  expect(failure(ended, MAX_CRASHES)).toMatchObject({
    type: 'ComputingFailed',
    nonRetryable: true,
    message: expect.stringMatching(/^5 times .* no space left/) as string,
  });
});

test('one that was killed is retried without end; a non-retryable error is not retried at all', () => {
  const killed = new Error('the compute process ended with SIGKILL and no result: ');
  expect(failure(killed, 1000)).toBe(killed);
  expect(failure(invalid('a file is missing', 'Give it.'), 1)).toMatchObject({
    type: 'InvalidInput',
    nonRetryable: true,
    message: 'a file is missing. Give it.',
  });
});
