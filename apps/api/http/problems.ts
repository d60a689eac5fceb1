import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  ApplicationFailure,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { z } from 'zod';
import { QueueFull } from '../../../application/bounded-queue';
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
  Unexpected: 500,
  EngineMissing: 503,
  SourceUnavailable: 503,
};

/** Codes of the API itself, beside the failure types of the domain, with their HTTP status. */
const HTTP_STATUS = {
  SignInNeeded: 401,
  RoleNeeded: 403,
  CsrfRefused: 403,
  TooManyRequests: 429,
  Busy: 503,
  Internal: 500,
} as const;
type HttpCode = keyof typeof HTTP_STATUS;
export const HTTP_CODES = Object.keys(HTTP_STATUS) as [HttpCode, ...HttpCode[]];

/** Problem details (RFC 9457): what went wrong, in words, and what to do next. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    status: z.int(),
    code: z.enum([...FAILURE_TYPES, ...HTTP_CODES]),
    title: z.string(),
    next: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457), with a code for programs' });
export type Problem = z.infer<typeof problemSchema>;

/** PostgreSQL's SQLSTATE for the one character that it stores in no text: NUL. */
const UNTRANSLATABLE_CHARACTER = '22021';
const GRPC_UNAVAILABLE = 14;

export class HttpProblem extends Error {
  constructor(
    readonly code: HttpCode,
    message: string,
    readonly next?: string,
  ) {
    super(message);
  }
}

const problem = (status: number, code: Problem['code'], title: string, next?: string): Problem => ({
  type: 'about:blank',
  status,
  code,
  title,
  ...(next === undefined ? {} : { next }),
});

/**
 * Problem details of an error. Messages of our own errors are shown; of any other only the request id, by which the log
 * names it.
 */
export function toProblemDetails(error: unknown, requestId: string): Problem {
  if (error instanceof UtplukkError) return problem(STATUS[error.type], error.type, error.message, error.next);
  if (error instanceof HttpProblem) return problem(HTTP_STATUS[error.code], error.code, error.message, error.next);
  if (error instanceof QueueFull) return problem(HTTP_STATUS.Busy, 'Busy', error.message, 'Try again in a moment.');
  if (error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)
    return toProblemDetails(error.cause, requestId);
  if (error instanceof ApplicationFailure) {
    const type = FAILURE_TYPES.find((name) => name === error.type) ?? 'Conflict';
    return problem(STATUS[type], type, error.message);
  }
  if (error instanceof WorkflowNotFoundError)
    return problem(404, 'NotFound', 'the workflow does not exist or has ended');
  return (
    fromFastify(error as Partial<FastifyError>) ??
    fromServers(error as { code?: unknown }) ??
    problem(500, 'Internal', `Internal server error (request id ${requestId})`)
  );
}

/** Errors that Fastify raised for an invalid request; undefined for others. */
function fromFastify(error: Partial<FastifyError>): Problem | undefined {
  const { statusCode = 500, validation, validationContext = 'request', message } = error;
  if (validation) {
    const details = validation.map((issue) => `${issue.instancePath || '/'} ${issue.message ?? ''}`);
    return problem(400, 'InvalidInput', `${validationContext}: ${details.join('; ')}`);
  }
  if (statusCode === 429)
    return problem(429, 'TooManyRequests', message ?? 'too many requests', 'Try again in a minute.');
  if (statusCode >= 500) return undefined;
  return problem(statusCode, statusCode === 404 ? 'NotFound' : 'InvalidInput', message ?? 'the request is invalid');
}

/** Errors of the servers behind the API that the caller can do something about; undefined for others. */
function fromServers({ code }: { readonly code?: unknown }): Problem | undefined {
  if (code === UNTRANSLATABLE_CHARACTER)
    return problem(400, 'InvalidInput', 'the request contains the character NUL, which no text may', 'Leave it out.');
  if (code === 'ECONNREFUSED' || code === GRPC_UNAVAILABLE)
    return problem(
      503,
      'SourceUnavailable',
      'a server behind the API does not respond',
      'Try again in a moment; `utplukk doctor` names it.',
    );
  return undefined;
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const details = toProblemDetails(error, request.id);
  if (error instanceof QueueFull) reply.header('retry-after', error.retryAfterSeconds);
  else if (details.status >= 500)
    process.stderr.write(`request ${request.id}: ${(error as Error).stack ?? String(error)}\n`);
  // Serialized as it is, not by the response schema of the operation.
  return reply.status(details.status).type('application/problem+json').serializer(JSON.stringify).send(details);
}

export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
}

/**
 * Answers bytes that are no HTTP request: there is no request to reply to, so the response is written to the socket.
 */
export function answerMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const details = problem(
    400,
    'InvalidInput',
    'this is not a valid HTTP request, or its headers are too long',
    'Send it with an HTTP client.',
  );
  const body = JSON.stringify(details);
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroy(error);
}

export const notFoundProblem = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(
    request,
    reply,
    new UtplukkError('NotFound', `No such endpoint: ${request.method} ${request.url}`, 'docs/openapi.json lists them.'),
  );
