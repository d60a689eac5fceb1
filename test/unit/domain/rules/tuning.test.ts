import { FAMILY_NAMES, familySchema, type FamilySpec } from '../../../../domain/families';
import { trialSettings } from '../../../../domain/rules/tuning';

const FAMILIES: readonly FamilySpec[] = FAMILY_NAMES.map((family) => familySchema.parse({ family }));

describe('settings of a trial', () => {
  test('trial 0 has the given settings; every other has valid, different and repeatable ones', () => {
    for (const given of FAMILIES) {
      expect(trialSettings(given, 1, 0)).toBe(given);
      const drawn = Array.from({ length: 60 }, (_, i) => trialSettings(given, 1, i + 1));
      for (const settings of drawn) expect(familySchema.parse(settings)).toEqual(settings);
      expect(drawn).toEqual(Array.from({ length: 60 }, (_, i) => trialSettings(given, 1, i + 1)));
      expect(new Set(drawn.map((settings) => JSON.stringify(settings))).size).toBeGreaterThan(45);
      expect(trialSettings(given, 2, 1)).not.toEqual(trialSettings(given, 1, 1));
    }
  });
  test('settings outside the search space stay as given', () => {
    const given = familySchema.parse({
      family: 'mlp',
      maxEpochs: 7,
      members: 5,
      loss: { positiveWeight: 3, focalGamma: 0 },
    });
    for (let trial = 1; trial < 20; trial++)
      expect(trialSettings(given, 1, trial)).toMatchObject({
        family: 'mlp',
        maxEpochs: 7,
        members: 5,
        loss: { positiveWeight: 3 },
      });
  });
});
