import { randomUUID } from 'node:crypto';

/** Synthetic people of the public API's examples and of our own making. */
export const SYNTHETIC = ['47908702367', '47908500667'] as const;

export const providerFact = (praksisId: string, over: object = {}) => ({
  hprNr: '1234567',
  orgnr: '974589109',
  praksisId,
  praksistype: 'FALE',
  fagomrade: 'LE',
  kommunenr: '0301',
  gyldigFra: '2022-01-01',
  kjentFra: '2022-01-01T00:00:00Z',
  ...over,
});

export const bill = (over: object = {}) => ({
  guid: randomUUID() as string,
  regningsnummer: 1,
  tidspunkt: '2023-01-10T09:00:00',
  pasient: { id: SYNTHETIC[0] as string, idType: 'DNR' },
  takster: [{ takstkode: '2ad', antall: 1, belop: '175.00' }],
  diagnoser: [{ kodeverk: '2.16.578.1.12.4.1.1.7170', kode: 'L03' }],
  egenandel: '160.00',
  ...over,
});

export const message = (bills: unknown[], over: object = {}, praksisId = '1000001') => ({
  mottattidspunkt: '2023-02-03T10:00:00Z',
  meldingsId: randomUUID(),
  melding: { praksisId, navnEPJ: 'EPJ', enkeltregninger: bills },
  ...over,
});
