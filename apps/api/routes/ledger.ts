import fs from 'node:fs';
import { z } from 'zod';
import { recordAccess } from '../../../application/access-log';
import { conflict, notAllowed, notFound } from '../../../domain/errors';
import { hiddenEvents } from '../../../domain/rules/permissions';
import { type LedgerEntry, ledgerEntries } from '../../../platform/db/read-models/ledger-entries';
import { allCheckpoints, readCheckpoint } from '../../../platform/ledger/checkpointer';
import { exportLedger as writeExport } from '../../../platform/ledger/export';
import { entryProof } from '../../../platform/ledger/proofs';
import { type Anchors, verifyLedger as verify } from '../../../platform/ledger/verify';
import type { ApiDeps } from '../deps';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { instant, person } from './schemas';

const tag = 'Audit';
const CHECKPOINTS_SHOWN = 100;

const change = z.object({ t: z.string(), k: z.string(), b: z.string().optional(), a: z.string().optional() });
const entry = z.object({
  seq: z.int(),
  at: instant,
  event: z.string(),
  by: person,
  role: z.string().nullable(),
  purpose: z.string().nullable(),
  subject: z.object({ kind: z.string(), id: z.string() }),
  after: z.string().nullable(),
  changes: z.array(change).describe('audited rows that changed: table, key, and their digests before and after'),
  reason: z.string().nullable(),
});

const listLedgerEntries = route(
  'listLedgerEntries',
  {
    method: 'GET',
    url: '/v1/ledger/entries',
    tag,
    summary: 'Entries of the ledger, newest first',
    query: pageQuery.extend({
      subject: z.string().max(100).optional().describe("beginning of the subject's id"),
      event: z.string().max(60).optional().describe("beginning of the event's name"),
      by: z.string().max(100).optional(),
    }),
    answer: pageOf(entry),
  },
  async ({ query: { cursor, limit, ...filter }, principal: { token } }, { db }) => {
    const [before] = keyFrom('number', cursor) ?? [];
    const query = { ...filter, without: hiddenEvents(token.roles), before, limit: limit + 1 };
    const found = page(await ledgerEntries(db, query), limit, (last) => [last.seq]);
    return { rows: found.rows.map(presentEntry), next: found.next };
  },
);

const presentEntry = (found: LedgerEntry) => ({
  ...found,
  by: found.by ?? null,
  role: found.role ?? null,
  purpose: found.purpose ?? null,
  after: found.after ?? null,
  reason: found.reason ?? null,
  changes: found.changes.map((one) => ({ ...one })),
});

const checkpoint = z.object({ size: z.int(), root: z.string(), at: z.string() });
const proof = z.object({
  seq: z.int(),
  bytes: z.string().describe('the entry, canonical JSON'),
  leaf: z.string().describe('SHA-256(0x00 || bytes), hex'),
  proof: z.array(z.string()).describe('sibling hashes up to the root, hex (RFC 6962, 2.1.1)'),
  checkpoint,
  note: z.string().describe('the signed checkpoint'),
});

const getEntryProof = route(
  'getEntryProof',
  {
    method: 'GET',
    url: '/v1/ledger/entries/:seq/proof',
    tag,
    summary: 'An entry with the proof that the last checkpoint includes it',
    params: z.object({ seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
    answer: proof,
  },
  async ({ params: { seq }, principal: { token } }, deps) => {
    const { anchor, keys } = requireAnchors(deps);
    const latest = readCheckpoint(anchor, keys);
    if (!latest || seq > latest.size)
      throw conflict(`no checkpoint includes entry ${seq} yet`, 'Try again in a minute.');
    const found = await entryProof(deps.db, anchor, latest.size, seq);
    if (hiddenEvents(token.roles).includes(found.event))
      throw notAllowed(`entry ${seq} belongs to the access log`, 'Auditors and the privacy officer see it.');
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    return {
      seq,
      bytes: found.bytes.toString('utf8'),
      leaf: hex(found.leaf),
      proof: found.proof.map(hex),
      checkpoint: { size: latest.size, root: hex(latest.root), at: latest.at },
      note: anchor.read('checkpoint')!.toString('utf8'),
    };
  },
);

/** @throws UtplukkError NotFound before the notary's first run */
function requireAnchors({ anchors }: ApiDeps): Anchors {
  const found = anchors();
  if (!found)
    throw notFound('there are no checkpoints: the notary has never run here', 'Start it; `utplukk doctor` says more.');
  return found;
}

const listCheckpoints = route(
  'listCheckpoints',
  {
    method: 'GET',
    url: '/v1/ledger/checkpoints',
    tag,
    summary: 'The newest hundred checkpoints, from outside the database',
    answer: z.array(checkpoint),
  },
  async (_call, { anchors }) => {
    const found = anchors();
    const all = found ? [...allCheckpoints(found.anchor, found.keys)] : [];
    const newest = all.slice(-CHECKPOINTS_SHOWN).reverse();
    return Promise.resolve(newest.map(({ size, root, at }) => ({ size, root: root.toString('hex'), at })));
  },
);

const verdict = z.object({
  entries: z.int(),
  root: z.string(),
  head: z.string(),
  anchored: z.object({ size: z.int(), at: z.string(), uncovered: z.int(), checkpoints: z.int() }).nullable(),
  problems: z.array(z.object({ seq: z.int(), problem: z.string() })),
  seconds: z.number(),
});
/** A verification takes a database connection and two threads: one at a time. */
let verifying = false;

const verifyLedger = route(
  'verifyLedger',
  {
    method: 'GET',
    url: '/v1/ledger/verification',
    tag,
    summary: 'Recompute the ledger from its bytes, and compare it with the checkpoints',
    answer: verdict,
  },
  async (_call, { db, anchors }) => {
    if (verifying) throw conflict('the ledger is being verified for somebody else', 'Try again in a moment.');
    verifying = true;
    const started = performance.now();
    try {
      const found = await verify(db, anchors());
      return { ...found, anchored: found.anchored ?? null, seconds: (performance.now() - started) / 1000 };
    } finally {
      verifying = false;
    }
  },
);

const exportLedger = route(
  'exportLedger',
  {
    method: 'GET',
    url: '/v1/ledger/export',
    tag,
    summary: 'The whole ledger in one file that can be verified anywhere; the export is recorded',
    produces: ['application/x-ndjson'],
  },
  async ({ principal: { token }, reply }, deps) => {
    const found = requireAnchors(deps);
    const access = { kind: 'ledger-export', subjectId: 'ledger', purpose: 'audit' } as const;
    await recordAccess(deps.db, token, access, deps.clock());
    const file = deps.store.temporary('.ndjson');
    await writeExport(deps.databaseUrl, found, file);
    const stream = fs.createReadStream(file);
    stream.once('close', () => fs.rm(file, { force: true }, () => undefined));
    reply.header('content-disposition', 'attachment; filename="ledger.ndjson"');
    return reply.type('application/x-ndjson').send(stream);
  },
);

export const ledgerRoutes = [listLedgerEntries, getEntryProof, listCheckpoints, verifyLedger, exportLedger];
