import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { canonical } from '../artifacts/hash';
import type { Tx } from '../postgres/connection';

/** Who causes a change, and why: a recorded action of a verified person or service. */
export interface AuditContext {
  readonly actionId: string;
  readonly principalId: string;
  readonly role: string;
  readonly purpose: string;
}

export interface EntryInput {
  /** noun.past-verb, such as model-version.registered */
  readonly event: string;
  readonly subject: { readonly kind: string; readonly id: string };
  /** Digests of the subject's state, never the state itself. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  /** For an event about many rows: their number, and the Merkle root (or content hash) over them. */
  readonly rows?: { readonly count: number; readonly root: string } | undefined;
}

/** Version of the format of an entry; entries of older versions stay as they are. */
const ENTRY_VERSION = 2;

/** UTC text with microseconds. The clock gives milliseconds, so the last three digits are zero. */
export const instantText = (at: Date): string => at.toISOString().replace('Z', '000Z');

/**
 * Digests of a row of an audited table before and after; the database refuses an entry that names a change not made.
 */
export interface RowChange {
  /** table */
  readonly t: string;
  /** key, parts joined by a slash */
  readonly k: string;
  readonly b?: string;
  readonly a?: string;
}

/** Changes of audited tables that this transaction made since its last entry. */
async function changesOf(tx: Tx): Promise<RowChange[]> {
  const { rows } = await tx.raw<{ rows: { tab: string; key: string; before: string | null; after: string | null }[] }>(
    'select table_name as tab, row_key as key, before, after from aud.pending_changes()',
  );
  return rows.flatMap(({ tab, key, before, after }) =>
    before === after
      ? []
      : [{ t: tab, k: key, ...(before === null ? {} : { b: before }), ...(after === null ? {} : { a: after }) }],
  );
}

/**
 * Appends to the ledger inside the caller's transaction: the entry commits with the change or not at all. It names
 * every row of an audited table that was changed since the last entry, so call it after the change.
 */
export async function append(tx: Tx, audit: AuditContext, entry: EntryInput, at: Date): Promise<void> {
  const changes = await changesOf(tx);
  const body = {
    v: ENTRY_VERSION,
    entry: randomUUID(),
    at: instantText(at),
    event: entry.event,
    actor: audit.principalId,
    actionId: audit.actionId,
    role: audit.role,
    purpose: audit.purpose,
    subject: { kind: entry.subject.kind, id: entry.subject.id },
    ...(entry.before === undefined ? {} : { before: entry.before }),
    ...(entry.after === undefined ? {} : { after: entry.after }),
    ...(entry.rows === undefined ? {} : { rows: { count: entry.rows.count, root: entry.rows.root } }),
    ...(changes.length === 0 ? {} : { changes }),
  };
  await tx.raw('insert into aud.entry (bytes) values (?)', [Buffer.from(canonical(body), 'utf8')]);
}

/** Stores a reason as erasable text. The digest is salted, so that it reveals nothing after erasure. @returns its id */
export async function storeReason(tx: Tx, text: string): Promise<string> {
  const salt = randomBytes(16);
  const digest = createHash('sha256').update(salt).update(text, 'utf8').digest();
  const reasonId = randomUUID();
  await tx.raw('insert into aud.reason (reason_id, reason_text, salt, digest) values (?, ?, ?, ?)', [
    reasonId,
    text,
    salt,
    digest,
  ]);
  return reasonId;
}
