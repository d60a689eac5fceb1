import { safeText, shortText } from '../../../../platform/import/quarantine-value';

test.each([
  '14057012345',
  '140570 12345',
  '140570-12345',
  '140570.12345',
  '140570\u00a012345',
  '1 4 0 5 7 0 1 2 3 4 5',
  '4057012345', // its leading zero lost
  '200012345678',
])('a number as long as a person\'s is masked: "%s"', (number) => {
  expect(shortText(number)).toBe('…');
  expect(shortText(`fnr ${number}, ny`)).toBe('fnr …, ny');
});

test.each([
  ['kampanje', 'NOBODY'],
  ['praksistype', 'APOT'],
  ['saksnr', 'K-9'],
  ['styrke', '7'],
  ['praksisId', '1004326178'],
  ['kontrollTil', '2022-01-01'],
  ['mottattidspunkt', '2026-01-0615:30:29+01:00'],
  ['behandlerkrav.regninger.0.guid', '12345678-1234-4123-8123-123456789012'],
  ['henvisning.dato', '30.02.2023'],
  ['status', 'ferdig_behandlet'],
])('what finds the error stays: %s %s', (field, value) => expect(safeText(field, value)).toBe(value));

test.each([
  ['pasient.fodselsdato', '1970-05-14'],
  ['fodselsar', '1970'],
  ['patient_id', '4711'],
  ['guid', 'OlaNordmann'],
  ['guid', 'Ola1'],
  ['regningsnummer', 'Nordmann'],
  ['regningsnummer', 'Nordmann70'],
  ['kampanje', 'OlaNordmann'],
  ['praksistype', 'Nordmann'],
  ['status', 'Ola Nordmann'],
  ['merknad', '7'],
])('what may be a person is not shown: %s %s', (field, value) => expect(safeText(field, value)).toBeNull());
