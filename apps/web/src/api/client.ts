import createClient from 'openapi-fetch';
import type { components, paths } from './schema.gen';

export type Problem = components['schemas']['Problem'];
type Answer<P extends keyof paths, S extends number = 200> = paths[P] extends { get: { responses: infer R } }
  ? S extends keyof R
    ? R[S] extends { content: { 'application/json': infer T } }
      ? T
      : never
    : never
  : never;

/** A problem that the API answered with, or that no answer came (status 0). */
export class ProblemError extends Error {
  constructor(
    readonly problem: Pick<Problem, 'code' | 'title'> & { readonly next?: string | undefined; readonly status: number },
  ) {
    super(problem.title);
  }
}

export type Me = Answer<'/v1/me'>;
export type Purpose = Me['purposes'][number];
export type Overview = Answer<'/v1/overview'>;
export type Run = Answer<'/v1/training-runs/{runId}'>;
export type RunSummary = Answer<'/v1/training-runs'>['rows'][number];
export type Evaluation = Answer<'/v1/training-runs/{runId}/evaluation'>;
export type EvaluationRow = Evaluation['rows'][number];
export type Version = Answer<'/v1/model-versions/{versionId}'>;
export type VersionSummary = Answer<'/v1/model-versions'>['rows'][number];
export type PromotionRequest = Answer<'/v1/promotions/{requestId}'>;
export type PromotionRequestSummary = Answer<'/v1/promotions'>['rows'][number];
export type LiveRow = Answer<'/v1/live-at/{instant}'>[number];
export type Graph = Answer<'/v1/lineage-graph/{id}'>;
export type List = Answer<'/v1/selection-lists/{listId}'>;
export type Line = Answer<'/v1/selection-lists/{listId}/lines'>['rows'][number];
export type BlindLine = Answer<'/v1/selection-lists/{listId}/blind-lines'>[number];
export type Provider = Answer<'/v1/providers/{provider}'>;
export type Day = Answer<'/v1/providers/{provider}/days/{day}'>;
export type LedgerEntry = Answer<'/v1/ledger/entries'>['rows'][number];
export type PostDeploymentEvaluation = Answer<'/v1/model-versions/{versionId}/post-deployment-evaluations'>[number];
export type CatalogueFeature = Answer<'/v1/features'>[number];
export type Reproduction = Answer<'/v1/reproductions/{key}'>;
export type AccessRow = Answer<'/v1/access'>['rows'][number];
export type Gate = PromotionRequest['gates'][number];
export type Verdict =
  paths['/v1/selection-lists/{listId}/assessments']['post']['requestBody']['content']['application/json']['verdict'];

let csrf: string | undefined;
/** Keeps the token of /v1/me that proves that a call comes from this page (cross-site request forgery). */
export const rememberCsrf = (token: string | null): void => {
  csrf = token ?? undefined;
};

export const api = createClient<paths>({ baseUrl: '' });
api.use({
  onRequest({ request }) {
    if (request.method !== 'GET' && csrf !== undefined) request.headers.set('x-utplukk-csrf', csrf);
    if (request.method === 'POST') request.headers.set('idempotency-key', crypto.randomUUID());
    return request;
  },
});

/**
 * The body of a successful call.
 * @throws ProblemError with the problem that the API answered; status 0 where nothing answered
 */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let result: Awaited<typeof call>;
  try {
    result = await call;
  } catch {
    throw new ProblemError({ code: 'SourceUnavailable', title: '', status: 0 });
  }
  const { data, error, response } = result;
  if (response.ok) return data as T;
  const problem = error as Partial<Problem> | undefined;
  throw new ProblemError({
    code: problem?.code ?? 'Internal',
    title: problem?.title ?? response.statusText,
    next: problem?.next,
    status: response.status,
  });
}

export async function signOut(): Promise<void> {
  await fetch('/auth/logout', { method: 'POST', headers: csrf === undefined ? {} : { 'x-utplukk-csrf': csrf } });
  location.assign('/');
}
