/**
 * What may never be a feature of selection, whatever the column is called: who or where a person is, origin or belief,
 * and free text, which can hold all of these (likestillings- og diskrimineringsloven § 6; GDPR art. 9).
 */
const FORBIDDEN: readonly (readonly [kind: string, words: readonly string[]])[] = [
  ['a name', ['name', 'names', 'navn', 'fornavn', 'etternavn', 'firstname', 'lastname', 'surname']],
  ['an identity number', ['fnr', 'personnummer', 'personnr', 'fodselsnummer', 'fødselsnummer']],
  ['an address', ['adresse', 'address', 'telefon', 'phone', 'epost', 'email']],
  ['nationality', ['nationality', 'nasjonalitet', 'citizenship', 'statsborgerskap']],
  [
    'country of birth',
    ['birthcountry', 'countryofbirth', 'fodeland', 'fødeland', 'fodselsland', 'fødselsland', 'landbakgrunn'],
  ],
  ['ethnicity or religion', ['ethnicity', 'etnisitet', 'religion', 'livssyn', 'race']],
  [
    'free text',
    ['freetext', 'fritekst', 'comment', 'comments', 'kommentar', 'notes', 'notat', 'merknad', 'begrunnelse'],
  ],
];
/** Names of people in one word: `pasientnavn`, `lastname`; `kommunenavn` and `username` name none. */
const NAME_OF_A_PERSON =
  /^(pasient|behandler|lege|fullt?|kontakt|person|etter|for|mellom|patient|doctor|first|last|middle)(navn|name)$/;

/** The kind of forbidden content that a column's name suggests, such as `nationality`; undefined for other names. */
export function forbiddenFeature(column: string): string | undefined {
  const words = column
    .replace(/([a-zæøå])([A-ZÆØÅ])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-zæøå]+/)
    .filter((word) => word !== '');
  // Up to three neighbouring words are joined: country_of_birth, birth-country, free text.
  const joined = words.flatMap((_, i) => [1, 2, 3].map((length) => words.slice(i, i + length).join('')));
  if (words.some((word) => NAME_OF_A_PERSON.test(word))) return 'a name';
  return FORBIDDEN.find(([, forbidden]) => joined.some((word) => forbidden.includes(word)))?.[0];
}
