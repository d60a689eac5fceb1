/** Documents of KUHR, recognised by what they hold. */
export type KuhrDocument =
  | { readonly kind: 'claim' | 'receipt' | 'status' | 'practice'; readonly value: unknown; readonly at: string }
  | { readonly kind: 'unknown' };

/** A document with the instant at which it was received, as an archive keeps it. */
export interface Envelope {
  readonly received: string | undefined;
  readonly messageId: string | undefined;
  readonly document: unknown;
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Takes a document out of its archive line `{"mottatt", "behandlerkravmeldingId", "dokument"}`, where it has one. */
export function openEnvelope(value: unknown): Envelope {
  const line = record(value);
  if (!('dokument' in line)) return { received: undefined, messageId: undefined, document: value };
  // A wrong type must be refused later, not read as absent.
  const received = 'mottatt' in line ? (text(line['mottatt']) ?? '') : undefined;
  return { received, messageId: text(line['behandlerkravmeldingId']), document: line['dokument'] };
}

/** The documents in one: an answer holds several, each with its path for messages. */
export function documentsIn(document: unknown): KuhrDocument[] {
  const value = record(document);
  if ('behandlerkrav' in value) return [{ kind: 'claim', value, at: '' }];
  for (const [list, kind] of [
    ['behandlerkravmeldinger', 'status'],
    ['praksiser', 'practice'],
  ] as const)
    if (Array.isArray(value[list]))
      return value[list].map((item: unknown, i) => ({ kind, value: item, at: `${list}.${i}.` }));
  if ('behandlerkravmeldingId' in value)
    return [{ kind: 'meldingsstatus' in value ? 'status' : 'receipt', value, at: '' }];
  return [{ kind: 'unknown' }];
}
