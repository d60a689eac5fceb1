import { z } from 'zod';
import { invalid } from '../../../domain/errors';

/** Pages by key: what comes next is where the last row was, so rows that arrive meanwhile shift nothing. */
export const pageQuery = z.object({
  cursor: z.string().max(300).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('rows of a page'),
});

export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ rows: z.array(row), next: z.string().nullable().describe('cursor of the next page; null on the last') });

type Key = readonly (string | number)[];
export const cursorOf = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url');

const keySchemas = {
  time: z.tuple([z.iso.datetime(), z.string()]),
  number: z.tuple([z.number().int()]),
} as const;

/** @throws UtplukkError InvalidInput for a cursor that no page of ours gave */
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
      `cursor "${cursor.slice(0, 40)}" is none that a page of this list gave`,
      'Leave it out for the first page.',
    );
  }
}

/** Cuts the one row too many that was asked for, which says whether there is more. */
export function page<T>(rows: readonly T[], limit: number, key: (last: T) => Key): { rows: T[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? cursorOf(key(last)) : null };
}
