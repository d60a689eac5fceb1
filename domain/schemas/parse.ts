import { type z } from 'zod';
import { invalid } from '../errors';

/** The first few problems as text: path, what is expected, and the value found. */
export function explain(error: z.ZodError, input: unknown, limit = 5): string {
  const lines = error.issues.slice(0, limit).map((issue) => {
    const path = issue.path.map(String).join('.') || '(whole)';
    const value = issue.path.reduce<unknown>(
      (at, key) => (at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined),
      input,
    );
    const shown = value === undefined ? '' : ` (found ${JSON.stringify(value).slice(0, 80)})`;
    return `${path}: ${issue.message}${shown}`;
  });
  const more = error.issues.length - lines.length;
  return lines.join('\n  ') + (more > 0 ? `\n  and ${more} more` : '');
}

/** @throws UtplukkError InvalidInput that names `what`, the path, the invalid value and what is allowed */
export function parseOrExplain<S extends z.ZodType>(
  schema: S,
  input: unknown,
  what: string,
  next?: string,
): z.infer<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalid(`${what} is not right:\n  ${explain(result.error, input)}`, next);
}
