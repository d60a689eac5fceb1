import fs from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { conflict, notAllowed, notFound } from '../../../domain/errors';
import { hiddenEvents } from '../../../domain/rules/permissions';
import { ledgerEntries } from '../../../platform/db/read-models/ledger-entries';
import { allCheckpoints, readCheckpoint } from '../../../platform/ledger/checkpointer';
import { exportLedger } from '../../../platform/ledger/export';
import { entryProof } from '../../../platform/ledger/proofs';
import { verifyLedger } from '../../../platform/ledger/verify';
import { recordAccess } from '../../../application/access-log';
import type { ApiDeps } from '../deps';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { instant, person } from './schemas';

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
  changes: z.array(change).describe('covered rows by table and key, with their digests before and after'),
  reason: z.string().nullable(),
});
const checkpoint = z.object({ size: z.int(), root: z.string(), at: z.string() });
const verdict = z.object({
  entries: z.int(),
  root: z.string(),
  head: z.string(),
  anchored: z.object({ size: z.int(), at: z.string(), uncovered: z.int(), checkpoints: z.int() }).nullable(),
  problems: z.array(z.object({ seq: z.int(), problem: z.string() })),
  seconds: z.number(),
});
const proof = z.object({
  seq: z.int(),
  bytes: z.string().describe('the entry, canonical JSON'),
  leaf: z.string().describe('SHA-256(0x00 || bytes), hex'),
  proof: z.array(z.string()).describe('sibling hashes up to the root, hex (RFC 6962, 2.1.1)'),
  checkpoint,
  note: z.string().describe('the signed checkpoint'),
});
/** Verification holds a database connection and two threads: one at a time. */
let verifying: Promise<unknown> | undefined;

export function auditRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db } = deps;
  const tag = 'Audit';
  const anchors = () => {
    const found = deps.anchors();
    if (!found)
      throw notFound(
        'nothing was anchored yet: no notary ever ran here',
        'Start it; `utplukk doctor` tells what is missing.',
      );
    return found;
  };

  const query = pageQuery.extend({
    subject: z.string().max(100).optional().describe("beginning of the subject's id"),
    event: z.string().max(60).optional().describe("beginning of the event's name"),
    by: z.string().max(100).optional(),
  });
  route(
    app,
    deps,
    'listLedgerEntries',
    {
      method: 'GET',
      url: '/v1/ledger/entries',
      tag,
      summary: 'Entries of the ledger, newest first',
      query,
      answer: pageOf(entry),
    },
    async ({ query: { cursor, limit, ...wanted }, principal: { token } }) => {
      const [before] = keyFrom('number', cursor) ?? [];
      const cut = page(
        await ledgerEntries(db, { ...wanted, without: hiddenEvents(token.roles), before, limit: limit + 1 }),
        limit,
        (last) => [last.seq],
      );
      return {
        rows: cut.rows.map((e) => ({
          ...e,
          by: e.by ?? null,
          role: e.role ?? null,
          purpose: e.purpose ?? null,
          after: e.after ?? null,
          reason: e.reason ?? null,
          changes: e.changes.map((c) => ({ ...c })),
        })),
        next: cut.next,
      };
    },
  );

  route(
    app,
    deps,
    'getEntryProof',
    {
      method: 'GET',
      url: '/v1/ledger/entries/:seq/proof',
      tag,
      summary: 'An entry with the proof that the last checkpoint covers it',
      params: z.object({ seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
      answer: proof,
    },
    async ({ params: { seq }, principal: { token } }) => {
      const { anchor, keys } = anchors();
      const latest = readCheckpoint(anchor, keys);
      if (!latest || seq > latest.size)
        throw conflict(`no checkpoint covers entry ${seq} yet`, 'Try again in a minute.');
      const found = await entryProof(db, anchor, latest.size, seq);
      if (hiddenEvents(token.roles).includes(found.event))
        throw notAllowed(`entry ${seq} is about a look-up`, 'Auditors and the privacy officer see those.');
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

  route(
    app,
    deps,
    'listCheckpoints',
    {
      method: 'GET',
      url: '/v1/ledger/checkpoints',
      tag,
      summary: 'The newest hundred checkpoints that stand outside the database',
      answer: z.array(checkpoint),
    },
    async () => {
      const found = deps.anchors();
      const all = found ? [...allCheckpoints(found.anchor, found.keys)] : [];
      return Promise.resolve(
        all
          .slice(-100)
          .reverse()
          .map(({ size, root, at }) => ({ size, root: root.toString('hex'), at })),
      );
    },
  );

  route(
    app,
    deps,
    'verifyLedger',
    {
      method: 'GET',
      url: '/v1/ledger/verification',
      tag,
      summary: 'Recompute the ledger from its bytes, and compare with what stands outside',
      answer: verdict,
    },
    async () => {
      if (verifying) throw conflict('the ledger is being verified for somebody else', 'Try again in a moment.');
      const began = performance.now();
      const work = verifyLedger(db, deps.anchors());
      verifying = work;
      try {
        const found = await work;
        return { ...found, anchored: found.anchored ?? null, seconds: (performance.now() - began) / 1000 };
      } finally {
        verifying = undefined;
      }
    },
  );

  route(
    app,
    deps,
    'exportLedger',
    {
      method: 'GET',
      url: '/v1/ledger/export',
      tag,
      summary: 'The whole ledger in one file that can be verified anywhere; put on record',
      produces: ['application/x-ndjson'],
    },
    async ({ principal: { token }, reply }) => {
      const found = anchors();
      await recordAccess(db, token, { kind: 'ledger-export', subjectId: 'ledger', purpose: 'audit' }, deps.clock());
      const file = deps.store.temporary('.ndjson');
      await exportLedger(deps.databaseUrl, found, file);
      const stream = fs.createReadStream(file);
      stream.once('close', () => fs.rm(file, { force: true }, () => undefined));
      reply.header('content-disposition', 'attachment; filename="ledger.ndjson"');
      return reply.type('application/x-ndjson').send(stream);
    },
  );
}
