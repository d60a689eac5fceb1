import { QueueFull } from '../../../../../application/bounded-queue';
import { HttpProblem, toProblemDetails } from '../../../../../apps/api/http/problems';
import { conflict } from '../../../../../domain/errors';

const details = (error: unknown) => toProblemDetails(error, 'request-7');

test('errors of the domain and of the API carry their own message, code and next step', () => {
  expect(details(conflict('the request is closed', 'Make a new one.'))).toEqual({
    type: 'about:blank',
    status: 409,
    code: 'Conflict',
    title: 'the request is closed',
    next: 'Make a new one.',
  });
  expect(details(new HttpProblem('SignInNeeded', 'sign in'))).toMatchObject({ status: 401, code: 'SignInNeeded' });
});

test('a full queue is answered with 503 and its own code', () =>
  expect(details(new QueueFull(5))).toMatchObject({ status: 503, code: 'Busy' }));

test('an unexpected error shows nothing but the request id', () =>
  expect(details(new Error('password of the database'))).toEqual({
    type: 'about:blank',
    status: 500,
    code: 'Internal',
    title: 'Internal server error (request id request-7)',
  }));

test('an invalid request names what was wrong; a server that is away is no fault of the caller', () => {
  const validation = [{ instancePath: '/limit', message: 'too small' }];
  expect(details({ statusCode: 400, validation, validationContext: 'querystring' })).toMatchObject({
    status: 400,
    code: 'InvalidInput',
    title: 'querystring: /limit too small',
  });
  expect(details({ code: '22021' })).toMatchObject({ status: 400, code: 'InvalidInput' });
  expect(details({ code: 'ECONNREFUSED' })).toMatchObject({ status: 503, code: 'SourceUnavailable' });
  expect(details({ code: 14 })).toMatchObject({ status: 503, code: 'SourceUnavailable' });
});
