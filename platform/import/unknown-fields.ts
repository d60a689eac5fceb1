/** Fields of `value` that `keys` does not name, which are stored as they are; undefined when there are none. */
export function unknownFields(
  value: Record<string, unknown>,
  keys: readonly string[],
): Record<string, unknown> | undefined {
  const rest = Object.entries(value).filter(([key]) => !keys.includes(key));
  return rest.length > 0 ? Object.fromEntries(rest) : undefined;
}
