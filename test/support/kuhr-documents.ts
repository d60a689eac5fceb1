import { patient, SYNTHETIC } from './register-files';

/**
 * The documents that the payer's documentation shows, in their shape and order, with values of our own: two practices,
 * a claim of which two bills are rejected, one of them corrected under its guid, and the payer's answers.
 */
export const PRACTICE = '1004000001';
const practice = (praksisId: string, type: string, orgnr: string, periods: (readonly [string, string | null])[]) => ({
  praksisId,
  navn: 'Skarnes Legesenter',
  orgnr,
  type,
  status: 'ok',
  gyldigePerioder: periods.map(([fraOgMedDato, tilOgMedDato]) => ({ fraOgMedDato, tilOgMedDato })),
});
export const PRACTICES = {
  praksiser: [
    practice(PRACTICE, 'FALE', '999999999', [
      ['2020-01-01', '2023-12-31'],
      ['2024-06-01', '2028-07-15'],
    ]),
    practice('1004000002', 'LEVA', '999999998', [['2024-01-01', null]]),
  ],
};
export const [CLAIM, CORRECTION] = [
  '5138fbfe-0000-4000-8000-000000000001',
  'f00ddf25-0000-4000-8000-000000000002',
] as const;
export const [REJECTED, APPROVED, CORRECTED] = [4, 5, 6].map((n) => `b7184d58-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
];
const documented = (guid: string, regningsnummer: string, tidspunkt: string, lines: Record<string, number>) => ({
  guid,
  regningsnummer,
  tidspunkt,
  pasient: patient(SYNTHETIC[1], 'FNR'),
  diagnoser: [{ kodeverk: '2.16.578.1.12.4.1.1.7170', kode: 'L73' }],
  takster: Object.entries(lines).map(([kode, belop]) => ({ belop, kode, antall: 1 })),
  belop: Object.values(lines).reduce((sum, nok) => sum + nok, 0),
});
const claim = (bills: { belop: number }[]) => ({
  praksisId: PRACTICE,
  behandlerkrav: {
    navnEPJ: 'EPJ v1.0',
    reshId: null,
    regninger: bills,
    antallRegninger: bills.length,
    belop: bills.reduce((sum, { belop }) => sum + belop, 0),
  },
});
export const SENT = claim([
  documented(REJECTED, '4', '2026-01-06T13:03:00+01:00', { '1bd': 74 }),
  documented(APPROVED, '5', '2026-01-06T13:35:00+01:00', { '2ad': 15, '2cd': 255, L1: 26 }),
  // A month after its receipt.
  documented(CORRECTED, '6', '2026-02-06T15:00:00+01:00', { '1i': 64 }),
]);
export const SENT_AGAIN = claim([documented(CORRECTED, '6', '2026-01-06T15:00:00+01:00', { '1i': 64 })]);

const NO_PAYMENT = { belop: null, utbetaltdato: null, kontonr: null, kid: null };
export const answer = (id: string, n: number, claimed: number, received: string, over: object = {}) => ({
  behandlerkravmeldingId: id,
  meldingsstatus: 'ferdig_behandlet',
  kontrollstatus: 'ferdig_kontrollert',
  utbetalingsstatus: 'ikke_sendt_til_utbetaling',
  innsendingId: id === CLAIM ? '100001812531977' : '100001812532014',
  vedtakId: null,
  praksisId: PRACTICE,
  mottattidspunkt: received,
  sumKravbelop: claimed,
  sumUtbetaltbelop: null,
  antallRegninger: n,
  ...over,
});
export const [FIRST_AT, SECOND_AT] = ['2026-01-06T15:30:29+01:00', '2026-01-06T15:45:57+01:00'] as const;
export const judged = (status: string, guid: string, regningsnummer: string, ...merknader: (number | string)[]) => ({
  status,
  guid,
  regningsnummer,
  merknader: merknader.map((nummer) => ({ nummer, tekst: 'Merknadstekst om Olga' })),
});
export const OF_CLAIM = {
  innsending: {
    regninger: [
      judged('avvist', REJECTED, '4', 470),
      judged('godkjent', APPROVED, '5'),
      judged('avvist', CORRECTED, '6', '766'),
    ],
    merknader: [],
  },
  vedtak: { utbetaling: NO_PAYMENT, merknader: [] },
};
export const OF_CORRECTION = { regninger: [judged('godkjent', CORRECTED, '6')], merknader: [] };
