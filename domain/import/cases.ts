import { z } from 'zod';
import { amount } from './kuhr/amounts';

/** Sources of control cases (grunnlag), as the case system records them. */
export const CONTROL_BASES = ['tip', 'rule', 'size', 'ml', 'random', 'campaign', 'other'] as const;
export type ControlBasis = (typeof CONTROL_BASES)[number];

/**
 * Events of the case system, one per line, each known from `kjentFra`. The Norwegian field names are this project's
 * own.
 */
const knownFrom = { kjentFra: z.iso.datetime({ offset: true }) };
const ofCase = { saksnr: z.string().min(3), ...knownFrom };

const OUTCOMES = [
  'none',
  'guidance',
  'letter',
  'warning',
  'agreement-terminated',
  'reclaim',
  'administrative-fine',
  'loss-of-right',
  'police-report',
  'other-authority-notified',
] as const;
export type CaseOutcome = (typeof OUTCOMES)[number];

export const caseEventSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('kampanje'),
    kampanje: z.string().min(1),
    slag: z.enum(['ordinary', 'mapping', 'theme']),
    navn: z.string().min(1),
    fra: z.iso.date(),
    til: z.iso.date().nullish(),
    ...knownFrom,
  }),
  z.looseObject({
    type: z.literal('signal'),
    signalnr: z.string().min(1),
    praksisId: z.string(),
    kilde: z.enum(['rule', 'peer', 'ml', 'tip', 'audit-office', 'other-agency', 'media', 'random']),
    mottatt: z.iso.date(),
    styrke: z.number().min(0).max(1).nullish(),
    ...knownFrom,
  }),
  z.looseObject({
    type: z.literal('apnet'),
    ...ofCase,
    praksisId: z.string(),
    apnet: z.iso.date(),
    grunnlag: z.enum(CONTROL_BASES),
    utvalgssannsynlighet: z.number().min(0).max(1).optional(),
    /** Id of the selection list that the control case came from. */
    utvalgsliste: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullish(),
    saksbehandler: z.string(),
    kampanje: z.string().nullish(),
    kontrollFra: z.iso.date().nullish(),
    kontrollTil: z.iso.date().nullish(),
  }),
  z.looseObject({
    type: z.literal('funn'),
    ...ofCase,
    funnnr: z.int().min(1),
    regning: z.uuid().nullish(),
    takstkode: z.string().nullish(),
    slag: z.enum(['documentation', 'tariff', 'repetition', 'overlap', 'not-provided', 'not-entitled', 'other']),
    arsak: z.string().nullish(),
    belop: amount.default('0'),
  }),
  z.looseObject({
    type: z.literal('vedtak'),
    ...ofCase,
    vedtatt: z.iso.date(),
    utfall: z.enum(OUTCOMES),
    belop: amount.default('0'),
  }),
  z.looseObject({
    type: z.literal('klage'),
    ...ofCase,
    /**
     * Day on which the appeal was received. Without one, it is the payer's own reversal, recorded in the wrong place.
     */
    innkommet: z.iso.date().nullish(),
    avgjort: z.iso.date(),
    instans: z.enum(['helfo', 'nasjonalt-klageorgan']).default('helfo'),
    resultat: z.enum(['upheld', 'partly-upheld', 'reversed', 'withdrawn']),
    belop: amount.default('0'),
  }),
  z.looseObject({
    type: z.literal('omgjoring'),
    ...ofCase,
    avgjort: z.iso.date(),
    belop: amount.default('0').describe('remaining amount'),
  }),
  z.looseObject({
    type: z.literal('tilbakekreving'),
    ...ofCase,
    vedtatt: z.iso.date(),
    belopKrevd: amount,
    belopInnbetalt: amount.default('0'),
  }),
  z.looseObject({ type: z.literal('tiltak'), ...ofCase, besluttet: z.iso.date(), tiltak: z.enum(OUTCOMES) }),
]);
export type CaseEvent = z.infer<typeof caseEventSchema>;
