import { FIELDS, ICPC2_CHAPTERS, PRACTICE_TYPES, REGIME_EVENTS, RULES } from '../../domain/reference/codes';
import type { Db } from '../postgres/connection';

/** Writes the reference values that come with the product; repeating it changes nothing. */
export async function loadReference(db: Db): Promise<void> {
  const put = async (table: string, key: string, rows: readonly Record<string, unknown>[]) => {
    await db(table).insert(rows).onConflict(key.split(', ')).merge();
  };
  await put(
    'ref.field',
    'code',
    Object.entries(FIELDS).map(([code, name]) => ({ code, name })),
  );
  await put(
    'ref.practice_type',
    'code',
    Object.entries(PRACTICE_TYPES).map(([code, { name, field }]) => ({ code, name, field: field ?? null })),
  );
  await put(
    'ref.icpc2_chapter',
    'letter',
    Object.entries(ICPC2_CHAPTERS).map(([letter, name]) => ({ letter, name })),
  );
  await put(
    'ref.rule',
    'number',
    Object.entries(RULES).map(([number, text]) => ({ number: Number(number), text })),
  );
  await put(
    'ref.regime_event',
    'day, what',
    REGIME_EVENTS.map(({ day, what }) => ({ day, what })),
  );
}
