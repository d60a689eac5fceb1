import { type z } from 'zod';
import { invalid } from '../errors';

/**
 * What is wrong with a value, in words: zod's own message, except for one that is missing, which zod describes as an
 * undefined value of another type.
 */
export function problemText(issue: z.core.$ZodIssue, input: unknown): string {
  if (valueAt(input, issue.path) !== undefined) return issue.message;
  if (issue.code === 'invalid_type') return `is missing; expected ${issue.expected}`;
  if (issue.code === 'invalid_value') return `is missing; expected ${issue.values.map(String).join(' or ')}`;
  return issue.message;
}

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  );

/** The first few problems as text: path, what is expected, and the value found. */
export function explain(error: z.ZodError, input: unknown, limit = 5): string {
  const lines = error.issues.slice(0, limit).map((issue) => {
    const path = issue.path.map(String).join('.') || '(whole)';
    const value = valueAt(input, issue.path);
    const shown = value === undefined ? '' : ` (found ${JSON.stringify(value).slice(0, 80)})`;
    return `${path}: ${problemText(issue, input)}${shown}`;
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
  throw invalid(`${what} is not valid:\n  ${explain(result.error, input)}`, next);
}
