import { practiceSchema } from '../../domain/import/kuhr/practices';
import { forUnknownFields, PRACTICE_FIELDS } from '../../domain/import/kuhr/known-fields';
import { PRACTICE_TYPES } from '../../domain/reference/codes';
import { type Batch, validateOrQuarantine } from './import-batch';
import type { Receipt } from './import-status';

/**
 * Loads a practice of the payer's answer, with a fact for each period. What the answer does not hold (municipality,
 * list, account) stays as it was known.
 */
export async function loadPractice(batch: Batch, { line, at, knownMs }: Receipt, value: unknown): Promise<void> {
  const practice = validateOrQuarantine(batch, line, 'practice', practiceSchema, value, (field) => `${at}${field}`);
  if (!practice) return;
  forUnknownFields(value, PRACTICE_FIELDS, (path) => batch.note('unknown-field', `praksiser[].${path}`));
  batch.noteKnownFrom(knownMs);
  const known = new Date(knownMs).toISOString();
  const { rows } = await batch.tx.raw<{ rows: { provider_id: number }[] }>(
    `insert into core.provider (orgnr, practice_no) values (?, ?)
     on conflict on constraint provider_practice do update set practice_no = excluded.practice_no
       returning provider_id`,
    [practice.orgnr ?? null, practice.praksisId],
  );
  let written = 0;
  for (const { fraOgMedDato, tilOgMedDato } of practice.gyldigePerioder) {
    const { rowCount } = await batch.tx.raw<{ rowCount: number }>(
      `insert into core.provider_fact (provider_id, known_from, valid_from, valid_to, practice_type, field, status,
         municipality, list_size, account_hash, registered_via, batch_id)
       select ?, ?, ?, ?, ?, coalesce(?, f.field), ?, f.municipality, f.list_size, f.account_hash, f.registered_via, ?
       from (select) one left join lateral (select * from core.provider_fact where provider_id = ? and known_from < ?
         order by valid_from desc, known_from desc limit 1) f on true
       on conflict on constraint provider_fact_pk do nothing`,
      [
        rows[0]!.provider_id,
        known,
        fraOgMedDato,
        tilOgMedDato ?? null,
        practice.type,
        PRACTICE_TYPES[practice.type]?.field ?? null,
        practice.status,
        batch.batchId,
        rows[0]!.provider_id,
        known,
      ],
    );
    written += rowCount;
  }
  if (written > 0) batch.loaded++;
  else {
    const reason = 'duplicate: the same periods, known from this instant, were loaded before';
    batch.quarantine(line, 'practice', `${at}praksisId`, practice.praksisId, reason);
  }
}
