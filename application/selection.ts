import { randomUUID } from 'node:crypto';
import { conflict, invalid, notFound } from '../domain/errors';
import type { LookUpEvent } from '../domain/rules/permissions';
import type { Assessment } from '../domain/rules/blind-assessment';
import { type ListState, SIGN_OFFS_NEEDED } from '../domain/rules/lifecycle';
import { REPRODUCE_SCHEDULE } from '../domain/rules/workflow-ids';
import { digestOf } from '../platform/artifacts/hash';
import { startAuditedAction } from '../platform/auth/audit-context';
import type { Db } from '../platform/postgres/connection';
import { linePage, type LineView } from '../platform/db/read-models/selection';
import { championOf } from '../platform/db/stores/versions';
import { append, storeReason } from '../platform/ledger/append';
import type { RescoreScheduleSpec } from './workflow-client';
import type { RequestContext } from './request-context';
import { type TableInput, pinned } from './table-ref';

export interface RescoreOptions {
  readonly slot: string;
  readonly asOf: string;
  readonly capacity: number;
  readonly seed: number;
  readonly openDays: number;
  readonly shards: number;
  /** Score a prepared table instead of the register. */
  readonly table?: TableInput;
}

/** Starts a rescoring on demand. The key is what it is about, so a second start while one runs joins it. */
export async function startRescore(context: RequestContext, options: RescoreOptions): Promise<{ workflowId: string }> {
  if (Number.isNaN(Date.parse(options.asOf)))
    throw invalid(`"${options.asOf}" is not an instant`, 'Give one such as 2025-01-01T00:00:00Z.');
  const champion = await championOf(context.db, options.slot);
  if (!champion)
    throw notFound(
      `no version is live for ${options.slot}`,
      'Propose and approve one first: `utplukk propose <version>`.',
    );
  const { table, ...rest } = options;
  const input = { ...rest, ...(table ? { table: await pinned(context.store, table) } : {}) };
  const key = digestOf({ ...input, champion: champion.versionId }).slice(0, 24);
  const audit = await context.db.transaction(async (tx) => {
    const begun = await startAuditedAction(
      tx,
      context.token,
      'rescore.start',
      `rescoring ${options.slot} as of ${options.asOf}`,
      context.clock(),
    );
    await append(
      tx,
      begun,
      { event: 'rescoring.started', subject: { kind: 'slot', id: options.slot }, after: champion.versionId },
      context.clock(),
    );
    return begun;
  });
  return { workflowId: await context.temporal.startRescore(key, { ...input, actionId: audit.actionId }) };
}

export interface ListSummary {
  readonly listId: string;
  readonly scoringId: string;
  readonly slot: string;
  readonly asOf: Date;
  readonly capacity: number;
  readonly versionId: string;
  readonly state: ListState;
  readonly signOffs: number;
  readonly candidates: number;
}

const SUMMARY = `select l.list_id, l.scoring_id, l.slot, l.as_of, l.capacity, s.version_id, s.rows as candidates,
    coalesce(sum((x.verdict = 'approved')::int), 0)::int as "signOffs", max(x.verdict) filter (where x.verdict <> 'approved') as closed
  from sel.list l join sel.scoring_run s using (scoring_id) left join sel.sign_off x using (list_id)`;

interface Row {
  list_id: string;
  scoring_id: string;
  slot: string;
  as_of: Date;
  capacity: number;
  version_id: string;
  candidates: number;
  signOffs: number;
  closed: Extract<ListState, 'refused' | 'expired'> | null;
}
const toSummary = (row: Row): ListSummary => ({
  listId: row.list_id,
  scoringId: row.scoring_id,
  slot: row.slot,
  asOf: row.as_of,
  capacity: row.capacity,
  versionId: row.version_id,
  signOffs: row.signOffs,
  candidates: row.candidates,
  state: row.closed ?? (row.signOffs >= SIGN_OFFS_NEEDED ? 'approved' : 'draft'),
});

/** A list by its id, a beginning of it, or its scoring run. @throws UtplukkError NotFound for none, and for several */
export async function getList(db: Db, id: string): Promise<ListSummary> {
  // Two look-ups by index: one condition with `or` reads every list.
  const ids = /^[0-9a-f]{6,64}$/.test(id)
    ? (
        await db.raw<{ rows: { list_id: string }[] }>(
          'select list_id from sel.list where list_id like ? union select list_id from sel.list where scoring_id = ? limit 2',
          [`${id}%`, id],
        )
      ).rows
    : [];
  if (ids.length !== 1)
    throw notFound(
      ids.length ? `several lists begin with ${id}` : `there is no list ${id}`,
      'List them with `utplukk list`.',
    );
  return (await summariesOf(db, [ids[0]!.list_id])).get(ids[0]!.list_id)!;
}

/** Lists by their ids. */
export async function summariesOf(db: Db, ids: readonly string[]): Promise<Map<string, ListSummary>> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `${SUMMARY} where l.list_id = any(?) group by l.list_id, s.scoring_id`,
    [[...ids]],
  );
  return new Map(rows.map((row) => [row.list_id, toSummary(row)]));
}

export async function listLists(db: Db, limit = 50): Promise<ListSummary[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `${SUMMARY} group by l.list_id, s.scoring_id order by l.drafted_at desc limit ?`,
    [limit],
  );
  return rows.map(toSummary);
}

/** A page of lists, newest first, after the given one. */
export async function listPage(
  db: Db,
  { before, limit }: { before?: readonly [at: string, id: string] | undefined; limit: number },
): Promise<(ListSummary & { draftedAt: Date })[]> {
  const { rows } = await db.raw<{ rows: (Row & { drafted_at: Date })[] }>(
    `${SUMMARY.replace('select ', 'select l.drafted_at, ')} where (?::timestamptz is null or (l.drafted_at, l.list_id) < (?::timestamptz, ?::text)) group by l.list_id, s.scoring_id order by l.drafted_at desc, l.list_id desc limit ?`,
    [before?.[0] ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
  );
  return rows.map((row) => ({ ...toSummary(row), draftedAt: row.drafted_at }));
}

/** What a person thinks of a provider before its rank is shown; once, and only where it is asked for. */
export async function assess(
  context: RequestContext,
  list: Pick<ListSummary, 'listId'>,
  entity: string,
  verdict: Assessment,
  words: string | undefined,
): Promise<{ listId: string; entity: string; verdict: Assessment }> {
  const at = context.clock();
  await context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, context.token, 'list.assess', `list ${list.listId}`, at);
    const reasonId = words === undefined ? null : await storeReason(tx, words);
    const inserted = await tx.raw<{ rowCount: number }>(
      'insert into sel.assessment (list_id, entity, principal_id, action_id, verdict, reason_id, at) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
      [list.listId, entity, audit.principalId, audit.actionId, verdict, reasonId, at],
    );
    if (inserted.rowCount === 0)
      throw conflict('you assessed this provider before', 'An assessment is given once, before the rank is seen.');
    await append(
      tx,
      audit,
      { event: 'line.assessed' satisfies LookUpEvent, subject: { kind: 'list', id: list.listId } },
      at,
    );
  });
  return { listId: list.listId, entity, verdict };
}

/** Lines in order of rank, all groups, for commands and jobs that action on a whole list. */
export const listLines = (
  db: Db,
  listId: string,
  { from = 1, count = 50, selectedOnly = true } = {},
): Promise<LineView[]> =>
  linePage(db, { listId, after: from - 1, limit: count, selectedOnly, groups: undefined, judge: undefined });

/** One person's seal or refusal. Two different people seal; a refusal closes the list. */
export async function signOffList(
  context: RequestContext,
  id: string,
  verdict: 'approved' | 'refused',
  reason: string,
): Promise<{ listId: string; state: string; signOffs: number }> {
  const list = await getList(context.db, id);
  if (list.state !== 'draft') throw conflict(`list ${list.listId.slice(0, 12)} is ${list.state}: it cannot change`);
  const at = context.clock();
  const signOffId = await context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(
      tx,
      context.token,
      verdict === 'approved' ? 'list.sign-off' : 'list.refuse',
      `list ${list.listId}`,
      at,
    );
    const mine = await tx('sel.sign_off')
      .where({ list_id: list.listId, principal_id: audit.principalId })
      .first<object | undefined>();
    if (mine)
      throw conflict(
        `you approved list ${list.listId.slice(0, 12)} already; ${SIGN_OFFS_NEEDED} different people are needed`,
        'Someone else with the role control-leader seals too.',
      );
    const newId = randomUUID();
    const reasonId = await storeReason(tx, reason);
    await tx('sel.sign_off').insert({
      sign_off_id: newId,
      list_id: list.listId,
      verdict,
      principal_id: audit.principalId,
      action_id: audit.actionId,
      reason_id: reasonId,
      sealed_at: at,
    });
    await append(
      tx,
      audit,
      { event: `list.${verdict}`, subject: { kind: 'list', id: list.listId }, after: list.listId },
      at,
    );
    return newId;
  });
  const counted = await context.temporal.signOff(list.scoringId, signOffId);
  return { listId: list.listId, ...counted };
}

/** Creates or updates the rescoring schedule of a slot, with its ledger entry. */
export async function applySchedule(
  context: RequestContext,
  spec: RescoreScheduleSpec,
): Promise<'created' | 'updated'> {
  await context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(
      tx,
      context.token,
      'schedule.edit',
      `schedule of ${spec.slot}`,
      context.clock(),
    );
    await append(
      tx,
      audit,
      { event: 'schedule.applied', subject: { kind: 'schedule', id: spec.slot }, after: digestOf(spec) },
      context.clock(),
    );
  });
  return context.temporal.applySchedule(spec);
}

/** Has every live version made again from its pins on a schedule. */
export async function applyReproductionSchedule(context: RequestContext, cron: string): Promise<'created' | 'updated'> {
  await context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(
      tx,
      context.token,
      'schedule.edit',
      'schedule of rebuilding what is live',
      context.clock(),
    );
    const subject = { kind: 'schedule', id: REPRODUCE_SCHEDULE };
    await append(tx, audit, { event: 'schedule.applied', subject, after: digestOf({ cron }) }, context.clock());
  });
  return context.temporal.applyReproductionSchedule(cron);
}

export async function pauseSchedule(context: RequestContext, scheduleId: string, pause: boolean): Promise<void> {
  await context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(
      tx,
      context.token,
      'schedule.edit',
      `${pause ? 'pausing' : 'resuming'} ${scheduleId}`,
      context.clock(),
    );
    await append(
      tx,
      audit,
      { event: pause ? 'schedule.paused' : 'schedule.resumed', subject: { kind: 'schedule', id: scheduleId } },
      context.clock(),
    );
  });
  const handle = context.temporal.client.schedule.getHandle(scheduleId);
  await (pause ? handle.pause() : handle.unpause());
}
