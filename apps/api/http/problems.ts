import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  ApplicationFailure,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { z } from 'zod';
import { FAILURE_TYPES, type FailureType } from '../../../domain/failure-types';
import { UtplukkError } from '../../../domain/errors';

const STATUS: Record<FailureType, number> = {
  InvalidInput: 400,
  NotFound: 404,
  NotAllowed: 403,
  Conflict: 409,
  GateRefused: 409,
  NoLabels: 422,
  LeakageFound: 422,
  ContentMismatch: 500,
  ComputingFailed: 500,
  EngineMissing: 503,
  SourceUnavailable: 503,
};

/** Codes that only the API has: nobody is signed in, the role is missing, the form of a call is wrong, too many calls. */
export const HTTP_CODES = ['SignInNeeded', 'RoleNeeded', 'CsrfRefused', 'TooManyCalls', 'Internal'] as const;
const HTTP_STATUS: Record<(typeof HTTP_CODES)[number], number> = {
  SignInNeeded: 401,
  RoleNeeded: 403,
  CsrfRefused: 403,
  TooManyCalls: 429,
  Internal: 500,
};

/** An answer that is a problem (RFC 9457): what, in words, and what to do next. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    status: z.int(),
    code: z.enum([...FAILURE_TYPES, ...HTTP_CODES]),
    title: z.string(),
    next: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457), with a code that programs can tell apart' });
export type Problem = z.infer<typeof problemSchema>;

const NO_CHARACTER = '22021';

export class HttpProblem extends Error {
  constructor(
    readonly code: (typeof HTTP_CODES)[number],
    message: string,
    readonly next?: string,
  ) {
    super(message);
  }
}

/** What somebody outside is told of an error; what is ours to know goes to the log only. */
export function problemOf(error: unknown): Problem {
  const problem = (status: number, code: Problem['code'], title: string, next?: string): Problem => ({
    type: 'about:blank',
    status,
    code,
    title,
    ...(next === undefined ? {} : { next }),
  });
  if (error instanceof UtplukkError) return problem(STATUS[error.type], error.type, error.message, error.next);
  if (error instanceof HttpProblem) return problem(HTTP_STATUS[error.code], error.code, error.message, error.next);
  if (error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError) return problemOf(error.cause);
  if (error instanceof ApplicationFailure) {
    const type = FAILURE_TYPES.find((name) => name === error.type) ?? 'Conflict';
    return problem(STATUS[type], type, error.message);
  }
  if (error instanceof WorkflowNotFoundError)
    return problem(404, 'NotFound', 'no workflow of that name runs here any more');
  const { statusCode = 500, validation, message, code } = error as Partial<FastifyError>;
  if (validation)
    return problem(
      400,
      'InvalidInput',
      `${(error as { validationContext?: string }).validationContext ?? 'the call'}: ${validation.map((v) => `${v.instancePath || '/'} ${v.message ?? ''}`).join('; ')}`,
    );
  if (statusCode === 429) return problem(429, 'TooManyCalls', message ?? 'too many calls', 'Try again in a minute.');
  if (statusCode < 500)
    return problem(statusCode, statusCode === 404 ? 'NotFound' : 'InvalidInput', message ?? 'the call is not right');
  // The one character that PostgreSQL stores in no text, wherever in a call it stands.
  if (code === NO_CHARACTER)
    return problem(
      400,
      'InvalidInput',
      'the call holds the character NUL, which no name and no word has',
      'Leave it out.',
    );
  if (code === 'ECONNREFUSED' || (error as { code?: unknown }).code === 14)
    return problem(
      503,
      'SourceUnavailable',
      'a server behind the API does not answer',
      'Try again in a moment; `utplukk doctor` tells which.',
    );
  return problem(500, 'Internal', 'The server failed; its log says why.');
}

export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(error);
  if (problem.status >= 500) process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
  // Never through the schema of the operation's answer: a problem has its own.
  return reply.status(problem.status).type('application/problem+json').serializer(JSON.stringify).send(problem);
}

export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error));
}

/** What is not HTTP at all has no request to answer: its problem is written on the line. */
export function answerBrokenCall(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const body = JSON.stringify(
    problemOf(
      new UtplukkError(
        'InvalidInput',
        'the call is not HTTP, or its headers are too long',
        'Send it by an HTTP client.',
      ),
    ),
  );
  if (socket.writable)
    socket.write(
      `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  socket.destroy(error);
}

export const notFoundProblem = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(
    reply,
    new UtplukkError(
      'NotFound',
      `${request.method} ${request.url} is not a call of this API`,
      'docs/openapi.json lists them.',
    ),
  );
