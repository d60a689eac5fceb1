/** Polls `look` until it returns a value; after `minutes` it throws and names what did not happen. */
export const until = async <T>(what: string, look: () => Promise<T | undefined>, minutes = 3): Promise<T> => {
  for (
    const end = Date.now() + minutes * 60_000;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 100))
  ) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not happen within ${minutes} min`);
};
