import {
  FIELDS,
  groupName,
  PRACTICE_TYPES,
  practiceCodesProblem,
  WITHOUT_OWN_PATIENTS,
} from '../../../../domain/reference/codes';

test('the lists are whole, and every type has a field of the list or none', () => {
  expect(Object.keys(FIELDS)).toHaveLength(23);
  expect(Object.keys(PRACTICE_TYPES)).toHaveLength(70);
  const fields = Object.values(PRACTICE_TYPES).flatMap(({ field }) => field ?? []);
  expect(fields).toHaveLength(56);
  expect(fields.filter((field) => !(field in FIELDS))).toEqual([]);
  expect(WITHOUT_OWN_PATIENTS.filter((code) => !(code in PRACTICE_TYPES))).toEqual([]);
});

test.each([
  ['SPOK', 'Spesialist onkologi', 'LE'],
  ['KOLE', 'Kommunal legevakt', undefined],
  ['LARO', 'Privat laboratorium og radiologi', 'LR'],
  ['AUDI', 'Audiopedagog', 'AP'],
  ['TAPL', 'Tannpleier', 'TP'],
])('%s is %s in field %s', (code, name, field) => expect(PRACTICE_TYPES[code]).toEqual({ name, field }));

test('codes are refused by name, never guessed', () => {
  expect(practiceCodesProblem('FALE', 'LE')).toBeUndefined();
  expect(practiceCodesProblem('KOLE', 'LE')).toBeUndefined(); // the list gives it no field
  expect(practiceCodesProblem('FALE', 'PT')).toBeUndefined(); // primary health teams consist of general practices
  expect(practiceCodesProblem(undefined, 'APO')).toBeUndefined();
  expect(practiceCodesProblem('LABO', 'LR')).toMatchObject({ at: 'praksistype' });
  expect(practiceCodesProblem('constructor', 'LE')).toMatchObject({ at: 'praksistype' });
  expect(practiceCodesProblem('AUDI', 'AU')).toMatchObject({ at: 'fagomrade' });
  expect(practiceCodesProblem(undefined, 'LE')).toEqual({
    at: 'praksistype',
    reason: 'a practice type of field LE is missing',
  });
  expect(practiceCodesProblem('TAPL', 'TH')).toEqual({
    at: 'fagomrade',
    reason: 'practice type TAPL belongs to field TP',
  });
});

test('a group is named by its type, by its field, or as it is', () => {
  expect(['FALE', 'APO', 'north'].map(groupName)).toEqual(['Fastlege', 'Apotek', 'north']);
});
