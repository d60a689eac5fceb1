import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { draftedList } from '../../apps/cli/wait-for';
import { startAuditedAction } from '../../platform/auth/audit-context';
import { ROOT } from '../../platform/config/env';
import { giveReason } from '../../platform/db/stores/leakage';
import { gatesOf } from '../../platform/db/stores/gates';
import { getVersion } from '../../platform/db/stores/versions';
import { AUDITED_TABLES } from '../../platform/ledger/audited-tables';
import { openLineage, provJson } from '../../platform/lineage/exports';
import { findNode, lineageGraph } from '../../platform/lineage/graph';
import { loadExperiment } from '../../application/experiments';
import { recordAssessment } from '../../application/blind-assessment';
import { startRescore } from '../../application/scoring';
import { signOffList } from '../../application/selection';
import { recordAccess } from '../../application/access-log';
import { decide, requestPromotion } from '../../application/promotion';
import { startRun } from '../../application/training';
import { asVariables, testProduct, type TestProduct } from '../support/environment';
import { writeSmallTable } from '../support/small-table';
import { mutateEveryColumn } from '../support/mutations';
import { until } from '../support/until';

/** docs/audit.md as it stands: question, command, expected answer. */
const DOCUMENT = fs.readFileSync(path.join(ROOT, 'docs/audit.md'), 'utf8');
const QUESTIONS = [
  ...DOCUMENT.matchAll(/### (\d+)\. ([^\n]+)\n[\s\S]*?```sh\n([\s\S]*?)\n```\n\n```text\n([\s\S]*?)\n```/g),
].map(([, number, question, command, answer]) => ({
  number: number!,
  question: question!,
  command: command!,
  answer: answer!,
}));

let t: TestProduct;
let dir: string;
const given: Record<string, string> = {};
beforeAll(async () => {
  t = await testProduct();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'audit-'));
  await Promise.all([t.startWorker('lifecycle'), t.startWorker('training')]);
  const [kari, ola] = [await t.as('kari'), await t.as('ola')];
  const experiment = loadExperiment(writeSmallTable(dir, 'tuning: { trials: 2 }\n'));
  const runId = await startRun(kari, experiment);
  const { versionId } = await t.temporal.trainingResult(runId);
  for (const { db, token, clock } of [kari, ola])
    await db.transaction(async (tx) =>
      giveReason(
        tx,
        await startAuditedAction(tx, token, 'leakage.reason', 'test', clock()),
        runId,
        'one number settles the outcome',
        clock(),
      ),
    );
  const { requestId } = await requestPromotion(kari, versionId, { openDays: 1, purpose: 'the first one' });
  const gates = await until('the gates', async () =>
    ((found) => (found.length > 0 ? found : undefined))(await gatesOf(t.db, requestId)),
  );
  expect(gates.filter(({ passed }) => !passed)).toEqual([]);
  await decide(ola, requestId, 'approved', 'looked at the figures');
  const { slot, matrixId } = await getVersion(t.db, versionId);
  const options = {
    slot,
    asOf: '2022-06-01T00:00:00Z',
    capacity: 5,
    seed: 1,
    openDays: 1,
    shards: 2,
    table: experiment.table!,
  };
  const { workflowId } = await startRescore(await t.as('per'), options);
  const { scoringId } = await t.temporal.rescoreResult(workflowId);
  const list = await draftedList(t.db, scoringId);
  for (const user of ['per', 'siri'])
    await signOffList(await t.as(user), list.listId, 'approved', 'read the first page');
  await until('the mirror', async () =>
    (await t.db('ml.mirror_outbox').whereNull('done_at').first<object | undefined>()) ? undefined : true,
  );
  shell('utplukk login --as anne'); // who reads, is the auditor
  await t.notary.client.checkpoint();
  Object.assign(given, {
    VERSION: versionId,
    RUN: runId,
    REQUEST: requestId,
    LIST: list.listId,
    MATRIX: matrixId,
    SLOT: slot,
    MARCH: new Date().toISOString(),
    KEY: t.notary.trust().notaryKeys[0]!.toString('base64'),
    TRUST: t.notary.trustFile,
    DIR: dir,
  });
}, 600_000);
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

/** `…` is anything on a line, and any run of spaces and table lines is one space. */
const lineOf = (line: string): RegExp =>
  new RegExp(
    line
      .trim()
      .split(/\s*…\s*/)
      .map((part) =>
        part
          .replaceAll(/\$(\w+)/g, (_, name: string) => given[name] ?? '')
          .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
          .replace(/ +/g, '[ │]+'),
      )
      .join('.*'),
  );

/** The lines of the answer stand in the output in this order; others may stand between them. */
function expectAnswer(output: string, answer: string): void {
  const lines = output.split('\n');
  let from = 0;
  for (const wanted of answer.split('\n')) {
    const at = lines.findIndex((line, i) => i >= from && lineOf(wanted).test(line));
    if (at < 0) throw new Error(`no line like ${JSON.stringify(wanted)} in:\n${output.slice(0, 6000)}`);
    from = at + 1;
  }
}

function shell(command: string): string {
  const bin = path.join(dir, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(
    path.join(bin, 'utplukk'),
    `#!/bin/sh\nexec ${process.execPath} ${path.join(ROOT, 'bin/utplukk.cjs')} "$@"\n`,
    {
      mode: 0o755,
    },
  );
  const env = {
    ...process.env,
    ...asVariables(t.env),
    ...given,
    UTPLUKK_SESSION: path.join(dir, 'session.json'),
    PATH: `${bin}:${process.env['PATH']}`,
  };
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8', env, cwd: dir });
  return stdout + stderr;
}

test('there are twenty questions', () =>
  expect(QUESTIONS.map(({ number }) => Number(number))).toEqual(Array.from({ length: 20 }, (_, i) => i + 1)));

test.each(QUESTIONS)('$number. $question', ({ command, answer }) => {
  expectAnswer(shell(command), answer);
});

test('the document names just the tables that are covered', () => {
  const [, list = ''] = /stands in the ledger by its digest;[^:]*: ([\s\S]*?)\.\n/.exec(DOCUMENT) ?? [];
  expect([...list.matchAll(/`((?:aud|core|ml|sel)\.\w+)`/g)].map(([, name]) => name).sort()).toEqual(
    AUDITED_TABLES.map(({ table }) => table).sort(),
  );
});

test('a superuser who changes any column of any covered table is found out', async () => {
  const per = await t.as('per');
  await recordAccess(
    t.db,
    per.token,
    { kind: 'provider', subjectId: 'P1', purpose: 'audit', caseNo: 'K-1', ownCase: false },
    new Date(),
  );
  const line = await t.db('sel.line').where({ selected: true }).first<{ list_id: string; entity: string }>();
  await recordAssessment(per, {
    listId: line.list_id,
    entity: line.entity,
    verdict: 'unsure',
    comment: 'Looked at it before its rank.',
  });
  const { mutations, empty } = await mutateEveryColumn(t.ownerUrl);
  expect(mutations.filter(({ found }) => !found)).toEqual([]);
  expect(mutations.length).toBeGreaterThan(120);
  // Tables that this small product never wrote to. interventions.test.ts fills those of interventions and waivers,
  // learning.test.ts those of snapshots, label revisions and post-deployment evaluations.
  expect(empty).toEqual([
    'ml.snapshot',
    'ml.label_revision',
    'ml.post_deployment_evaluation',
    'ml.gate_waiver',
    'ml.intervention',
    'ml.intervention_answer',
    'ml.redaction',
    'ml.mirror_deviation',
  ]);
});

test('lineage goes both ways, and both exports hold together', async () => {
  const graph = await lineageGraph(t.db, await findNode(t.db, given['VERSION']!));
  const kinds = new Set(graph.nodes.map(({ kind }) => kind));
  for (const kind of [
    'table',
    'label-set',
    'matrix',
    'training-run',
    'model-version',
    'decision',
    'scoring-run',
    'list',
  ] as const)
    expect(kinds).toContain(kind);
  expect(graph.nodes.find(({ kind }) => kind === 'list')!.distance).toBeGreaterThan(0);
  expect(graph.nodes.find(({ kind }) => kind === 'table')!.distance).toBeLessThan(0);
  const events = openLineage(graph) as {
    outputs: { name: string }[];
    inputs: { name: string }[];
    run: { runId: string };
  }[];
  const made = new Set([
    ...events.flatMap((event) => event.outputs.map(({ name }) => name)),
    ...graph.nodes.filter(({ kind }) => kind === 'table' || kind === 'case').map(({ kind, id }) => `${kind}/${id}`),
  ]);
  for (const event of events) {
    expect(event.run.runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const { name } of event.inputs) expect(made).toContain(name);
  }
  const prov = provJson(graph) as { entity: object; wasDerivedFrom: Record<string, Record<string, string>> };
  for (const relation of Object.values(prov.wasDerivedFrom))
    for (const entity of Object.values(relation)) expect(prov.entity).toHaveProperty([entity]);
  await expect(findNode(t.db, 'abc')).rejects.toThrow(/nothing recorded begins with abc/);
});

test('a version file that was changed anywhere is refused, and a bundle that was cut is named', () => {
  const file = path.join(dir, 'version.json');
  const verify = (changed: object) => {
    fs.writeFileSync(path.join(dir, 'other.json'), JSON.stringify(changed));
    return shell('node $DIR/verify-utplukk.cjs $DIR/other.json --trust $TRUST');
  };
  const good = JSON.parse(fs.readFileSync(file, 'utf8')) as {
    bundle: string;
    files: Record<string, string>;
    statements: { payload: string }[];
    entries: { index: number }[];
  };
  const [name] = Object.keys(good.files);
  expect(
    verify({
      ...good,
      bundle: Buffer.from(Buffer.from(good.bundle, 'base64').toString().replace('"format":1', '"format":2')).toString(
        'base64',
      ),
    }),
  ).toMatch(/bundle's bytes are not those/);
  expect(verify({ ...good, files: { ...good.files, [name!]: 'AAAA' } })).toMatch(/was changed[\s\S]*HAS BEEN CHANGED/);
  expect(verify({ ...good, files: {} })).toMatch(/of the bundle is missing/);
  expect(
    verify({
      ...good,
      statements: good.statements.map((s) => ({
        ...s,
        payload: Buffer.from(Buffer.from(s.payload, 'base64').toString().replace('kari', 'nils')).toString('base64'),
      })),
    }),
  ).toMatch(/forged/);
  expect(verify({ ...good, entries: good.entries.map((e) => ({ ...e, index: e.index + 1 })) })).toMatch(
    /is not in the ledger/,
  );
  fs.writeFileSync(path.join(dir, 'cut.json'), fs.readFileSync(file, 'utf8').slice(0, 500));
  expect(shell('node $DIR/verify-utplukk.cjs $DIR/cut.json --trust $TRUST; echo code $?')).toMatch(/code 2/);
  expect(shell('node $DIR/verify-utplukk.cjs $DIR/nothing.json; echo code $?')).toMatch(/code 2[\s\S]*does not exist/);
});
