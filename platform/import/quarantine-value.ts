/** Fields whose refused value is shown: codes, dates, amounts and numbers of practices, never a person's. */
const MAY_BE_SHOWN = new RegExp(
  '(^|[./])(guid|regningsnummer|tidspunkt|mottatt\\w*|praksisId|orgnr|antall|belop\\w*|praksistype|fagomrade|type|' +
    'status|kommunenr|fodselsar|listelengde|gyldig\\w+|kjentFra|fra|til|kodeverk|saksnr|utfall|kampanje|' +
    'kontroll(Fra|Til)|styrke|\\w+_id|received_at|started_at|amount_nok|count|practice|bill_id|bill_number|tariff|' +
    'line|(Sender|Receiver)/Organisation/Ident|MsgId|RegningsNr|Ant\\w+|Mengde|Reiterasjon|\\w*[dD]ato|Utloper|' +
    'Bel\\w+|Pris|\\w*Refusjon|Egenandel)$',
);
/** A value in such a field may still be a name or a note; those have words, or a number of a person. */
const LOOKS_LIKE_A_CODE = /^([^\p{L}]*|\S*)$/u;
/** Enough of a value to find the error by, without numbers that are as long as a person's. */
export const shortText = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\d[\d ]{9,}\d/g, '…').slice(0, 40);
/** The same of a field that may hold personal data: null unless neither the field nor the value speaks of a person. */
export function safeText(field: string, value: unknown): string | null {
  const text = shortText(value);
  return MAY_BE_SHOWN.test(field) && LOOKS_LIKE_A_CODE.test(text) ? text : null;
}
