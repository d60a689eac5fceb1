const PREFIX = 'P';
const KEY = new RegExp(`^${PREFIX}(\\d{1,9})$`);

/** Key of a provider as an entity of matrices, scores and lists: `P12` for provider 12. */
export const providerKey = (providerId: number): string => `${PREFIX}${providerId}`;

/** SQL for the key of the provider whose id is the expression `providerId`. */
export const providerKeySql = (providerId: string): string => `'${PREFIX}' || ${providerId}`;

/**
 * The provider's id; undefined for an entity that is not a provider of the register, such as one of a prepared table.
 */
export function providerIdOf(key: string): number | undefined {
  const digits = KEY.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
