import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { canonical } from '../artifacts/hash';
import type { Tx } from '../postgres/connection';

/** Who stands behind a change: the verified event of a person or service. */
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
  /** A bulk event: how many rows, and the Merkle root (or content hash) over them. */
  readonly rows?: { readonly count: number; readonly root: string } | undefined;
}

/** Format of an entry; a change of it is a new number, old entries keep theirs. */
const ENTRY_VERSION = 2;

/** Microsecond UTC text. The clock gives milliseconds; the last three digits are zero, the width is the format's. */
export const instantText = (at: Date): string => at.toISOString().replace('Z', '000Z');

/** A covered row's digest before and after; the database refuses an entry that names a change which was not made. */
export interface RowChange {
  /** table */
  readonly t: string;
  /** key, parts joined by a slash */
  readonly k: string;
  readonly b?: string;
  readonly a?: string;
}

/** What this transaction did to covered rows since its last entry. */
async function changesOf(tx: Tx): Promise<RowChange[]> {
  const { rows } = await tx.raw<{ rows: { tab: string; key: string; before: string | null; after: string | null }[] }>(
    'select tab, key, before, after from aud.changes()',
  );
  return rows.flatMap(({ tab, key, before, after }) =>
    before === after
      ? []
      : [{ t: tab, k: key, ...(before === null ? {} : { b: before }), ...(after === null ? {} : { a: after }) }],
  );
}

/**
 * Appends to the ledger inside the caller's transaction; the entry commits with the change or not at all. It names every
 * covered row that was changed before it: call it after the change.
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

/** Stores a reason in words, erasable, and returns its id; the digest is salted so that it tells nothing once erased. */
export async function storeReason(tx: Tx, words: string): Promise<string> {
  const salt = randomBytes(16);
  const digest = createHash('sha256').update(salt).update(words, 'utf8').digest();
  const reasonId = randomUUID();
  await tx.raw('insert into aud.reason (reason_id, words, salt, digest) values (?, ?, ?, ?)', [
    reasonId,
    words,
    salt,
    digest,
  ]);
  return reasonId;
}
