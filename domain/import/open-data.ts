import { z } from 'zod';
import { parseOre } from '../money';
import { FIELDS, PRACTICE_TYPES } from '../reference/codes';

/**
 * Rows of the open data of Helserefusjon, in its documented names: tariffs (`takstkoder`) and tariff use
 * (`takstbruk/agtakst`). A cell is a JSON value or the text of a CSV cell; an empty one is missing. A field that is not
 * documented is refused by name.
 */
const cell = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? undefined : String(value)));

const matching = (pattern: RegExp, expected: string) =>
  cell.refine((text) => text === undefined || pattern.test(text), `expected ${expected}`);
const required = <T>(of: z.ZodType<T | undefined>) =>
  of.refine((value) => value !== undefined, 'is missing').transform((value) => value as T);

const text = (most: number) =>
  cell.refine((value) => value === undefined || value.length <= most, `expected at most ${most} characters`);
const code = required(matching(/^[\p{L}\d][\p{L}\d.-]{0,11}$/u, 'a code of 1 to 12 letters and digits'));
const field = required(cell).refine((value) => Object.hasOwn(FIELDS, value), 'no field (fagområde) of the code list');
const whole = (most: number) =>
  matching(/^\d{1,12}$/, `a whole number from 0 to ${most}`)
    .transform((value) => (value === undefined ? undefined : Number(value)))
    .refine((value) => value === undefined || value <= most, `expected a whole number from 0 to ${most}`);
/** Amount in kroner, as whole øre. */
const amount = matching(/^\d{1,12}([.,]\d{1,2})?$/, 'an amount with at most two decimals, such as 175.00').transform(
  (value) => (value === undefined ? undefined : parseOre(value.replace(',', '.'))),
);
const percent = matching(/^(100([.,]0{1,2})?|\d{1,2}([.,]\d{1,2})?)$/, 'a percentage from 0 to 100').transform(
  (value) => (value === undefined ? undefined : Number(value.replace(',', '.'))),
);
const isDay = (value: string) =>
  /^(19|20|21)\d\d-\d\d-\d\d$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) === value;
const day = cell.refine(
  (value) => value === undefined || isDay(value),
  'expected an existing day from 1900 to 2199, such as 2024-07-01; an open end is left empty',
);
const YES = ['true', 'ja', 'j', '1'];
const NO = ['false', 'nei', 'n', '0'];
const flag = cell
  .refine((value) => value === undefined || [...YES, ...NO].includes(value.toLowerCase()), 'expected true or false')
  .transform((value) => (value === undefined ? undefined : YES.includes(value.toLowerCase())));
/** Codes as a list, or as one text with commas between them; `*` stands for all. */
const codes = z
  .union([z.array(z.string()), z.string()])
  .nullish()
  .transform((value) => (typeof value === 'string' ? value.split(',').map((one) => one.trim()) : (value ?? [])))
  .transform((list) => (list.length === 1 && list[0] === '' ? [] : list))
  .refine(
    (list) => list.every((one) => one === '*' || /^[\p{L}\d][\p{L}\d.-]{0,11}$/u.test(one)),
    'expected codes with commas between them',
  );

/** One version of a tariff: what it pays and asks for from `fradato` to `tildato`, both included. */
export const tariffRowSchema = z
  .strictObject({
    takst_id: text(40),
    takstkode: code,
    fagomraade: field,
    fradato: required(day),
    tildato: day,
    honorar: amount.describe('full fee'),
    refusjon: amount,
    egenandel: amount.describe('co-payment'),
    pasient_egenbetaling: amount.describe('what the patient pays beyond the co-payment'),
    maks_repetisjoner: whole(10_000),
    repetisjonsprosent: percent.describe('what each further use pays of the first; 100 when empty'),
    redusert_ref_fra_repetisjon: whole(10_000),
    redusert_repetisjonsprosent: percent,
    spesialisttakst: flag,
    ugyldig_kombinasjon: codes,
    krever_takst: codes,
    krever_prosedyre: codes,
    krever_diagnose: codes,
    maks_antall_per_aar: whole(100_000),
    maks_antall_per_kalender_aar: whole(100_000),
    maks_antall_gjelder_pasient: flag,
    minimum_tidsbruk: whole(1440).describe('minutes'),
    tidsbruk_per_rep: whole(1440).describe('minutes of each further use'),
    beskrivelse: text(2000),
  })
  .refine(({ fradato, tildato }) => tildato === undefined || tildato >= fradato, {
    path: ['tildato'],
    message: 'the last day is before the first',
  });
export type TariffRow = z.infer<typeof tariffRowSchema>;

/** Counts up to this many are withheld at the source, so they are missing, never 0. */
export const WITHHELD_UP_TO = 5;
const count = whole(1_000_000_000).refine(
  (value) => value === undefined || value > WITHHELD_UP_TO,
  `counts up to ${WITHHELD_UP_TO} are withheld at the source: expected a larger number, or nothing`,
);

/** Use of a tariff in a month (or a year, without `maned`) by practice type and where the provider works. */
export const tariffUseRowSchema = z.strictObject({
  ar: required(matching(/^(19|20|21)\d\d$/, 'a year')).transform(Number),
  maned: matching(/^(0?[1-9]|1[0-2])$/, 'a month from 1 to 12').transform((value) =>
    value === undefined ? undefined : Number(value),
  ),
  takstkode: code,
  fagomraade: field,
  praksis_type_kode: required(cell).refine(
    (value) => Object.hasOwn(PRACTICE_TYPES, value),
    'no practice type (praksistype) of the code list',
  ),
  behandler_kommunenr: matching(/^\d{4}$/, 'a municipality number of 4 digits'),
  behandler_fylke: text(60),
  antall_regninger: count,
  sum_antall_takst: count,
  sum_refusjon: amount,
  sum_egenandel_betalt_av_pasient: amount,
  sum_egenandel_dekket_av_folketrygden: amount,
});
export type TariffUseRow = z.infer<typeof tariffUseRowSchema>;

/** A period of validity; without a last day it is open. */
interface Period {
  readonly from: string;
  readonly to?: string | undefined;
}
/** True if two periods have a day in common; their last days are included. */
export const periodsOverlap = (a: Period, b: Period): boolean =>
  (b.to === undefined || a.from <= b.to) && (a.to === undefined || b.from <= a.to);
