import fs from 'node:fs';
import path from 'node:path';
import { exportVersion } from '../../../application/export-version';
import { startPostDeploymentEvaluation } from '../../../application/post-deployment-evaluation';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import {
  getPostDeploymentEvaluation,
  postDeploymentEvaluationsOf,
} from '../../../platform/db/stores/post-deployment-evaluation';
import { verifyLedger } from '../../../platform/ledger/verify';
import { lineageGraph } from '../../../platform/lineage/graph';
import { anchorsOf } from '../../../platform/signing/anchors';
import { verifyVersionFile, versionFileSchema } from '../../../platform/signing/version-file';
import { mutateEveryColumn } from '../../support/mutations';
import type { LearningJourney } from './journey';

const evaluateAsOf = async ({ t, run }: LearningJourney, asOf: string) => {
  const { key } = await startPostDeploymentEvaluation(await t.as('kari'), {
    versionId: run.versionId.slice(0, 12),
    asOf,
  });
  return t.temporal.postDeploymentResult(key);
};

/** Decides eight open cases, known after the run's training. */
async function decideOpenCases(journey: LearningJourney): Promise<string[]> {
  const { db } = journey.t;
  const open = await db('ctl.case as c')
    .whereNotExists(db('ctl.outcome as o').whereRaw('o.case_no = c.case_no'))
    .orderBy('case_no')
    .limit(8)
    .pluck<string[]>('case_no');
  expect(open).toHaveLength(8);
  await journey.importCases(
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
  return open;
}

/** A frozen version evaluated on outcomes that it could not know. */
export function postDeploymentEvaluationTests(journey: LearningJourney): void {
  let later: Awaited<ReturnType<typeof evaluateAsOf>>;
  let found: Awaited<ReturnType<typeof getPostDeploymentEvaluation>>;

  test('a frozen version is evaluated on exactly the outcomes decided since its training', async () => {
    const { t, run } = journey;
    const open = await decideOpenCases(journey);
    later = await evaluateAsOf(journey, '2025-04-01T00:00:00Z');
    found = await getPostDeploymentEvaluation(t.db, later.evaluationId);
    expect(found).toMatchObject({ versionId: run.versionId, rows: later.rows, findings: later.findings });
    const { rows } = t.store.getJson<EvaluationDocument>(found.documentSha256);
    const model = rows.find(
      ({ family, slice, metric }) => family === 'mlp' && slice === 'all' && metric === 'average-precision',
    )!;
    expect(model.n).toBe(later.rows);
    expect(rows.map(({ family }) => family)).toEqual(expect.arrayContaining(['random', 'size', 'peer-deviation']));

    const known = await journey.readMatrix(found.matrixId);
    const before = await journey.readMatrix(run.matrixId);
    const fresh = known.rowId.filter((id) => !before.rowId.includes(id));
    expect(later.rows).toBe(fresh.length);
    expect(fresh).toEqual(expect.arrayContaining(open.filter((id) => known.rowId.includes(id))));
    expect(fresh.length).toBeGreaterThan(3);
  }, 600_000);

  test('the same evaluation again is the same content, recorded once', async () => {
    const { t, run } = journey;
    expect(await evaluateAsOf(journey, '2025-04-01T00:00:00Z')).toEqual(later);
    expect(await postDeploymentEvaluationsOf(t.db, run.versionId)).toHaveLength(1);
  }, 600_000);

  test('it is signed and goes with the version: in the exported file, and in the lineage', async () => {
    const { t, run } = journey;
    const out = path.join(journey.dir, 'evaluated.json');
    await t.notary.client.checkpoint();
    await exportVersion(t, anchorsOf(t.env)!, run.versionId, out);
    const exported = versionFileSchema.parse(JSON.parse(fs.readFileSync(out, 'utf8')));
    const verdict = await verifyVersionFile(exported, t.notary.trust());
    expect(verdict.problems).toEqual([]);
    const { [found.documentSha256]: document, ...others } = exported.files;
    expect(document).toBeDefined();
    const incomplete = await verifyVersionFile({ ...exported, files: others }, t.notary.trust());
    expect(incomplete.problems).toEqual([
      expect.stringContaining(`file ${found.documentSha256} of the post-deployment evaluation as of `),
    ]);
    const actions = exported.entries.map(({ bytes }) => Buffer.from(bytes, 'base64').toString());
    expect(actions.filter((entry) => entry.includes('version.evaluated-after-deployment'))).toHaveLength(1);
    expect(verdict.statements).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `evaluated on ${later.rows} new outcomes as of 2025-04-01T00:00:00.000Z, ${later.findings} of them findings`,
        ),
      ),
    );
    const graph = await lineageGraph(t.db, { kind: 'post-deployment-evaluation', id: later.evaluationId });
    expect(graph.nodes.find(({ kind, distance }) => kind === 'model-version' && distance === -1)?.id).toBe(
      run.versionId,
    );
    expect((await verifyLedger(t.db)).problems).toEqual([]);
  });

  test('a superuser who changes any column of what this register wrote is found out', async () => {
    const tables = ['ml.snapshot', 'ml.label_revision', 'ml.post_deployment_evaluation'];
    const { mutations, empty } = await mutateEveryColumn(journey.t.ownerUrl, tables);
    expect(empty).toEqual([]);
    expect(mutations.filter((mutation) => !mutation.found)).toEqual([]);
  });

  test('it is refused without new outcomes, with a date that is none, and to a role that may not', async () => {
    const { t, run } = journey;
    const { versionId } = run;
    await expect(evaluateAsOf(journey, '2025-01-01T00:00:00Z')).rejects.toThrow();
    await expect(startPostDeploymentEvaluation(await t.as('kari'), { versionId, asOf: 'spring' })).rejects.toThrow(
      '"spring" is not an instant',
    );
    await expect(
      startPostDeploymentEvaluation(await t.as('ola'), { versionId, asOf: '2025-04-01T00:00:00Z' }),
    ).rejects.toThrow(/may not|role/);
  }, 600_000);
}
