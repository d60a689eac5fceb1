import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import type { StoredModel } from '../../../models/registered-model';
import { foldResults } from '../../../platform/db/stores/training';
import type { VersionBundle } from '../../../platform/db/stores/versions';
import type { LearningJourney } from './journey';

const parts = ({ t, run }: LearningJourney) => {
  const bundle = t.store.getJson<VersionBundle>(run.versionId);
  return {
    bundle,
    card: t.store.get(bundle.card!.markdown).toString(),
    document: t.store.getJson<EvaluationDocument>(bundle.card!.evaluation),
    model: t.store.getJson<StoredModel>(bundle.model),
  };
};

/** What the evaluation of the run says, and that card and recipe agree with it. */
export function evaluationTests(journey: LearningJourney): void {
  test('the report estimates lists drawn from the whole population, and the caseworker effect', () => {
    const { document, card } = parts(journey);
    const { population, caseworkerEffects } = document;
    expect(caseworkerEffects!.map(({ family, metric }) => `${family} ${metric}`)).toContain(
      'logistic average-precision',
    );
    expect(population!.parts).toHaveLength(2);
    expect(document.amounts!.map(({ family, rankedAs }) => `${family} ${rankedAs}`)).toEqual([
      'logistic logistic+amount',
      'mlp mlp+amount',
    ]);
    for (const part of population!.parts) {
      expect(part.providers).toBeGreaterThan(part.labeled);
      expect(part.drawn).toBeGreaterThan(10);
    }
    const prior = (estimator: string) =>
      population!.lists.find((row) => row.family === 'logistic' && row.k === 0 && row.estimator === estimator)!;
    // Fifteen in a hundred of the randomly drawn cases end with a finding; tips and rules find far more.
    const arm = prior('random-arm').estimate!;
    expect(arm.lo).toBeLessThan(0.25);
    expect(prior('naive').estimate!.n).toBe(arm.n);
    expect(prior('bounds').estimate!.lo).toBeLessThanOrEqual(arm.lo);
    expect(prior('bounds').estimate!.hi).toBeGreaterThanOrEqual(arm.hi);
    expect(prior('contraction')).toMatchObject({ estimate: null, missing: 'no-caseload' });
    expect(population!.groups.reduce((sum, group) => sum + group.providers, 0)).toBe(
      population!.parts.at(-1)!.providers,
    );
    expect(card).toMatch(/## Population estimates[\s\S]*## Groups with low support/);
  });

  test('fits use unlabeled providers and pretraining on the population, and recipe and card say so', async () => {
    const { bundle, card, model } = parts(journey);
    const [fold] = await foldResults(journey.t.db, journey.run.runId);
    expect(fold!.result.unlabeledRows).toBeGreaterThan(5);
    // The caseworker effect is measured on fits without unlabeled providers: nobody worked on their cases.
    expect(fold!.result.nuisanceBaseSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(fold!.result.nuisanceBaseSha256).not.toBe(fold!.result.predictionsSha256);
    expect(bundle.recipe.puBagging).toMatchObject({ unlabeledPerPositive: 1, bags: 2 });
    expect(card).toContain(`unlabelled providers: from matrix ${bundle.recipe.puBagging!.matrixId}`);
    expect(model.selected).toMatchObject({ pretrainedOn: 'rule-hits' });
    expect(bundle.recipe.pretrained).toEqual({ on: 'rule-hits', matrixId: bundle.recipe.puBagging!.matrixId });
    expect(card).toContain(`pretraining: on matrix ${bundle.recipe.pretrained!.matrixId}`);
  });

  test("probabilities are read from a score's rank in the population, by the version's own normalizer", () => {
    const { bundle, card, document, model } = parts(journey);
    const { rankNormalizer } = model;
    expect(rankNormalizer!.scores.length).toBeGreaterThan(50);
    expect(bundle.calibrator.rankNormalizer).toEqual(rankNormalizer);
    expect(bundle.calibrator).not.toHaveProperty('calibrationInput');
    expect(bundle.recipe.rankNormalizer).toEqual({ matrixId: bundle.recipe.puBagging!.matrixId });
    expect(document.reliability.every(({ calibrationInput }) => calibrationInput === 'population-rank')).toBe(true);
    expect(card).toContain('A probability is read from the rank of a score');
  });
}
