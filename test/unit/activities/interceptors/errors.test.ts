import { type ApplicationFailure } from '@temporalio/common';
import { MAX_CRASHES, toFailure } from '../../../../activities/interceptors/errors';
import { ProcessEnded } from '../../../../compute/spawn-job';
import { invalid } from '../../../../domain/errors';

const failure = (error: unknown, attempt: number) => toFailure(error, attempt) as ApplicationFailure;

test('a computing process that ends by itself is tried again, and given up with its words once it did so every time', () => {
  const ended = new ProcessEnded('the compute process ended with 1 and no result: Error: no space left');
  expect(failure(ended, MAX_CRASHES - 1)).toBe(ended); // passes as it is, and is retried
  expect(failure(ended, MAX_CRASHES)).toMatchObject({
    type: 'ComputingFailed',
    nonRetryable: true,
    message: expect.stringMatching(/^5 times .* no space left/) as string,
  });
});

test('one that was killed is tried for ever; what no retry mends is not tried again at all', () => {
  const killed = new Error('the compute process ended with SIGKILL and no result: ');
  expect(failure(killed, 1000)).toBe(killed);
  expect(failure(invalid('a file is missing', 'Give it.'), 1)).toMatchObject({
    type: 'InvalidInput',
    nonRetryable: true,
    message: 'a file is missing. Give it.',
  });
});
