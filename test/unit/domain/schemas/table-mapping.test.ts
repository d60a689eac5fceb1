import { tableMappingSchema } from '../../../../domain/import/table-mapping';

test('names, origin, belief and free text cannot be declared as features, in any spelling', () => {
  const mapping = (feature: string) =>
    tableMappingSchema.safeParse({
      version: 1,
      entity: 'e',
      asOf: 'd',
      outcome: { column: 'o', positive: [1], negative: [0] },
      features: { [feature]: 'categorical' },
    });
  for (const column of [
    'name',
    'lastName',
    'pasientnavn',
    'Behandlernavn',
    'fnr',
    'epost',
    'Etternavn',
    'nationality',
    'Statsborgerskap',
    'country_of_birth',
    'birthCountry',
    'fødeland',
    'fodeland',
    'religion',
    'free text',
    'fritekst',
    'caseComment',
  ])
    expect([column, mapping(column).error?.issues[0]?.message]).toEqual([
      column,
      expect.stringMatching(/may not be a feature; list it under ignore/),
    ]);
  for (const column of ['Facility_Type', 'kommunenavn', 'username_length', 'surnames_per_day', 'notesheets', 'tracery'])
    expect([column, mapping(column).success]).toEqual([column, true]);
});
