import { z } from 'zod';
import { instant, practiceNo, uuid } from './claim';
import { nok } from './amounts';

/** State names are kept as the payer writes them and are not interpreted, apart from the status of a bill. */
const state = z.string().regex(/^[a-z_]{2,40}$/, 'expected a state such as ferdig_behandlet');
const number = z.string().regex(/^\d{0,20}$/, 'expected digits');

/** A remark of the rule engine; its number is the same remark as text and as a number. Its text is not read. */
const remark = z
  .object({
    nummer: z.union([
      z.int(),
      z
        .string()
        .regex(/^\d{1,9}$/, 'expected the digits of a remark')
        .transform(Number),
    ]),
  })
  .transform(({ nummer }) => nummer);
const remarks = z.array(remark).nullish();

export const BILL_STATUS = { behandles: 'in-process', godkjent: 'approved', avvist: 'rejected' } as const;
const billStatus = z.object({ guid: uuid, status: z.enum(['behandles', 'godkjent', 'avvist']), merknader: remarks });
export type BillStatus = z.infer<typeof billStatus>;

/** Status answer on one claim message. */
export const statusSchema = z.object({
  behandlerkravmeldingId: uuid,
  meldingsstatus: state,
  kontrollstatus: state.nullish(),
  utbetalingsstatus: state.nullish(),
  innsendingId: number.nullish(),
  vedtakId: number.nullish(),
  praksisId: practiceNo,
  mottattidspunkt: instant.nullish(),
  rebehandling: z.boolean().nullish(),
  sumKravbelop: nok.nullish(),
  sumUtbetaltbelop: nok.nullish(),
  antallRegninger: z.int().min(0).nullish(),
  innsending: z
    .object({
      sumKravbelop: nok.nullish(),
      sumUtbetaltbelop: nok.nullish(),
      antallRegninger: z.int().min(0).nullish(),
      regninger: z.array(billStatus).nullish(),
      merknader: remarks,
    })
    .nullish(),
  vedtak: z
    .object({
      utbetaling: z
        .object({ belop: nok.nullish(), utbetaltdato: instant.nullish(), kontonr: z.string().nullish() })
        .nullish(),
      merknader: remarks,
    })
    .nullish(),
});
export type Status = z.infer<typeof statusSchema>;

/** Receipt of a claim message, with the codes of what was wrong with it. */
export const receiptSchema = z.object({
  behandlerkravmeldingId: uuid,
  status: state,
  feilmeldinger: z.array(z.object({ kode: z.string().regex(/^[A-Z_]{2,60}$/, 'expected an error code') })).nullish(),
});
