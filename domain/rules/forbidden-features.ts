/**
 * What may never be a feature of selection, whatever the table calls it: who somebody is by name, where they come from,
 * what they believe, and free text, in which all of that stands (likestillings- og diskrimineringsloven § 6; GDPR art. 9).
 */
const FORBIDDEN: readonly (readonly [kind: string, words: readonly string[]])[] = [
  ['a name', ['name', 'names', 'navn', 'fornavn', 'etternavn', 'firstname', 'lastname', 'surname']],
  ['nationality', ['nationality', 'nasjonalitet', 'citizenship', 'statsborgerskap']],
  [
    'country of birth',
    ['birthcountry', 'countryofbirth', 'fodeland', 'fødeland', 'fodselsland', 'fødselsland', 'landbakgrunn'],
  ],
  ['ethnicity or religion', ['ethnicity', 'etnisitet', 'religion', 'livssyn', 'race']],
  ['free text', ['freetext', 'fritekst', 'comment', 'comments', 'kommentar', 'notes', 'notat']],
];

/** What kind of forbidden thing a column's name says it is; undefined where it says nothing of the sort. */
export function forbiddenFeature(column: string): string | undefined {
  const words = column
    .replace(/([a-zæøå])([A-ZÆØÅ])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-zæøå]+/)
    .filter((word) => word !== '');
  // Neighbouring words are tried together: country_of_birth, birth-country, free text.
  const joined = words.flatMap((_, i) => [1, 2, 3].map((length) => words.slice(i, i + length).join('')));
  return FORBIDDEN.find(([, forbidden]) => joined.some((word) => forbidden.includes(word)))?.[0];
}
