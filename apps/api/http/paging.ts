import { z } from 'zod';
import { invalid } from '../../../domain/errors';

/**
 * Keyset pagination: a page starts after the last row of the one before, so rows that arrive meanwhile shift nothing.
 */
export const pageQuery = z.object({
  cursor: z.string().max(300).optional().describe('`next` of the previous page'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('rows per page'),
});

export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ rows: z.array(row), next: z.string().nullable().describe('cursor of the next page; null on the last') });

type Key = readonly (string | number)[];
export const cursorOf = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url');

const keySchemas = {
  time: z.tuple([z.iso.datetime(), z.string()]),
  number: z.tuple([z.number().int()]),
} as const;

/** Key that a cursor stands for. @throws UtplukkError InvalidInput for a cursor that no page of this API returned */
export function keyFrom<K extends keyof typeof keySchemas>(
  kind: K,
  cursor: string | undefined,
): z.infer<(typeof keySchemas)[K]> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return keySchemas[kind].parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))) as z.infer<
      (typeof keySchemas)[K]
    >;
  } catch {
    throw invalid(
      `cursor "${cursor.slice(0, 40)}" was not returned by a page of this list`,
      'Leave it out for the first page.',
    );
  }
}

/** A page of rows. One row more than the limit was queried: it says that there is a next page, and is left out. */
export function page<T>(rows: readonly T[], limit: number, key: (last: T) => Key): { rows: T[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? cursorOf(key(last)) : null };
}
