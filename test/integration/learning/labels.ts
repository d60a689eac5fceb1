import fs from 'node:fs';
import path from 'node:path';
import { exportVersion } from '../../../application/export-version';
import { requestPromotion } from '../../../application/promotion';
import { gatesOf } from '../../../platform/db/stores/gates';
import { revisionsOf } from '../../../platform/db/stores/labels';
import type { VersionBundle } from '../../../platform/db/stores/versions';
import { verifyLedger } from '../../../platform/ledger/verify';
import { labelChanges } from '../../../platform/matrices/label-revisions';
import type { MatrixRecipe } from '../../../platform/matrices/matrix-recipe';
import { anchorsOf } from '../../../platform/signing/anchors';
import { PREDICATE } from '../../../platform/signing/statements';
import { verifyVersionFile, versionFileSchema } from '../../../platform/signing/version-file';
import { edited } from '../../support/small-register';
import { until } from '../../support/until';
import { type LearningJourney, PLAIN, type TrainedRun } from './journey';

/** Reverses one finding that the run was trained on, where no appeal or reversal has settled it before. */
async function reverseOneFinding(journey: LearningJourney): Promise<void> {
  const rows = await journey.readMatrix(journey.run.matrixId);
  const { rows: settled } = await journey.t.db.raw<{ rows: { case_no: string }[] }>(
    'select case_no from ctl.appeal union select case_no from ctl.reversal',
  );
  const saksnr = rows.rowId.find(
    (id, row) =>
      rows.label[row] === 1 &&
      rows.labelKnownOn[row]! < '2023-03-01' &&
      !settled.some(({ case_no: other }) => other === id),
  )!;
  await journey.importCases('cases-reversal.ndjson', [
    { type: 'omgjoring', saksnr, avgjort: '2025-01-20', belop: '0.00', kjentFra: '2025-01-23T12:00:00Z' },
  ]);
}

/** Labels that change after a version was trained on them. */
export function labelTests(journey: LearningJourney): void {
  let after: TrainedRun;
  test('a later reversal makes another label set and marks what was trained on the old one', async () => {
    const { t, run: before } = journey;
    expect(await revisionsOf(t.db, before.matrixId)).toEqual([]);
    await reverseOneFinding(journey);
    // Only the labels of this run matter, so it has nothing optional.
    after = await journey.train(
      edited(`${PLAIN}expectedAmount: rank\n`, 'asOf: 2025-01-01T00:00:00Z', 'asOf: 2025-02-01T00:00:00Z'),
    );
    const [revision, ...others] = await revisionsOf(t.db, before.matrixId);
    expect(others).toEqual([]);
    expect(revision!.fromFinding).toBeGreaterThanOrEqual(1);
    expect(await revisionsOf(t.db, after.matrixId)).toEqual([]);
    // Compared once more, nothing is found that is not on record.
    const { recipe } = await t
      .db('ml.matrix')
      .where({ matrix_id: after.matrixId })
      .first<{ recipe: Extract<MatrixRecipe, { kind: 'training' }> }>('recipe');
    expect(await labelChanges(t, after.matrixId, recipe)).toEqual([]);
  }, 600_000);

  test('the order of lists is frozen with the version and named on its card', () => {
    const { store } = journey.t;
    const frozen = store.getJson<VersionBundle>(after.versionId);
    expect(frozen.ranking).toBe('expected-amount');
    expect(store.get(frozen.card!.markdown).toString()).toMatch(
      /Lists are ranked by the expected upheld amount: probability of a finding times/,
    );
  });

  test('a gate refuses the version with changed labels, unless two people waive it', async () => {
    const { t, run } = journey;
    const { requestId } = await requestPromotion(await t.as('kari'), run.versionId, { openDays: 1, purpose: 'test' });
    const gates = await until('the gates', async () =>
      ((found) => (found.length > 0 ? found : undefined))(await gatesOf(t.db, requestId)),
    );
    expect(gates.find(({ gate }) => gate === 'labels-stand')).toMatchObject({
      passed: false,
      reason: expect.stringMatching(/1 of \d+ labels it was trained on have changed since; train again/) as string,
    });
  });

  test("the notary's statement about changed labels goes wherever the version goes", async () => {
    const { t, run } = journey;
    await t.notary.client.checkpoint();
    const out = path.join(journey.dir, 'version.json');
    await exportVersion(t, anchorsOf(t.env)!, run.versionId, out);
    const file = versionFileSchema.parse(JSON.parse(fs.readFileSync(out, 'utf8')));
    const verdict = await verifyVersionFile(file, t.notary.trust());
    expect(verdict.problems).toEqual([]);
    expect(verdict.statements).toContainEqual(expect.stringMatching(/labels corrected by .* 1 are no longer findings/));
    const kinds = await t.db('ml.statement').where({ version_id: run.versionId }).pluck<string[]>('predicate_type');
    expect(kinds).toContain(PREDICATE.labelCorrection);
    expect((await verifyLedger(t.db)).problems).toEqual([]);
  });
}
