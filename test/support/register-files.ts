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

export const patient = (id: string, type = 'DNR') => ({ identifikasjon: { id, type } });

export const bill = (over: object = {}) => ({
  guid: randomUUID() as string,
  regningsnummer: '1',
  tidspunkt: '2023-01-10T09:00:00+01:00',
  pasient: patient(SYNTHETIC[0]),
  takster: [{ kode: '2ad', antall: 1, belop: 175 }],
  diagnoser: [{ kodeverk: '2.16.578.1.12.4.1.1.7170', kode: 'L03' }],
  betaltEgenandel: true,
  ...over,
});

/** A claim message in the line of an archive. */
export const message = (bills: unknown[], over: object = {}, praksisId = '1000001') => ({
  mottatt: '2023-02-03T10:00:00Z',
  behandlerkravmeldingId: randomUUID() as string,
  dokument: { praksisId, behandlerkrav: { navnEPJ: 'EPJ', regninger: bills } },
  ...over,
});

/** A status answer on a message, in the line of an archive. */
export const status = (
  messageId: string,
  bills: readonly { guid: string; status: string; merknader?: unknown[] }[],
  over: object = {},
  mottatt = '2023-02-10T10:00:00Z',
) => ({
  mottatt,
  dokument: {
    behandlerkravmeldingId: messageId,
    meldingsstatus: 'ferdig_behandlet',
    kontrollstatus: 'ferdig_kontrollert',
    utbetalingsstatus: 'utbetalt',
    praksisId: '1000001',
    mottattidspunkt: '2023-02-03T10:00:00Z',
    antallRegninger: bills.length,
    innsending: { regninger: bills, merknader: [] },
    ...over,
  },
});
