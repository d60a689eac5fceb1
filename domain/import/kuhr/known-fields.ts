/** Fields that a document may have: objects by name, `[]` for the items of a list, true for a value. */
export type Shape = true | { readonly [field: string]: Shape };

const named = (...names: string[]): Record<string, Shape> => Object.fromEntries(names.map((name) => [name, true]));
const number = named('id', 'type');
const codes = { '[]': named('kodeverk', 'kode') };
const remarks = { '[]': named('nummer', 'tekst') };

const bill: Shape = {
  ...named('guid', 'korrigeringBetaltEgenandel', 'betaltEgenandel', 'kreditering', 'debitor', 'regningsnummer'),
  ...named('tidspunkt', 'merknad', 'arsakFriEgenandel', 'sjeldenMedisinskTilstand', 'moderasjonskode'),
  ...named('stonadspunkt', 'belop'),
  // Read and not kept: name, sex, nationality, card.
  pasient: {
    ...named('etternavn', 'fornavn', 'kjonn', 'trygdenasjon', 'fodselsdato', 'eea'),
    identifikasjon: number,
  },
  diagnoser: codes,
  henvisning: { ...named('dato', 'id'), diagnoser: codes, henvistFra: number },
  utforendeBehandler: { ...number, identifikasjon: number },
  relatertBehandler: number,
  rekvirent: named('organisasjon', 'hprNr'),
  takster: { '[]': { ...named('belop', 'kode', 'antall'), tenner: { '[]': named('tannkode') } } },
  nlkkoder: { '[]': named('belop', 'kode', 'antall') },
  prosedyrekoder: { '[]': named('kodeverk', 'kode', 'belop') },
};

export const CLAIM_FIELDS: Shape = {
  praksisId: true,
  behandlerkrav: {
    ...named('avdeling', 'navnEPJ', 'reshId', 'antallRegninger', 'belop'),
    regninger: { '[]': bill },
  },
};
export const STATUS_FIELDS: Shape = {
  ...named('behandlerkravmeldingId', 'meldingsstatus', 'kontrollstatus', 'utbetalingsstatus', 'innsendingId'),
  ...named('vedtakId', 'praksisId', 'mottattidspunkt', 'rebehandling', 'sumKravbelop', 'sumUtbetaltbelop'),
  ...named('antallRegninger'),
  innsending: {
    ...named('sumKravbelop', 'sumUtbetaltbelop', 'antallRegninger'),
    regninger: { '[]': { ...named('status', 'guid', 'regningsnummer'), merknader: remarks } },
    merknader: remarks,
  },
  vedtak: { utbetaling: named('belop', 'utbetaltdato', 'kontonr', 'kid'), merknader: remarks },
};
export const RECEIPT_FIELDS: Shape = {
  ...named('behandlerkravmeldingId', 'status'),
  feilmeldinger: { '[]': named('kode', 'melding') },
};
export const PRACTICE_FIELDS: Shape = {
  ...named('praksisId', 'navn', 'orgnr', 'type', 'status'),
  gyldigePerioder: { '[]': named('fraOgMedDato', 'tilOgMedDato') },
};
/** The shape of a line whose fields are all values. */
export const fieldsOf = (names: readonly string[]): Shape => named(...names);

/** A field name may itself be personal data, so only what looks like one is shown. */
const shown = (name: string) => (/^[\p{L}_][\p{L}_0-9]{0,39}$/u.test(name) && !/\d{4}/.test(name) ? name : '(name)');

/** Calls `note` with the path of each field that the shape does not have; values are not looked at. */
export function forUnknownFields(value: unknown, shape: Shape, note: (path: string) => void, path = ''): void {
  if (shape === true || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const item = shape['[]'];
    if (item !== undefined) for (const element of value) forUnknownFields(element, item, note, `${path}[]`);
    return;
  }
  for (const [name, field] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const known = Object.hasOwn(shape, name) && name !== '[]' ? shape[name] : undefined;
    if (known === undefined) note(path === '' ? shown(name) : `${path}.${shown(name)}`);
    else forUnknownFields(field, known, note, at);
  }
}
