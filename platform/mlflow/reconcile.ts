import { randomUUID } from 'node:crypto';
import { slotName } from '../../domain/rules/slots';
import type { Db } from '../postgres/connection';
import { getRun } from '../db/stores/runs';
import { toMirror } from '../db/stores/mirror-outbox';
import { championOf } from '../db/stores/champions';
import { type AuditContext, append } from '../ledger/append';
import { MlflowError } from './client';
import { type MlflowMirror, statusOf, TAG } from './mirror';

export interface Deviation {
  readonly kind: 'run' | 'version' | 'champion';
  readonly subjectId: string;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** Runs compared each time: the newest, and a window that moves over the older ones. */
const NEWEST = 40;
const WINDOW = 20;
const SUPERSEDED = 'superseded';

/**
 * Detects drift of MLflow: compares its aliases, versions and runs with what was mirrored. Deviations, such as manual
 * changes, are recorded with a ledger entry and mirrored again; items that still wait in the outbox are no deviations.
 */
export class MlflowReconciler {
  #from = 0;
  constructor(
    readonly mirror: MlflowMirror,
    readonly db: Db,
  ) {}

  /** @throws the error of fetch if MLflow does not answer; the next call compares again */
  async reconcile(startAuditedAction: () => Promise<AuditContext>, at: Date): Promise<Deviation[]> {
    const waiting = await this.db('ml.mirror_outbox').whereNull('done_at').first<object | undefined>();
    if (waiting) return [];
    const found = [...(await this.#champions()), ...(await this.#versions()), ...(await this.#runs())];
    if (found.length === 0) return [];
    const audit = await startAuditedAction();
    for (const deviation of found) await this.#record(audit, deviation, at);
    return found;
  }

  async #record(audit: AuditContext, { kind, subjectId, what, expected, found }: Deviation, at: Date): Promise<void> {
    // A run that is mirrored again needs its versions mirrored again: they refer to it.
    const versions = kind === 'version' ? [subjectId] : kind === 'run' ? await this.#versionsOf(subjectId) : [];
    if (kind === 'run') await this.#supersede('run', subjectId);
    for (const version of versions) await this.#supersede('version', version);
    await this.db.transaction(async (tx) => {
      const row = { deviation_id: randomUUID(), kind, subject_id: subjectId, what, expected, found, found_at: at };
      await tx('ml.mirror_deviation').insert(row);
      if (kind !== 'champion')
        await tx('ml.mirror_link')
          .whereIn('subject_id', [subjectId, ...versions])
          .delete();
      await toMirror(tx, kind, subjectId);
      for (const version of versions) {
        if (kind === 'run') await toMirror(tx, 'version', version);
        // the alias must refer to the new version number
        for (const slot of await slotsOf(tx, version)) await toMirror(tx, 'champion', slot);
      }
      await append(
        tx,
        audit,
        { event: 'mirror.deviation-found', subject: { kind: `mlflow-${kind}`, id: subjectId } },
        at,
      );
    });
  }

  async #versionsOf(runId: string): Promise<string[]> {
    return this.db('ml.model_version as v')
      .join('ml.mirror_link as l', (on) => void on.on('l.subject_id', 'v.version_id').onVal('l.kind', 'version'))
      .where({ run_id: runId })
      .pluck<string[]>('version_id');
  }

  /**
   * Removes our id from a changed object, which is otherwise kept, so that the next mirroring creates a correct one.
   */
  async #supersede(kind: 'run' | 'version', subjectId: string): Promise<void> {
    const link = await this.#link(kind, subjectId);
    if (!link) return;
    try {
      if (kind === 'run') await this.mirror.client.call('SetTag', { run_id: link, key: TAG, value: SUPERSEDED });
      else {
        const { name } = await this.#registered(subjectId);
        await this.mirror.client.call('SetModelVersionTag', { name, version: link, key: TAG, value: SUPERSEDED });
      }
    } catch (error) {
      if (!(error instanceof MlflowError)) throw error; // deleted in MLflow: nothing to supersede
    }
  }

  async #champions(): Promise<Deviation[]> {
    const { rows } = await this.db.raw<{ rows: { slot: string }[] }>(
      'select distinct slot from ml.champion order by slot',
    );
    const out: Deviation[] = [];
    for (const { slot } of rows) {
      const expected = (await championOf(this.db, slot))!.versionId;
      const found = await this.#found(async () => {
        const { model_version: version } = await this.mirror.client.call('GetModelVersionByAlias', {
          name: slotName(slot),
          alias: 'champion',
        });
        return version?.tags?.find(({ key }) => key === TAG)?.value;
      });
      if (found !== expected)
        out.push({ kind: 'champion', subjectId: slot, what: 'alias champion', expected, found: found ?? 'nothing' });
    }
    return out;
  }

  async #versions(): Promise<Deviation[]> {
    const links = await this.db('ml.mirror_link')
      .where({ kind: 'version' })
      .select<{ subject_id: string; mlflow_id: string }[]>('*');
    const out: Deviation[] = [];
    for (const { subject_id: subjectId, mlflow_id: number } of links) {
      const { name, runId } = await this.#registered(subjectId);
      const version = await this.#found(
        async () => (await this.mirror.client.call('GetModelVersion', { name, version: number })).model_version,
      );
      const differs = (what: string, expected: string, found: string | undefined) =>
        found !== expected && out.push({ kind: 'version', subjectId, what, expected, found: found ?? 'nothing' });
      if (!version) differs(`version ${number} of ${name}`, subjectId, undefined);
      else if (version.tags?.find(({ key }) => key === TAG)?.value !== subjectId)
        differs(`tag ${TAG}`, subjectId, version.tags?.find(({ key }) => key === TAG)?.value);
      else if (runId !== undefined) differs('run', runId, version.run_id);
    }
    return out;
  }

  async #runs(): Promise<Deviation[]> {
    const links = await this.db('ml.mirror_link as l')
      .join('ml.training_run as r', (on) => void on.on(this.db.raw("l.subject_id = r.run_id::text and l.kind = 'run'")))
      .orderBy('r.started_at', 'desc')
      .select<{ subject_id: string; mlflow_id: string }[]>('l.subject_id', 'l.mlflow_id');
    const older = links.slice(NEWEST);
    const window = older.slice(this.#from, this.#from + WINDOW);
    this.#from = this.#from + WINDOW >= older.length ? 0 : this.#from + WINDOW;
    const out: Deviation[] = [];
    for (const { subject_id: runId, mlflow_id } of [...links.slice(0, NEWEST), ...window]) {
      const problem = await this.#runProblem(runId, mlflow_id);
      if (problem) out.push({ kind: 'run', subjectId: runId, ...problem });
    }
    return out;
  }

  async #runProblem(
    runId: string,
    mlflowId: string,
  ): Promise<Pick<Deviation, 'what' | 'expected' | 'found'> | undefined> {
    const run = await getRun(this.db, runId);
    const mirrored = await this.#found(async () => (await this.mirror.client.call('GetRun', { run_id: mlflowId })).run);
    if (!mirrored || mirrored.info?.lifecycle_stage === 'deleted')
      return { what: 'run', expected: runId, found: 'deleted' };
    const tag = mirrored.data?.tags?.find(({ key }) => key === TAG)?.value;
    if (tag !== runId) return { what: `tag ${TAG}`, expected: runId, found: tag ?? 'nothing' };
    const status = statusOf(run.state);
    if (status && mirrored.info?.status !== status)
      return { what: 'status', expected: status, found: String(mirrored.info?.status) };
    const metrics = new Map((mirrored.data?.metrics ?? []).map(({ key, value }) => [key ?? '', value]));
    // the last metric of a name counts
    const wanted = new Map((await this.mirror.metrics(runId, run.startedAt)).map(({ key, value }) => [key, value]));
    for (const [key, value] of wanted)
      if (metrics.get(key) !== value)
        return { what: `metric ${key}`, expected: String(value), found: String(metrics.get(key) ?? 'nothing') };
    const extra = [...metrics.keys()].find((key) => !wanted.has(key));
    return extra === undefined
      ? undefined
      : { what: `metric ${extra}`, expected: 'nothing', found: String(metrics.get(extra)) };
  }

  async #registered(versionId: string): Promise<{ name: string; runId: string | undefined }> {
    const row = await this.db('ml.model_version')
      .where({ version_id: versionId })
      .first<{ slot: string; run_id: string }>();
    return { name: slotName(row.slot), runId: await this.#link('run', row.run_id) };
  }

  async #link(kind: string, subjectId: string): Promise<string | undefined> {
    return (
      await this.db('ml.mirror_link').where({ kind, subject_id: subjectId }).first<{ mlflow_id: string } | undefined>()
    )?.mlflow_id;
  }

  /** The response, or undefined if MLflow has no such object. */
  async #found<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof MlflowError && ['RESOURCE_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE'].includes(error.code))
        return undefined;
      throw error;
    }
  }
}

async function slotsOf(db: Pick<Db, 'raw'>, versionId: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { slot: string }[] }>(
    `select slot from (select distinct on (slot) slot, version_id from ml.champion order by slot, seq desc) c
     where version_id = ?`,
    [versionId],
  );
  return rows.map(({ slot }) => slot);
}

/** Deviations, newest first. */
export async function listDeviations(db: Db, limit = 50): Promise<(Deviation & { foundAt: Date })[]> {
  const rows = await db('ml.mirror_deviation')
    .orderBy('found_at', 'desc')
    .limit(limit)
    .select<
      { kind: Deviation['kind']; subject_id: string; what: string; expected: string; found: string; found_at: Date }[]
    >('*');
  return rows.map(({ subject_id: subjectId, found_at: foundAt, kind, what, expected, found }) => ({
    kind,
    subjectId,
    what,
    expected,
    found,
    foundAt,
  }));
}
