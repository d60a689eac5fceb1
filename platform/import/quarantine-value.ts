/** Fields whose refused value is shown: codes, dates, amounts and numbers of practices, never a person's. */
const MAY_BE_SHOWN = new RegExp(
  '(^|[./])(guid|regningsnummer|tidspunkt|mottatt\\w*|praksisId|orgnr|antall|belop\\w*|praksistype|fagomrade|type|' +
    'status|kommunenr|listelengde|gyldig\\w+|kjentFra|fra|til|kodeverk|saksnr|utfall|kampanje|' +
    'kontroll(Fra|Til)|styrke|\\w+_id|received_at|started_at|amount_nok|count|practice|bill_id|bill_number|tariff|' +
    'line|(Sender|Receiver)/Organisation/Ident|MsgId|RegningsNr|Ant\\w+|Mengde|Reiterasjon|\\w*[dD]ato|Utloper|' +
    'Bel\\w+|Pris|\\w*Refusjon|Egenandel)$',
);
/** Fields of a person, whatever else their name says: an id of a patient, a date or year of birth. */
const OF_A_PERSON = /pasient|patient|f[oø]dsels|birth/i;
/** Fields whose values are words of a code list, of one case; a name in their place has both. */
const CODED = /(^|[./])(praksistype|fagomrade|type|status|kodeverk|utfall|kampanje|tariff)$/;
const CODE_WORD = /^([\p{Lu}\d_-]{1,20}|[\p{Ll}\d_-]{1,30})$/u;
const UUID = /^\{?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\}?$/i;
const INSTANT = /^(19|20|21)\d{2}-[01]\d-[0-3]\d[T ]?\d{2}:[\d:.Z+-]*$/;
/** One word with a digit in it and at most three letters in a row, such as K-9 or a date and time. */
const NUMBERED = /^(?=.*\d)(?!.*\p{L}{4})\S*$/u;
/** Ten digits and more, however they are set apart: an identity number, perhaps without its leading zero. */
const LONG_NUMBER = /\d(?:[\s.-]*\d){9,}/g;
/** Practices have numbers of ten digits that begin with 100, and no day of birth has the month 00. */
const OF_A_PRACTICE = /^100\d{7}$/;

/** Enough of a value to find the error by, without numbers that are as long as a person's. */
export function shortText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (UUID.test(text) || INSTANT.test(text)) return text.slice(0, 40);
  return text.replace(LONG_NUMBER, (number) => (OF_A_PRACTICE.test(number) ? number : '…')).slice(0, 40);
}

function looksLikeACode(field: string, text: string): boolean {
  if (!/\p{L}/u.test(text) || UUID.test(text)) return true;
  if (/(^|[./])guid$/.test(field)) return false;
  return NUMBERED.test(text) || (CODED.test(field) && CODE_WORD.test(text));
}

/** The same of a field that may hold personal data: null unless neither the field nor the value speaks of a person. */
export function safeText(field: string, value: unknown): string | null {
  const text = shortText(value);
  return MAY_BE_SHOWN.test(field) && !OF_A_PERSON.test(field) && looksLikeACode(field, text) ? text : null;
}
