import { conflict, notAllowed } from '../domain/errors';
import type { Assessment } from '../domain/rules/blind-assessment';
import type { AccessEvent } from '../domain/rules/permissions';
import { mayDo } from '../domain/rules/roles';
import { knownPrincipal, startAuditedAction } from '../platform/auth/audit-context';
import type { VerifiedToken } from '../platform/auth/tokens';
import { isToAssess, linesToAssess } from '../platform/db/read-models/selection';
import { storeReason } from '../platform/ledger/append';
import { recordOnce } from '../platform/ledger/record';
import type { Db } from '../platform/postgres/connection';
import type { RequestContext } from './request-context';

export interface NewAssessment {
  readonly listId: string;
  readonly entity: string;
  readonly verdict: Assessment;
  readonly comment?: string | undefined;
}

/** A principal without any action has assessed nothing. */
const NO_PRINCIPAL = '00000000-0000-0000-0000-000000000000';

/**
 * The principal who assesses some providers blind: neither rank nor reasons of those are shown to it before it has
 * assessed them. Undefined for roles that assess nothing.
 */
export const blindAssessorOf = async (db: Db, token: VerifiedToken): Promise<string | undefined> =>
  mayDo(token.roles, 'list.assess') ? ((await knownPrincipal(db, token)) ?? NO_PRINCIPAL) : undefined;

/** Providers of a list that this person has yet to assess; none for roles that assess nothing. */
export async function pendingAssessments(
  db: Db,
  token: VerifiedToken,
  listId: string,
  groups: readonly string[] | undefined,
): Promise<{ entity: string; practice: string | undefined; group: string }[]> {
  const blindAssessor = await blindAssessorOf(db, token);
  return blindAssessor === undefined ? [] : linesToAssess(db, { listId, groups, blindAssessor });
}

/**
 * Stores what a person thinks of a provider before its rank is shown; once, and only for providers that were drawn
 * for it.
 * @param groups provider groups in scope; undefined for all
 * @throws UtplukkError Conflict where there is nothing to assess (any more), NotAllowed outside the scope
 */
export async function assess(
  context: RequestContext,
  { listId, entity, verdict, comment }: NewAssessment,
  groups: readonly string[] | undefined,
): Promise<{ listId: string; entity: string; verdict: Assessment }> {
  const blindAssessor = await blindAssessorOf(context.db, context.token);
  if (blindAssessor === undefined || !(await isToAssess(context.db, listId, entity, blindAssessor)))
    throw conflict(
      'you have no blind assessment to make of this provider',
      'GET …/blind-lines names those that wait for one.',
    );
  const inScope = await linesToAssess(context.db, { listId, groups, blindAssessor });
  if (!inScope.some((line) => line.entity === entity))
    throw notAllowed('this provider is outside the provider groups of your team');
  await recordAssessment(context, { listId, entity, verdict, comment });
  return { listId, entity, verdict };
}

/** Stores an assessment and its ledger entry. @throws UtplukkError Conflict for a second one of the same person */
export async function recordAssessment(
  { db, token, clock }: Pick<RequestContext, 'db' | 'token' | 'clock'>,
  { listId, entity, verdict, comment }: NewAssessment,
): Promise<void> {
  const at = clock();
  await db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, token, 'list.assess', `list ${listId}`, at);
    const assessment = {
      list_id: listId,
      entity,
      principal_id: audit.principalId,
      action_id: audit.actionId,
      verdict,
      reason_id: comment === undefined ? null : await storeReason(tx, comment),
      at,
    };
    const entry = { event: 'line.assessed' satisfies AccessEvent, subject: { kind: 'list', id: listId } };
    if (!(await recordOnce(tx, { table: 'sel.assessment', rows: [assessment], audit, entry, at })))
      throw conflict('you have assessed this provider before', 'An assessment is made once, before the rank is shown.');
  });
}
