import path from 'node:path';
import type { z } from 'zod';
import { invalid } from '../../domain/errors';
import { digestOf, sha256File } from '../artifacts/hash';
import type { Db, Tx } from '../postgres/connection';
import { type AuditContext, append } from '../ledger/append';
import { CopyWriter } from '../postgres/copy-writer';
import type { LoadNote } from './load-note';
import { linesOf, NOT_UTF8, wholeOf } from './read-lines';
import { safeText, shortText } from './quarantine-value';
import { type Refused, refusedOf, takeOver } from './retry';

/** Outcome of loading a file; counts are rows, and `loaded` + `quarantined` is `read`. */
export interface LoadReport {
  readonly file: string;
  readonly kind: string;
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
  /** What the file held that no column keeps or that does not add up, with the number of times. */
  readonly notes: readonly BatchNote[];
  /** True if the same bytes were loaded before, so that nothing was done. */
  readonly alreadyLoaded: boolean;
}

export interface BatchNote {
  readonly note: LoadNote;
  /** Path of the field in its document, or the number of the message. */
  readonly path: string;
  readonly rows: number;
}

/** Loads the lines of one kind of file. The batch counts rows and holds the quarantine. */
export interface LineLoader {
  readonly kind: 'settlement' | 'provider' | 'agreement' | 'patient' | 'substitute' | 'prescription' | 'case';
  /** Rows that are collected before they are written. */
  readonly rowsPerFlush?: number;
  line(batch: Batch, line: number, value: unknown): Promise<void> | void;
  /** Writes the collected rows; called after every `rowsPerFlush` rows and at the end. */
  flush?(batch: Batch): Promise<void>;
  /** Called once, after all rows are written and while no other batch can commit. */
  finish?(batch: Batch): Promise<void>;
}

/**
 * Rows, not lines: the settlement of a large practice is one line with hundreds of bills, and memory must not grow
 * with it.
 */
const ROWS_PER_FLUSH = 10_000;

const MOST_NOTES = 1000;

/** Reasons of rows that were loaded before begin with this word. */
const DUPLICATE = 'duplicate';

/** One file that is being loaded in one transaction. */
export class Batch {
  read = 0;
  /** Rows that were loaded before, and are left out when refused rows are tried again. */
  skipped = 0;
  loaded = 0;
  quarantined = 0;
  /** Earliest and latest instant, in milliseconds, from which a row was known. */
  knownMin: number | undefined;
  knownMax: number | undefined;
  /** Months of receipt (first days) that rows were added to. */
  readonly months = new Set<string>();
  readonly #notes = new Map<string, BatchNote>();
  readonly #quarantineWriter = new CopyWriter('core.quarantine', [
    'batch_id',
    'line',
    'item',
    'field',
    'value',
    'reason',
  ]);
  constructor(
    readonly tx: Tx,
    readonly batchId: number,
    /** What an earlier batch of the file refused, where that is tried again. */
    readonly retried?: Refused,
    /** Open data: no value of it is of a person. */
    readonly open = false,
  ) {}

  quarantine(line: number, item: string, field: string, value: unknown, reason: string): void {
    if (this.retried && reason.startsWith(DUPLICATE)) {
      this.skipped++;
      return;
    }
    this.quarantined++;
    // A value may identify a real person or be free text, so only fields that hold neither show theirs.
    const shown = value === undefined ? null : this.open ? shortText(value) : safeText(field, value);
    this.#quarantineWriter.add([this.batchId, line, item, field, shown, reason.slice(0, 300)]);
  }

  noteKnownFrom(instantMs: number): void {
    this.knownMin = Math.min(this.knownMin ?? instantMs, instantMs);
    this.knownMax = Math.max(this.knownMax ?? instantMs, instantMs);
  }

  note(note: LoadNote, path: string, rows = 1): void {
    const key = `${note} ${path}`;
    const found = this.#notes.get(key);
    // A file of nothing but unknown names must not fill the memory.
    if (found === undefined && this.#notes.size >= MOST_NOTES) return this.note(note, '(more)', rows);
    this.#notes.set(key, { note, path, rows: (found?.rows ?? 0) + rows });
  }

  get notes(): readonly BatchNote[] {
    return [...this.#notes.values()];
  }

  async flushQuarantine(): Promise<void> {
    await this.#quarantineWriter.flush(this.tx);
    const writer = new CopyWriter('core.batch_note', ['batch_id', 'note', 'path', 'rows']);
    for (const { note, path: at, rows } of this.notes) writer.add([this.batchId, note, at, rows]);
    await writer.flush(this.tx);
  }
}

/** Loads one NDJSON file, a line at a time. @param retry only the lines of rows that were refused before */
export const loadFile = (
  db: Db,
  audit: AuditContext,
  file: string,
  loader: LineLoader,
  retry = false,
): Promise<LoadReport> =>
  runInBatch(db, audit, file, { kind: loader.kind, content: () => sha256File(file), retry }, (batch) =>
    readLines(file, loader, batch),
  );

/** What a batch loads. */
interface BatchSource {
  readonly kind: string;
  /** Digest of what is loaded: the same is loaded once. */
  readonly content: () => Promise<string>;
  readonly retry?: boolean;
  /** Open data, which holds nothing of a person. */
  readonly open?: boolean;
}

/**
 * Loads one file in one transaction: all of it or, after a crash, nothing. The same content is loaded only once, under
 * any name. The batch gets its sequence number under a lock as the last step, so sequence numbers have the order of
 * commits. With `retry`, a file that was loaded before is read again for the rows it refused; what was loaded then is
 * left out, and the refused rows of before give way to those of this batch.
 * @throws UtplukkError InvalidInput for a file that cannot be read or holds no rows, or a retry of one never loaded
 */
export async function runInBatch(
  db: Db,
  audit: AuditContext,
  file: string,
  { kind, content: contentHash, retry = false, open = false }: BatchSource,
  work: (batch: Batch) => Promise<void>,
): Promise<LoadReport> {
  const content = await contentHash().catch((error: Error) => {
    throw invalid(`${file} cannot be read: ${error.message}`, 'Check the path and its permissions.');
  });
  const before = await db('core.load_batch')
    .where({ content_sha256: content })
    .first<{ batch_id: number; rows_read: number; rows_loaded: number; rows_quarantined: number } | undefined>();
  if (retry && !before)
    throw invalid(`${file} was not loaded before`, 'Load it first; its refused rows can be tried again afterwards.');
  const retried = retry ? await refusedOf(db, before!.batch_id) : undefined;
  if (before && !retried?.lines.size)
    return {
      file,
      kind,
      read: before.rows_read,
      loaded: before.rows_loaded,
      quarantined: before.rows_quarantined,
      notes: await notesOf(db, before.batch_id),
      alreadyLoaded: true,
    };
  // Bytes that are tried again are another load of them.
  const identity = retried ? digestOf({ content, attempt: retried.attempt }) : content;
  return db.transaction(async (tx) => {
    const { rows } = await tx.raw<{ rows: { batch_id: number }[] }>(
      `insert into core.load_batch (kind, file_name, content_sha256, rows_read, rows_loaded, rows_quarantined,
        loaded_at, action_id, retry_of) values (?, ?, ?, 0, 0, 0, clock_timestamp(), ?, ?) returning batch_id`,
      [kind, path.basename(file), identity, audit.actionId, retried?.of ?? null],
    );
    const batch = new Batch(tx, rows[0]!.batch_id, retried, open);
    if (retried) await takeOver(tx, retried.of, batch.batchId);
    await work(batch);
    batch.read -= batch.skipped;
    await batch.flushQuarantine();
    if (batch.read === 0 && !retried) throw invalid(`${file} holds no rows`, 'Expected at least one row.');
    if (batch.loaded + batch.quarantined !== batch.read)
      throw new Error(`${file}: loaded ${batch.loaded} + quarantined ${batch.quarantined} is not read ${batch.read}`);
    await commitBatch(tx, batch);
    await append(
      tx,
      audit,
      {
        event: 'load-batch.committed',
        subject: { kind: 'load-batch', id: String(batch.batchId) },
        after: content,
        rows: { count: batch.loaded, root: content },
      },
      new Date(),
    );
    const { read, loaded, quarantined, notes } = batch;
    return { file, kind, read, loaded, quarantined, notes, alreadyLoaded: false };
  });
}

const notesOf = (db: Db, batch: number): Promise<BatchNote[]> =>
  db('core.batch_note').where({ batch_id: batch }).select<BatchNote[]>('note', 'path', 'rows');

/** Says where the text breaks, without the text itself. */
function notJson(text: string, error: unknown): string {
  if (text === NOT_UTF8) return 'the text is not UTF-8; expected the file in this encoding: write it so, and load it';
  const { message } = error as Error;
  if (/Unexpected end|Unterminated/.test(message)) return 'not JSON: the text ends too early';
  const at = /position (\d+)/.exec(message)?.[1];
  return at === undefined ? 'not JSON: unexpected text' : `not JSON: unexpected text at character ${at}`;
}

async function readLines(file: string, loader: LineLoader, batch: Batch): Promise<void> {
  let [lineNo, flushed] = [0, 0];
  for await (const text of file.endsWith('.json') ? wholeOf(file) : linesOf(file)) {
    lineNo++;
    if (text.trim() === '' || (batch.retried && !batch.retried.lines.has(lineNo))) continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      batch.read++;
      batch.quarantine(lineNo, 'line', '(whole)', undefined, notJson(text, error));
      continue;
    }
    await loader.line(batch, lineNo, value);
    if (batch.read - flushed < (loader.rowsPerFlush ?? ROWS_PER_FLUSH)) continue;
    await loader.flush?.(batch);
    flushed = batch.read;
  }
  await loader.flush?.(batch);
  if (!loader.finish) return;
  // The row lock of the counter is held until commit: from here on no other batch adds anything.
  await batch.tx.raw('select from core.batch_counter for update');
  await loader.finish(batch);
}

async function commitBatch(tx: Tx, batch: Batch): Promise<void> {
  for (const month of batch.months)
    await tx.raw('insert into core.batch_month (received_month, batch_id) values (?, ?)', [month, batch.batchId]);
  const at = (ms: number | undefined) => (ms === undefined ? null : new Date(ms));
  // The row lock of the counter is held until commit: the next batch waits, and gets the next number.
  await tx.raw(
    `with counter as (update core.batch_counter set last_committed = last_committed + 1 returning last_committed)
     update core.load_batch b set committed_seq = counter.last_committed, rows_read = ?, rows_loaded = ?,
       rows_quarantined = ?, known_from_min = ?, known_from_max = ?
     from counter where b.batch_id = ?`,
    [batch.read, batch.loaded, batch.quarantined, at(batch.knownMin), at(batch.knownMax), batch.batchId],
  );
}

/** A row parsed by its schema and counted as read; an invalid row goes to quarantine and gives undefined. */
export function validateOrQuarantine<T>(
  batch: Batch,
  line: number,
  item: string,
  schema: z.ZodType<T>,
  value: unknown,
  nameOf: (field: string) => string = (field) => field,
): T | undefined {
  batch.read++;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { field, value: found, reason } = firstProblem(parsed.error, value);
  batch.quarantine(line, item, nameOf(field), found, reason);
  return undefined;
}

/** First problem of an invalid row: path, value, reason. */
export function firstProblem(
  error: { issues: readonly { path: PropertyKey[]; message: string }[] },
  input: unknown,
): { field: string; value: unknown; reason: string } {
  const issue = error.issues[0]!;
  const value = issue.path.reduce<unknown>(
    (at, key) => (at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  );
  return { field: issue.path.map(String).join('.') || '(whole)', value, reason: issue.message };
}
