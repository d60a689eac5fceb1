import { edited } from '../../support/small-register';
import { auditContextFor } from '../../support/environment';
import { getRun } from '../../../platform/db/stores/runs';
import type { VersionBundle } from '../../../platform/db/stores/versions';
import { lineageGraph } from '../../../platform/lineage/graph';
import { type LearningJourney, SEARCHING } from './journey';

/** The run made again from its pins, its lineage, and a run that is refused. */
export function reproductionTests(journey: LearningJourney): void {
  test('evaluation and version come out the same, populations and second fits included', async () => {
    const { t, run } = journey;
    const bundle = t.store.getJson<VersionBundle>(run.versionId);
    const { actionId } = await auditContextFor(t, 'kari', 'model.reproduce');
    const evaluation = await t.temporal.reproduce(`test-${actionId}`, { actionId, kind: 'evaluation', id: run.runId });
    expect(evaluation).toMatchObject({ same: true });
    expect(evaluation.stages.map(({ stage }) => stage)).toEqual(['snapshot', 'matrix', 'folds', 'evaluation']);
    const version = await t.temporal.reproduce(`version-${actionId}`, { actionId, kind: 'model', id: run.versionId });
    expect(version).toMatchObject({ same: true });
    expect(
      version.stages
        .filter(({ stage }) => stage === 'matrix')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([run.matrixId, bundle.recipe.puBagging!.matrixId].sort());
  }, 600_000);

  test('lineage of a run knows the matrices of the population too', async () => {
    const { t, run } = journey;
    const graph = await lineageGraph(t.db, { kind: 'training-run', id: run.runId });
    // The labeled rows, and the population at the start of two test parts.
    expect(graph.nodes.filter(({ kind, distance }) => kind === 'matrix' && distance < 0)).toHaveLength(3);
  });

  test('the probability of selection is in the matrix and can be no feature', async () => {
    const { t } = journey;
    const refused = await journey.start(edited(SEARCHING, 'practice_type,', 'practice_type, selection_probability,'));
    await expect(t.temporal.trainingResult(refused)).rejects.toThrow();
    expect((await getRun(t.db, refused)).problem).toMatch(
      /selection_probability says how a row got its label and is never a feature/,
    );
  }, 600_000);
}
