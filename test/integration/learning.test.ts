import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Rng } from '../../domain/rng';
import type { EvaluationDocument } from '../../domain/schemas/evaluation';
import { trialSettings } from '../../domain/rules/tuning';
import type { StoredModel } from '../../models/registered-model';
import { postDeploymentEvaluationsOf, getPostDeploymentEvaluation } from '../../platform/db/stores/post-deployment-evaluation';
import { revisionsOf } from '../../platform/db/stores/labels';
import { gatesOf } from '../../platform/db/stores/gates';
import { getRun } from '../../platform/db/stores/runs';
import { foldResults } from '../../platform/db/stores/training';
import { trialsOf } from '../../platform/db/stores/tuning';
import type { VersionBundle } from '../../platform/db/stores/versions';
import { verifyLedger } from '../../platform/ledger/verify';
import { lineageGraph } from '../../platform/lineage/graph';
import { importRegister } from '../../platform/import/import-register';
import { Vault } from '../../platform/import/vault';
import { labelChanges } from '../../platform/matrices/label-revisions';
import type { MatrixRecipe } from '../../platform/matrices/register-matrix';
import { readMatrix } from '../../platform/matrices/read-matrix';
import { exportVersion } from '../../application/export-version';
import { loadExperiment } from '../../application/experiments';
import { startPostDeploymentEvaluation } from '../../application/post-deployment-evaluation';
import { requestPromotion } from '../../application/promotion';
import { startRun } from '../../application/training';
import { anchorsOf } from '../../platform/signing/anchors';
import { PREDICATE } from '../../platform/signing/statements';
import { versionFileSchema, verifyVersionFile } from '../../platform/signing/version-file';
import { auditContextFor, testProduct, type TestProduct } from '../support/environment';
import { mutateEveryColumn } from '../support/mutations';
import { SMALL_EXPERIMENT, edited, loadSmallRegister } from '../support/small-register';
import { until } from '../support/until';

/** What a run learns beyond fits on controlled providers: a search, lists of everybody, who looked, labels that change. */
let t: TestProduct;
let dir: string;
beforeAll(async () => {
  t = await testProduct();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'learning-'));
  await Promise.all([t.startWorker('lifecycle'), t.startWorker('training')]);
  await loadSmallRegister(t, dir);
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const CHANCE = 0.2;
const load = async (name: string, events: readonly object[]) => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const [report] = await importRegister(
    t.db,
    await auditContextFor(t, 'kari', 'register.import'),
    new Vault(t.db, Buffer.alloc(32, 1)),
    file,
  );
  return report!;
};
const train = async (text: string) => {
  const file = path.join(dir, 'experiment.yaml');
  fs.writeFileSync(file, text);
  const runId = await startRun(await t.as('kari'), loadExperiment(file));
  return { runId, ...(await t.temporal.trainingResult(runId)) };
};
const PLAIN = edited(
  edited(SMALL_EXPERIMENT, 'name: small-register', 'name: searching'),
  / {2}- \{ family: mlp.*\n/,
  '',
);
const BOTH = edited(
  edited(SMALL_EXPERIMENT, 'name: small-register', 'name: searching'),
  'selectFamily: logistic',
  'selectFamily: mlp',
);
const SEARCHING = `${edited(BOTH, ', caseworkerEffect: [], population: false', '')}tuning: { trials: 2 }\npuBagging: { perFinding: 1, draws: 2 }\npretrain: rule-hits\n`;

let first: Awaited<ReturnType<typeof train>>;

/** A draw among everybody who had no control in the part, with its chance on each case. */
async function draw(): Promise<object[]> {
  const rng = new Rng('draw');
  const { rows } = await t.db.raw<{ rows: { practice_no: string }[] }>(
    `select p.practice_no from core.provider p where not exists (select 1 from ctl.case c where c.provider_id = p.provider_id and c.opened >= '2023-03-01' and c.opened < '2023-11-01') order by 1`,
  );
  return rows
    .filter(() => rng.chance(CHANCE))
    .flatMap(({ practice_no: praksisId }, i) => {
      const saksnr = `D-${String(i).padStart(4, '0')}`;
      const found = rng.chance(0.15);
      return [
        {
          type: 'apnet',
          saksnr,
          praksisId,
          apnet: i % 2 ? '2023-03-10' : '2023-07-10',
          grunnlag: 'random',
          utvalgssannsynlighet: CHANCE,
          saksbehandler: 'team-1',
          kjentFra: i % 2 ? '2023-03-10T12:00:00Z' : '2023-07-10T12:00:00Z',
        },
        {
          type: 'vedtak',
          saksnr,
          vedtatt: '2024-02-01',
          utfall: found ? 'reclaim' : 'none',
          belop: found ? '50000.00' : '0.00',
          kjentFra: '2024-02-04T12:00:00Z',
        },
      ];
    });
}

test('a run searches settings, judges lists drawn from everybody, and says what whoever looked explains', async () => {
  const events = await draw();
  expect(await load('cases-draw.ndjson', events)).toMatchObject({ quarantined: 0 });
  const run = await train(SEARCHING);
  first = run;

  // Every setting that was tried is a row; the best one is what folds and version are fitted with.
  const all = await trialsOf(t.db, run.runId);
  expect(all.map(({ family, trial }) => `${family} ${trial}`).sort()).toEqual([
    'logistic 0',
    'logistic 1',
    'mlp 0',
    'mlp 1',
  ]);
  const trials = all.filter(({ family }) => family === 'mlp');
  const given = (await getRun(t.db, run.runId)).input.experiment.families[1]!;
  for (const { trial, settings } of trials) expect(settings).toEqual(trialSettings(given, 3, trial));
  const bundle = t.store.getJson<VersionBundle>(run.versionId);
  expect(bundle.recipe.family).toEqual(trials[0]!.settings);
  expect(trials[0]!.validationLoss).toBe(Math.min(...trials.map(({ validationLoss }) => validationLoss)));

  const document = t.store.getJson<EvaluationDocument>(bundle.card!.evaluation);
  const { population, nuisance } = document;
  expect(nuisance!.map(({ family, metric }) => `${family} ${metric}`)).toContain('logistic average-precision');
  expect(population!.parts).toHaveLength(2);
  expect(document.amounts!.map(({ family, orderedAs }) => `${family} ${orderedAs}`)).toEqual([
    'logistic logistic-nok',
    'mlp mlp-nok',
  ]);
  for (const part of population!.parts) {
    expect(part.providers).toBeGreaterThan(part.controlled);
    expect(part.drawn).toBeGreaterThan(10);
  }
  const prior = (estimator: string) =>
    population!.lists.find((row) => row.family === 'logistic' && row.k === 0 && row.estimator === estimator)!;
  // Fifteen in a hundred of those drawn were made to have findings; tips and rules alone find far more.
  const arm = prior('random-arm').estimate!;
  expect(arm.lo).toBeLessThan(0.25);
  expect(prior('naive').estimate!.n).toBe(arm.n);
  expect(prior('bounds').estimate!.lo).toBeLessThanOrEqual(arm.lo);
  expect(prior('bounds').estimate!.hi).toBeGreaterThanOrEqual(arm.hi);
  expect(prior('contraction')).toMatchObject({ estimate: null, missing: 'no-caseload' });
  expect(population!.groups.reduce((sum, group) => sum + group.providers, 0)).toBe(population!.parts.at(-1)!.providers);
  const card = t.store.get(bundle.card!.markdown).toString();
  expect(card).toMatch(/settings chosen: number \d of 2 tried/);
  expect(card).toMatch(/## Lists drawn from everybody[\s\S]*## Groups that little was learnt from/);

  // Never controlled providers stand beside the controlled rows, and recipe and card say so.
  const [fold] = await foldResults(t.db, run.runId);
  expect(fold!.result.unlabeledRows).toBeGreaterThan(5);
  expect(fold!.result.nuisanceBaseSha256).toMatch(/^[0-9a-f]{64}$/); // who looked is judged without them
  expect(fold!.result.nuisanceBaseSha256).not.toBe(fold!.result.predictionsSha256);
  expect(bundle.recipe.puBagging).toMatchObject({ unlabeledPerPositive: 1, bags: 2 });
  expect(card).toContain(`never controlled providers: of matrix ${bundle.recipe.puBagging!.matrixId}`);
  // Its networks were begun on everybody's rule hits.
  expect(t.store.getJson<StoredModel>(bundle.model).chosen).toMatchObject({ begunOn: 'rule-hits' });
  expect(bundle.recipe.pretrained).toEqual({ on: 'rule-hits', matrixId: bundle.recipe.puBagging!.matrixId });
  expect(card).toContain(`providers it was begun on: of matrix ${bundle.recipe.pretrained!.matrixId}`);

  // Probabilities are read from where a score stands among everybody: by the version's own line, not by a fold's.
  const { rankNormalizer } = t.store.getJson<StoredModel>(bundle.model);
  expect(rankNormalizer!.scores.length).toBeGreaterThan(50);
  expect(bundle.calibrator.rankNormalizer).toEqual(rankNormalizer);
  expect(bundle.calibrator).not.toHaveProperty('calibrationInput');
  expect(bundle.recipe.rankNormalizer).toEqual({ matrixId: bundle.recipe.puBagging!.matrixId });
  expect(document.reliability.every(({ calibrationInput }) => calibrationInput === 'population-rank')).toBe(true);
  expect(card).toContain('A probability is read from where a score stands');

  // Made again from its pins, populations and second fits too, it says the same; and so does the version.
  const audit = await auditContextFor(t, 'kari', 'model.reproduce');
  const reproduced = await t.temporal.reproduce(`test-${audit.actionId}`, {
    actionId: audit.actionId,
    kind: 'evaluation',
    id: run.runId,
  });
  expect(reproduced).toMatchObject({ same: true });
  expect(reproduced.stages.map(({ stage }) => stage)).toEqual(['snapshot', 'matrix', 'folds', 'evaluation']);
  const version = await t.temporal.reproduce(`version-${audit.actionId}`, {
    actionId: audit.actionId,
    kind: 'model',
    id: run.versionId,
  });
  expect(version).toMatchObject({ same: true });
  expect(
    version.stages
      .filter(({ stage }) => stage === 'matrix')
      .map(({ id }) => id)
      .sort(),
  ).toEqual([run.matrixId, bundle.recipe.puBagging!.matrixId].sort());

  // The chance of selection is in the matrix and can be no feature; a worker that does everything again writes nothing new.
  const refused = await startRun(
    await t.as('kari'),
    loadExperiment(asFile(edited(SEARCHING, 'practice_type,', 'practice_type, selection_probability,'))),
  );
  await expect(t.temporal.trainingResult(refused)).rejects.toThrow();
  expect((await getRun(t.db, refused)).problem).toMatch(
    /selection_probability says how a row came to be controlled and is never a feature/,
  );
  const graph = await lineageGraph(t.db, { kind: 'training-run', id: run.runId });
  expect(graph.nodes.filter(({ kind, distance }) => kind === 'matrix' && distance < 0)).toHaveLength(3); // cases, and everybody of two parts
}, 600_000);

const asFile = (text: string) => {
  const file = path.join(dir, 'other.yaml');
  fs.writeFileSync(file, text);
  return file;
};

test('an appeal that comes later makes another label set and marks what was trained on the old one', async () => {
  const before = first;
  expect(await revisionsOf(t.db, before.matrixId)).toEqual([]);
  const matrix = await t
    .db('ml.matrix')
    .where({ matrix_id: before.matrixId })
    .first<{ file_sha256: string }>('file_sha256');
  const rows = await readMatrix(t.store.existing(matrix.file_sha256), [], t.store.temporary());
  const { rows: settled } = await t.db.raw<{ rows: { case_no: string }[] }>(
    'select case_no from ctl.appeal union select case_no from ctl.reversal',
  );
  const saksnr = rows.rowId.find(
    (id, row) =>
      rows.label[row] === 1 &&
      rows.labelKnownOn[row]! < '2023-03-01' &&
      !settled.some(({ case_no: other }) => other === id),
  )!;
  await load('cases-reversal.ndjson', [
    { type: 'omgjoring', saksnr, avgjort: '2025-01-20', belop: '0.00', kjentFra: '2025-01-23T12:00:00Z' },
  ]);

  // A run as plain as can be: it is its labels that count.
  const after = await train(
    edited(`${PLAIN}expectedNok: order\n`, 'asOf: 2025-01-01T00:00:00Z', 'asOf: 2025-02-01T00:00:00Z'),
  );
  const [revision, ...others] = await revisionsOf(t.db, before.matrixId);
  expect(others).toEqual([]);
  expect(revision!.fromFinding).toBeGreaterThanOrEqual(1);
  expect(await revisionsOf(t.db, after.matrixId)).toEqual([]);
  // What lists are ordered by is frozen with the version, and said on its card.
  const frozen = t.store.getJson<VersionBundle>(after.versionId);
  expect(frozen.ranking).toBe('expected-amount');
  expect(t.store.get(frozen.card!.markdown).toString()).toMatch(/Lists are ordered by expected kroner/);
  // Looked at once more, nothing is found that is not on record.
  const { recipe } = await t
    .db('ml.matrix')
    .where({ matrix_id: after.matrixId })
    .first<{ recipe: Extract<MatrixRecipe, { kind: 'training' }> }>('recipe');
  expect(await labelChanges(t, after.matrixId, recipe)).toEqual([]);

  // Whoever asks for the old version to go live is told; two people may pass over it, so the request waits.
  const { requestId } = await requestPromotion(await t.as('kari'), before.versionId, { openDays: 1, purpose: 'test' });
  const gates = await until('the gates', async () =>
    ((found) => (found.length > 0 ? found : undefined))(await gatesOf(t.db, requestId)),
  );
  expect(gates.find(({ gate }) => gate === 'labels-stand')).toMatchObject({
    passed: false,
    reason: expect.stringMatching(/labels it was trained on became others since; train it again/) as string,
  });

  // The notary's statement about the version goes wherever the version goes.
  await t.notary.client.checkpoint();
  const out = path.join(dir, 'version.json');
  await exportVersion(t, anchorsOf(t.env)!, before.versionId, out);
  const file = versionFileSchema.parse(JSON.parse(fs.readFileSync(out, 'utf8')));
  const verdict = await verifyVersionFile(file, t.notary.trust());
  expect(verdict.problems).toEqual([]);
  expect(verdict.statements).toContainEqual(expect.stringMatching(/labels corrected by .* are none any more/));
  const kinds = await t.db('ml.statement').where({ version_id: before.versionId }).pluck<string[]>('predicate_type');
  expect(kinds).toContain(PREDICATE.labelCorrection);
  expect((await verifyLedger(t.db)).problems).toEqual([]);
}, 600_000);

test('a frozen version is judged on outcomes that it could not know, signed, and once', async () => {
  const follow = async (asOf: string) => {
    const context = await t.as('kari');
    const { key } = await startPostDeploymentEvaluation(context, { versionId: first.versionId.slice(0, 12), asOf });
    return t.temporal.postDeploymentResult(key);
  };
  const open = await t
    .db('ctl.case as c')
    .whereNotExists(t.db('ctl.outcome as o').whereRaw('o.case_no = c.case_no'))
    .orderBy('case_no')
    .limit(8)
    .pluck<string[]>('case_no');
  expect(open).toHaveLength(8);
  await load(
    'cases-later.ndjson',
    open.map((saksnr, i) => ({
      type: 'vedtak',
      saksnr,
      vedtatt: '2025-03-01',
      utfall: i % 2 ? 'reclaim' : 'none',
      belop: i % 2 ? '70000.00' : '0.00',
      kjentFra: '2025-03-04T12:00:00Z',
    })),
  );
  const later = await follow('2025-04-01T00:00:00Z');
  const found = await getPostDeploymentEvaluation(t.db, later.evaluationId);
  expect(found).toMatchObject({ versionId: first.versionId, rows: later.rows, findings: later.findings });
  const { rows } = t.store.getJson<EvaluationDocument>(found.documentSha256);
  const model = rows.find(
    ({ family, slice, metric }) => family === 'mlp' && slice === 'all' && metric === 'average-precision',
  )!;
  expect(model.n).toBe(later.rows);
  expect(rows.map(({ family }) => family)).toEqual(expect.arrayContaining(['random', 'size', 'peer-deviation']));

  // Just the rows that were decided since, whatever was known before.
  const matrix = await t
    .db('ml.matrix')
    .where({ matrix_id: found.matrixId })
    .first<{ file_sha256: string }>('file_sha256');
  const known = await readMatrix(t.store.existing(matrix.file_sha256), [], t.store.temporary());
  const learnt = await t
    .db('ml.matrix')
    .where({ matrix_id: first.matrixId })
    .first<{ file_sha256: string }>('file_sha256');
  const before = await readMatrix(t.store.existing(learnt.file_sha256), [], t.store.temporary());
  const fresh = known.rowId.filter((id) => !before.rowId.includes(id));
  expect(later.rows).toBe(fresh.length);
  expect(fresh).toEqual(expect.arrayContaining(open.filter((id) => known.rowId.includes(id))));
  expect(fresh.length).toBeGreaterThan(3);

  // The same once more is the same content: no second row, and the ledger holds.
  expect(await follow('2025-04-01T00:00:00Z')).toEqual(later);
  expect(await postDeploymentEvaluationsOf(t.db, first.versionId)).toHaveLength(1);
  const out = path.join(dir, 'followed.json');
  await t.notary.client.checkpoint();
  await exportVersion(t, anchorsOf(t.env)!, first.versionId, out);
  const exported = versionFileSchema.parse(JSON.parse(fs.readFileSync(out, 'utf8')));
  const verdict = await verifyVersionFile(exported, t.notary.trust());
  expect(verdict.problems).toEqual([]);
  const { [found.documentSha256]: document, ...others } = exported.files;
  expect(document).toBeDefined();
  const cut = await verifyVersionFile({ ...exported, files: others }, t.notary.trust());
  expect(cut.problems).toEqual([expect.stringContaining(`rests on file ${found.documentSha256}, which is missing`)]);
  const actions = exported.entries.map(({ bytes }) => Buffer.from(bytes, 'base64').toString());
  expect(actions.filter((entry) => entry.includes('version.evaluated-after-deployment'))).toHaveLength(1);
  expect(verdict.statements).toContainEqual(
    expect.stringMatching(
      new RegExp(
        `judged on ${later.rows} later outcomes as of 2025-04-01T00:00:00.000Z, ${later.findings} of them findings`,
      ),
    ),
  );
  const graph = await lineageGraph(t.db, { kind: 'post-deployment-evaluation', id: later.evaluationId });
  expect(graph.nodes.find(({ kind, distance }) => kind === 'model-version' && distance === -1)?.id).toBe(
    first.versionId,
  );
  expect((await verifyLedger(t.db)).problems).toEqual([]);

  // A superuser who changes any column of what this register wrote is found out.
  const tables = ['ml.snapshot', 'ml.label_revision', 'ml.post_deployment_evaluation'];
  const { mutations, empty } = await mutateEveryColumn(t.ownerUrl, tables);
  expect(empty).toEqual([]);
  expect(mutations.filter((mutation) => !mutation.found)).toEqual([]);

  // As of a day at which it knew everything there was, there is nothing to judge.
  await expect(follow('2025-01-01T00:00:00Z')).rejects.toThrow();
  await expect(
    startPostDeploymentEvaluation(await t.as('kari'), { versionId: first.versionId, asOf: 'spring' }),
  ).rejects.toThrow('"spring" is not an instant');
  await expect(
    startPostDeploymentEvaluation(await t.as('ola'), { versionId: first.versionId, asOf: '2025-04-01T00:00:00Z' }),
  ).rejects.toThrow(/may not|role/);
}, 600_000);
