import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Rng } from '../domain/rng';
import { connect, type Db, migrate } from '../platform/postgres/connection';
import { provenLiveAt } from '../platform/db/read-models/live-at';
import { findNode, lineageGraph } from '../platform/lineage/graph';
import { Checkpointer, readCheckpoint } from '../platform/ledger/checkpointer';
import { append } from '../platform/ledger/append';
import { inclusionProof, verifyInclusion } from '../platform/ledger/merkle';
import { type Anchor, DirectoryAnchor, TileTree } from '../platform/ledger/tiles';
import { verifyLedger } from '../platform/ledger/verify';
import { fileSigner, type Signer } from '../platform/ledger/signer';
import { type Figure, report } from './lib/results';
import { fillEdges, fillLedger, fillVersions } from './trust/fixtures';
import { change } from './trust/writer';

/**
 * The figures of trust: verification of a million entries, appending with many writers, proofs, the time machine,
 * lineage, and kills at random points. DATABASE_URL names a server of the benchmark's own, as its owner. `--entries`,
 * `--kills` make it smaller.
 */
const option = (name: string, fallback: number) =>
  Number(new RegExp(`--${name} (\\d+)`).exec(process.argv.join(' '))?.[1] ?? fallback);
const ENTRIES = option('entries', 1_000_000);
const VERSIONS = 10_000;
const KILLS = option('kills', 200);
const WRITE_SECONDS = 10;
const WRITERS = 8;
const IMPORT_ROWS = 1_000_000;
const say = (text: string) => process.stderr.write(`${text}\n`);
const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)]!;

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { ms: performance.now() - began, result };
}

async function principal(db: Db): Promise<string> {
  const principalId = randomUUID();
  await db.transaction(async (tx) => {
    await tx.raw(
      "insert into aud.principal (principal_id, issuer, subject, kind, first_seen) values (?, 'bench', ?, " +
        "'person', now())",
      [principalId, principalId],
    );
    const audit = { actionId: randomUUID(), principalId, role: 'x', purpose: 'x' };
    await append(tx, audit, { event: 'bench.began', subject: { kind: 'bench', id: principalId } }, new Date());
  });
  return principalId;
}

/** Commits a second of so many writers, each an action with its entry; fsync and synchronous_commit are on. */
async function rate(url: string, writers: number): Promise<number> {
  const db = connect(url, writers);
  const principalId = await principal(db);
  await Promise.all(Array.from({ length: writers }, () => change(db, principalId)));
  const end = performance.now() + WRITE_SECONDS * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (; performance.now() < end; done++) await change(db, principalId);
    }),
  );
  await db.destroy();
  return done / WRITE_SECONDS;
}

/**
 * A bulk action of a million rows with its one entry, while another writer commits: how long the slowest of its commits
 * took.
 */
async function besideImport(db: Db, url: string): Promise<{ worst: number; median: number; seconds: number }> {
  await db.raw('create table public.bulk (id bigint primary key, words text)');
  const principalId = await principal(db);
  let importing = true;
  const bulk = timed(() =>
    db.transaction(async (tx) => {
      await tx.raw('insert into public.bulk select i, md5(i::text) from generate_series(1, ?::int) i', [IMPORT_ROWS]);
      const audit = { actionId: randomUUID(), principalId, role: 'loader', purpose: 'bench' };
      await append(
        tx,
        audit,
        { event: 'bench.imported', subject: { kind: 'bench', id: 'bulk' }, rows: { count: IMPORT_ROWS, root: '0' } },
        new Date(),
      );
    }),
  ).finally(() => (importing = false));
  const other = connect(url, 1);
  const waits: number[] = [];
  while (importing) waits.push((await timed(() => change(other, principalId))).ms);
  const { ms } = await bulk;
  await other.destroy();
  return { worst: Math.max(...waits), median: quantile(waits, 0.5), seconds: ms / 1000 };
}

/** Kills a writing process at random points; then no change is without an entry and no entry without its change. */
async function kills(db: Db, url: string): Promise<number> {
  const rng = new Rng('kills', 1);
  const principalId = await principal(db);
  for (let i = 0; i < KILLS; i++) {
    const child = spawn(process.execPath, [path.join(__dirname, 'trust/writer.js'), url, principalId], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, rng.next() * 60));
    child.kill('SIGKILL');
    await gone;
    if ((i + 1) % 50 === 0) say(`${i + 1} of ${KILLS} kills done`);
  }
  const { problems } = await verifyLedger(db);
  for (const { problem } of problems) say(problem);
  return problems.length;
}

/** Kills, the rate of commits, and a commit beside a bulk action. */
async function writing(db: Db, url: string): Promise<Figure[]> {
  const { rows: settings } = await db.raw<{ rows: { fsync: string; sync: string }[] }>(
    "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync",
  );
  const killProblems = await kills(db, url);
  const single = await rate(url, 1);
  const many = await rate(url, WRITERS);
  const durable = `fsync ${settings[0]!.fsync}, synchronous_commit ${settings[0]!.sync}`;
  const beside = await besideImport(db, url);
  return [
    {
      name: `changes without an entry, or entries without a change, after ${KILLS} kills`,
      value: killProblems,
      unit: '',
      target: { at: 'most', value: 0 },
    },
    { name: 'commits a second, one writer', value: single, unit: '/s', baseline: durable },
    {
      name: `commits a second with an entry each, ${WRITERS} writers`,
      value: many,
      unit: '/s',
      baseline: `${(many / single).toFixed(2)} times one writer`,
      target: { at: 'least', value: 500 },
    },
    {
      name: `slowest commit beside a bulk action of ${IMPORT_ROWS} rows (${beside.seconds.toFixed(0)} s)`,
      value: beside.worst,
      unit: 'ms',
      baseline: `median ${beside.median.toFixed(1)} ms`,
      target: { at: 'most', value: 100 },
    },
  ];
}

/** The first checkpoint over all entries, then the third of three verifications. */
async function verification(db: Db, anchor: Anchor, signer: Signer): Promise<Figure[]> {
  await fillLedger(db, ENTRIES, say);
  await db.raw('vacuum analyze aud.entry, aud.chain, aud.action');
  const covering = await timed(() => new Checkpointer(db, anchor, signer, () => new Date()).tick(true));
  const figures: Figure[] = [{ name: 'first checkpoint over all of it', value: covering.ms / 1000, unit: 's' }];
  for (const round of [1, 2, 3]) {
    const { ms, result } = await timed(() => verifyLedger(db, { anchor, keys: [signer.publicKey] }));
    if (result.problems.length > 0) throw new Error(JSON.stringify(result.problems[0]));
    if (round === 3)
      figures.push({
        name: `verification of ${result.entries} entries, anchors and covered rows`,
        value: ms / 1000,
        unit: 's',
        target: { at: 'most', value: 10 },
      });
    say(`verification ${round}: ${(ms / 1000).toFixed(1)} s`);
  }
  return figures;
}

function proving(anchor: Anchor, signer: Signer, rng: Rng): Figure {
  const checkpoint = readCheckpoint(anchor, [signer.publicKey])!;
  const proofs: number[] = [];
  for (let i = 0; i < 500; i++) {
    const began = performance.now();
    const tree = new TileTree(anchor, checkpoint.size);
    const index = rng.below(checkpoint.size);
    const proof = inclusionProof(tree.subtrees, index, checkpoint.size);
    if (!verifyInclusion(tree.leaf(index), index, checkpoint.size, proof, checkpoint.root))
      throw new Error(`proof of ${index} does not hold`);
    proofs.push(performance.now() - began);
  }
  return {
    name: 'inclusion proof made and verified, p95 of 500',
    value: quantile(proofs, 0.95),
    unit: 'ms',
    target: { at: 'most', value: 5 },
  };
}

async function timeMachine(db: Db, rng: Rng): Promise<Figure> {
  await fillVersions(db, VERSIONS);
  const live: number[] = [];
  for (let i = 0; i < 500; i++) {
    const at = new Date(Date.UTC(2020, 0, 1, 40) + rng.below(VERSIONS - 20) * 3 * 3_600_000);
    const { ms, result } = await timed(() => provenLiveAt(db, at));
    if (result.length !== 10) throw new Error(`${result.length} slots were live at ${at.toISOString()}`);
    live.push(ms);
  }
  return {
    name: `time machine, all ten slots, ${VERSIONS} versions, ${ENTRIES} entries: p95 of 500`,
    value: quantile(live, 0.95),
    unit: 'ms',
    target: { at: 'most', value: 100 },
  };
}

async function lineage(db: Db): Promise<Figure> {
  await fillEdges(db, VERSIONS, 48);
  const { rows: nodes } = await db.raw<{ rows: { n: number }[] }>(
    'select count(*)::int as n from (select from_kind, from_id from ml.lineage_edge union select to_kind, to_id ' +
      'from ml.lineage_edge) x',
  );
  const { rows: some } = await db.raw<{ rows: { id: string }[] }>(
    'select to_id as id from ml.lineage_edge tablesample system (0.2) repeatable (1) where to_kind <> ? limit 300',
    ['outcome'],
  );
  const walks: number[] = [];
  for (const { id } of some) walks.push((await timed(async () => lineageGraph(db, await findNode(db, id)))).ms);
  return {
    name: `lineage both ways over ${nodes[0]!.n} nodes: p95 of ${some.length}`,
    value: quantile(walks, 0.95),
    unit: 'ms',
    target: { at: 'most', value: 200 },
  };
}

async function main(): Promise<void> {
  const admin = process.env['DATABASE_URL']!;
  const server = connect(admin, 1);
  await server.raw('create database trust');
  await server.destroy();
  const url = admin.replace(/\/[^/]*$/, '/trust');
  const db = connect(url, 4);
  await migrate(db);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-trust-'));
  const signer = fileSigner(path.join(dir, 'key.pem'));
  const anchor = new DirectoryAnchor(path.join(dir, 'anchors'));
  const rng = new Rng('trust', 1);
  const figures = [
    ...(await writing(db, url)),
    ...(await verification(db, anchor, signer)),
    proving(anchor, signer, rng),
    await timeMachine(db, rng),
    await lineage(db),
  ];
  await db.destroy();
  fs.rmSync(dir, { recursive: true, force: true });
  report('trust', figures);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
