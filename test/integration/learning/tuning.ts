import { trialSettings } from '../../../domain/rules/tuning';
import { getRun } from '../../../platform/db/stores/runs';
import { trialsOf } from '../../../platform/db/stores/tuning';
import type { VersionBundle } from '../../../platform/db/stores/versions';
import { type LearningJourney, SEARCHING } from './journey';
import { randomCases } from './random-cases';

/** The run that the other tests read, and its hyperparameter search. */
export function tuningTests(journey: LearningJourney): void {
  test('a run searches hyperparameters: every trial is a row, and the best fits folds and version', async () => {
    expect(await journey.importCases('cases-draw.ndjson', await randomCases(journey))).toMatchObject({
      quarantined: 0,
    });
    const run = (journey.run = await journey.train(SEARCHING));
    const { db, store } = journey.t;

    const all = await trialsOf(db, run.runId);
    expect(all.map(({ family, trial }) => `${family} ${trial}`).sort()).toEqual([
      'logistic 0',
      'logistic 1',
      'mlp 0',
      'mlp 1',
    ]);
    const trials = all.filter(({ family }) => family === 'mlp');
    const given = (await getRun(db, run.runId)).input.experiment.families[1]!;
    for (const { trial, settings } of trials) expect(settings).toEqual(trialSettings(given, 3, trial));
    const bundle = store.getJson<VersionBundle>(run.versionId);
    expect(bundle.recipe.family).toEqual(trials[0]!.settings);
    expect(trials[0]!.validationLoss).toBe(Math.min(...trials.map(({ validationLoss }) => validationLoss)));
    expect(store.get(bundle.card!.markdown).toString()).toMatch(
      /hyperparameter search: trial \d of 2, selected by the log loss/,
    );
  }, 600_000);
}
