import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { z } from 'zod';
import { ACCESS, groupsInScope, type Operation } from '../../../domain/rules/permissions';
import type { RequestContext } from '../../../application/request-context';
import type { ApiDeps } from '../deps';
import { once } from './idempotency';
import { callerOf, evidenceFor, type Principal, requireAccess } from './principal';
import { problemSchema } from './problems';

/** What goes over the wire for a schema: instants may be Dates here and are text there. */
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
  /** Answer in JSON; without one the handler sends what `produces` names. */
  readonly answer?: R;
  readonly produces?: readonly string[];
  readonly status?: 200 | 201 | 202;
}

export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly principal: Principal;
  /** For services that change something, in the name of the one who calls. */
  readonly command: RequestContext;
  /** Provider groups whose providers the caller may see; undefined for all. */
  readonly groups: readonly string[] | undefined;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The document's word for an answer that is no JSON. */
const textual = (types: readonly string[], description: string) => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: z.string() }])),
});

/** Registers an operation of the access table: its check, its form, its document and its handler cannot come apart. */
export function route<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodUndefined,
>(
  app: FastifyInstance,
  deps: ApiDeps,
  operation: Operation,
  spec: Spec<P, Q, B, R>,
  handler: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Wire<z.output<R>> | FastifyReply>,
): void {
  const { method, url, summary, tag, params, query, body, answer, produces, status = 200 } = spec;
  const errors = Object.fromEntries(
    ERRORS.map(([code, description]) => [
      code,
      { description, content: { 'application/problem+json': { schema: problemSchema } } },
    ]),
  );
  const schema: FastifySchema = {
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
      ...(produces ? { [status]: textual(produces, summary) } : {}),
      ...errors,
    },
  };
  app.route({
    method,
    url,
    schema,
    // Before the form is looked at: who may not call learns nothing from how the call was made.
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
        command: commandOf(deps, request, principal),
        groups: groupsInScope(principal.token.roles, operation, principal.token.providerGroups),
        request,
        reply,
      };
      const work = () => handler(call);
      const result =
        method === 'POST' && answer ? await once(deps.db, request, reply, principal.token, status, work) : await work();
      if (result === reply || !answer) return result;
      return reply.status(status).send(result);
    },
  });
}

const ERRORS = [
  [400, 'The call is not right'],
  [401, 'Nobody is signed in'],
  [403, 'The role is missing, or the action is not allowed'],
  [404, 'There is no such thing'],
  [409, 'The state does not allow it'],
  [422, 'The data do not allow it'],
  [429, 'Too many calls'],
  [500, 'The server failed'],
  [503, 'A server behind is away'],
] as const;

const commandOf = (deps: ApiDeps, request: FastifyRequest, { token }: Principal): RequestContext => ({
  db: deps.db,
  store: deps.store,
  temporal: deps.temporal,
  clock: deps.clock,
  notary: deps.notary,
  evidence: (nonce) => evidenceFor(request, deps.sessions, nonce),
  token,
});
