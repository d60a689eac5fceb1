import kinds from './tariffs-by-kind.json';

/**
 * Kinds of tariff (takst). The open data of tariffs has no such column: this classification is the project's own, in
 * `tariffs-by-kind.json`, by field and code. A tariff that stands not there has no kind; its minutes and amounts count.
 */
export const TARIFF_KINDS = [
  'simple-contact',
  'consultation',
  'e-consultation',
  'visit',
  'meeting',
  'time-add-on',
  'procedure',
  'lab',
  'group',
  'other',
] as const;
export type TariffKind = (typeof TARIFF_KINDS)[number];

const kindNamed = (name: string): TariffKind => {
  const kind = TARIFF_KINDS.find((known) => known === name);
  if (!kind) throw new RangeError(`tariffs-by-kind.json: ${name} is no kind of tariff`);
  return kind;
};

/** Every classified tariff, once by field and code. */
export const CLASSIFIED_TARIFFS: readonly {
  readonly field: string;
  readonly code: string;
  readonly kind: TariffKind;
}[] = Object.entries(kinds).flatMap(([field, codes]) =>
  Object.entries(codes).map(([code, kind]) => ({ field, code, kind: kindNamed(kind) })),
);

const BY_KEY = new Map(CLASSIFIED_TARIFFS.map(({ field, code, kind }) => [`${field} ${code}`, kind]));

/** Kind of a tariff; undefined for one that is not classified. */
export const kindOfTariff = (field: string, code: string): TariffKind | undefined => BY_KEY.get(`${field} ${code}`);
