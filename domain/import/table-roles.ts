import { forbiddenFeature } from '../rules/forbidden-features';
import { isReservedColumn } from '../rules/reserved-columns';
import { type ColumnContent, kindOf, MOST } from './table-profile';

/** Roles of the columns of a prepared table, as its names and values suggest them. */
export interface RoleSuggestion {
  readonly entity: string | undefined;
  readonly asOf: string | undefined;
  readonly rowId: string | undefined;
  readonly outcome: string | undefined;
  readonly knownOn: string | undefined;
  /** A column of money that may be what was found. */
  readonly amount: string | undefined;
  readonly probability: string | undefined;
  readonly arm: string | undefined;
  readonly features: readonly { readonly name: string; readonly kind: 'numeric' | 'categorical' }[];
  readonly nuisance: readonly string[];
  readonly protected: readonly { readonly name: string; readonly kind: 'numeric' | 'categorical' }[];
  readonly ignore: readonly { readonly name: string; readonly why: string }[];
  readonly undecided: readonly string[];
}

/** Names by role, the likeliest first: lower case, without signs between words. */
const NAMES = {
  entity: [
    ...['praksisid', 'praksis', 'practiceid', 'practice', 'providerid', 'provider', 'behandlerid', 'behandler'],
    ...['hprnummer', 'hprnr', 'hpr', 'orgnr', 'organisasjonsnummer', 'virksomhet', 'foretak', 'klinikk', 'apotek'],
    ...['helseaktør', 'helseaktor', 'aktør', 'aktor', 'entity', 'entityid', 'license', 'licenseno'],
  ],
  asOf: [
    ...['asof', 'asofdate', 'perdato', 'prdato', 'skjæringsdato', 'skjaeringsdato', 'kontrolldato', 'controldate'],
    ...['inspectiondate', 'dato', 'date', 'dag', 'day'],
  ],
  knownOn: [
    ...['utfallkjent', 'kjentdato', 'kjent', 'knownon', 'known', 'vedtaksdato', 'vedtatt', 'avsluttet', 'lukket'],
    ...['utfallsdato', 'resultatdato', 'closed', 'decided', 'decisiondate'],
  ],
  outcome: [
    ...['utfall', 'funn', 'avvik', 'outcome', 'found', 'finding', 'criticalfound', 'resultat', 'result', 'konklusjon'],
    ...['label', 'target', 'y'],
  ],
  amount: [
    ...['tilbakekrav', 'tilbakekrevd', 'tilbakekreving', 'krav', 'funnbeløp', 'funnbelop', 'reclaim', 'recovered'],
    ...['beløp', 'belop', 'kroner', 'nok', 'amount'],
  ],
  rowId: ['saksnr', 'saksnummer', 'sakid', 'sak', 'caseid', 'case', 'radid', 'rowid', 'inspectionid', 'id'],
  nuisance: [
    'saksbehandler',
    'kontrollør',
    'kontrollor',
    'inspektør',
    'inspektor',
    'inspector',
    'caseworker',
    'reviewer',
  ],
  protected: ['kjønn', 'kjonn', 'sex', 'gender', 'alder', 'age', 'fødselsår', 'fodselsar', 'birthyear'],
  probability: ['trekksannsynlighet', 'utvalgssannsynlighet', 'selectionprobability', 'inclusionprobability'],
  arm: ['utvalgsmåte', 'utvalgsmate', 'selectionarm', 'arm'],
} as const;
type Role = keyof typeof NAMES;

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-zæøå0-9]/g, '');
const rank = (role: Role, name: string) => (NAMES[role] as readonly string[]).indexOf(plain(name));

/** Suggests roles. What cannot be known, such as which of two days is the as-of day, is named in `undecided`. */
export function suggestRoles(columns: readonly ColumnContent[]): RoleSuggestion {
  const free = new Map(columns.map((column) => [column.name, column]));
  const kinds = new Map(columns.map((column) => [column.name, kindOf(column)]));
  const take = (role: Role, fits: (column: ColumnContent) => boolean): string | undefined => {
    const found = [...free.values()]
      .filter((column) => rank(role, column.name) >= 0 && fits(column))
      .sort((a, b) => rank(role, a.name) - rank(role, b.name))[0];
    if (found) free.delete(found.name);
    return found?.name;
  };
  const takeAll = (role: Role) => columns.map(() => take(role, isValue)).filter((name) => name !== undefined);
  const isDate = ({ name }: ColumnContent) => kinds.get(name) === 'date';
  const isValue = ({ name }: ColumnContent) => ['numeric', 'categorical'].includes(kinds.get(name)!);
  const isKey = ({ nationalIds, name }: ColumnContent) =>
    nationalIds === 0 && !['date', 'empty'].includes(kinds.get(name)!);
  const undecided: string[] = [];

  const entity = take('entity', isKey);
  if (entity === undefined) undecided.push('entity: which column says who the row is about?');
  const knownOn = take('knownOn', isDate);
  const days = [...free.values()].filter(isDate).map(({ name }) => name);
  const asOf = take('asOf', isDate) ?? (days.length === 1 ? days[0] : undefined);
  if (asOf === undefined)
    undecided.push(
      days.length === 0
        ? 'asOf: no column holds days; which one says when the features of a row were known?'
        : `asOf: which of ${days.join(', ')} is the day as of which the features of a row were known?`,
    );
  else free.delete(asOf);
  const outcome = take('outcome', ({ few, nationalIds }) => few.length > 0 && nationalIds === 0);
  if (outcome === undefined) undecided.push('outcome.column: which column holds what the control found?');
  const rowId = take(
    'rowId',
    (column) => isKey(column) && column.values === column.rows && column.distinct === column.rows,
  );
  const isMoney = ({ amounts, values, nationalIds }: ColumnContent) =>
    nationalIds === 0 && values > 0 && amounts >= MOST * values;
  const amount = take('amount', isMoney);
  const named = {
    probability: take('probability', isValue),
    arm: take('arm', isValue),
    nuisance: takeAll('nuisance'),
    protected: withKinds(takeAll('protected'), kinds),
  };
  return { ...{ entity, asOf, rowId, outcome, knownOn, amount }, ...named, ...restOf([...free.values()]), undecided };
}

const withKinds = (names: readonly string[], kinds: ReadonlyMap<string, string>) =>
  names.map((name) => ({
    name,
    kind: kinds.get(name) === 'numeric' ? ('numeric' as const) : ('categorical' as const),
  }));

const IGNORED = {
  empty: 'empty',
  ids: 'ids, or too many different values for a category',
  text: 'free text, or long ids',
  date: 'days; make it a feature (`date`: days before the as-of day) only if they were known on the as-of day',
} as const;

/** The columns without a role: features, or ignored with the reason. */
function restOf(columns: readonly ColumnContent[]): Pick<RoleSuggestion, 'features' | 'ignore'> {
  const features: { name: string; kind: 'numeric' | 'categorical' }[] = [];
  const ignore: { name: string; why: string }[] = [];
  for (const column of columns) {
    const { name, distinct, values, rows } = column;
    const kind = kindOf(column);
    const forbidden = forbiddenFeature(name);
    if (forbidden !== undefined) ignore.push({ name, why: `${forbidden}, which may not be a feature` });
    else if (column.nationalIds > 0) ignore.push({ name, why: 'identity numbers of persons' });
    else if (isReservedColumn(name)) ignore.push({ name, why: 'a reserved name; rename the column to use it' });
    else if (kind !== 'numeric' && kind !== 'categorical') ignore.push({ name, why: IGNORED[kind] });
    else if (distinct <= 1 && values === rows) ignore.push({ name, why: 'the same value in every row' });
    else features.push({ name, kind });
  }
  return { features, ignore };
}

const POSITIVE = ['1', 'ja', 'yes', 'true', 'sann', 'j', 'y', 'funn'];
const NEGATIVE = ['0', 'nei', 'no', 'false', 'usann', 'n', 'ikke funn', 'uten funn'];

/** Which values of an outcome are positive and negative, where they say so themselves; the others are left open. */
export function suggestOutcomes({
  few,
}: Pick<ColumnContent, 'few'>): Record<'positive' | 'negative' | 'open', string[]> {
  const spelled = (value: string) => value.toLowerCase().replace(/^([01])[.,]0+$/, '$1');
  const values = few.map(({ value }) => value);
  const positive = values.filter((value) => POSITIVE.includes(spelled(value)));
  const negative = values.filter((value) => NEGATIVE.includes(spelled(value)));
  return { positive, negative, open: values.filter((value) => !positive.includes(value) && !negative.includes(value)) };
}
