import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { z } from 'zod';
import { ACCESS, groupsInScope, type Operation } from '../../../domain/rules/permissions';
import type { RequestContext } from '../../../application/request-context';
import type { ApiDeps } from '../deps';
import { once } from './idempotency';
import { callerOf, type Principal, requireAccess, stepUpTokenFor } from './principal';
import { problemSchema } from './problems';

/** What a handler may return for a response schema: Dates stand for instants, which are text on the wire. */
export type Wire<T> = T extends string
  ? T | Date
  : T extends readonly (infer U)[]
    ? readonly Wire<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T;

interface Spec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly summary: string;
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Schema of the JSON response; without one the handler sends a media type that `produces` names. */
  readonly answer?: R;
  readonly produces?: readonly string[];
  readonly status?: 200 | 201 | 202;
}

export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly principal: Principal;
  /** What the application layer works with, on behalf of the caller. */
  readonly context: RequestContext;
  /** Provider groups whose providers the caller may see; undefined for all. */
  readonly groups: readonly string[] | undefined;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Registers one operation on a server. */
export type Route = (app: FastifyInstance, deps: ApiDeps) => void;

type Handler<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> = (
  call: Call<z.output<P>, z.output<Q>, z.output<B>>,
  deps: ApiDeps,
) => Promise<Wire<z.output<R>> | FastifyReply>;

/**
 * Declares an operation of the access table: its roles, the schemas of its request and response, its place in the
 * OpenAPI document and its handler stand together, so that they cannot disagree.
 */
export function route<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodUndefined,
>(operation: Operation, spec: Spec<P, Q, B, R>, handler: Handler<P, Q, B, R>): Route {
  const { method, url, answer, status = 200 } = spec;
  return (app, deps) => {
    app.route({
      method,
      url,
      schema: schemaOf(operation, spec),
      // Before the request is validated: who may not call learns nothing about what a valid request looks like.
      onRequest: (request, _reply, done) => {
        requireAccess(callerOf(request)!, operation);
        done();
      },
      handler: async (request, reply) => {
        const principal = callerOf(request)!;
        const call: Call<z.output<P>, z.output<Q>, z.output<B>> = {
          params: request.params as z.output<P>,
          query: request.query as z.output<Q>,
          body: request.body as z.output<B>,
          principal,
          context: contextOf(deps, request, principal),
          groups: groupsInScope(principal.token.roles, operation, principal.token.providerGroups),
          request,
          reply,
        };
        const work = () => handler(call, deps);
        const result =
          method === 'POST' && answer
            ? await once(deps.db, request, reply, principal.token, status, work)
            : await work();
        if (result === reply || !answer) return result;
        return reply.status(status).send(result);
      },
    });
  };
}

/** OpenAPI of an operation, and what its requests are validated and its responses serialized by. */
function schemaOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  operation: Operation,
  { summary, tag, params, query, body, answer, produces, status = 200 }: Spec<P, Q, B, R>,
): FastifySchema {
  return {
    operationId: operation,
    summary,
    tags: [tag],
    description: `Roles: ${ACCESS[operation].join(', ')}.`,
    security: [{ bearer: [] }, { session: [] }],
    ...(params ? { params } : {}),
    ...(query ? { querystring: query } : {}),
    ...(body ? { body } : {}),
    response: {
      ...(answer ? { [status]: answer } : {}),
      ...(produces ? { [status]: textResponse(produces, summary) } : {}),
      ...ERROR_RESPONSES,
    },
  };
}

/** OpenAPI of a response that is not JSON. */
const textResponse = (types: readonly string[], description: string) => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: z.string() }])),
});

const ERRORS = [
  [400, 'The request is invalid'],
  [401, 'Not signed in'],
  [403, 'The role is missing, or the action is not allowed'],
  [404, 'Not found'],
  [409, 'The state does not allow it'],
  [422, 'The data do not allow it'],
  [429, 'Too many requests'],
  [500, 'Internal server error'],
  [503, 'A server behind the API is unavailable or busy'],
] as const;
const ERROR_RESPONSES = Object.fromEntries(
  ERRORS.map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: problemSchema } } },
  ]),
);

const contextOf = (deps: ApiDeps, request: FastifyRequest, { token }: Principal): RequestContext => ({
  db: deps.db,
  store: deps.store,
  temporal: deps.temporal,
  clock: deps.clock,
  notary: deps.notary,
  stepUpToken: (nonce) => stepUpTokenFor(request, deps.sessions, nonce),
  token,
});
