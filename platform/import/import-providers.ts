import type { z } from 'zod';
import { providerSchema, agreementSchema, substituteSchema } from '../../domain/import/kuhr/register-lines';
import { validateOrQuarantine, type Batch, type LineLoader } from './import-batch';
import { ProviderIndex } from './id-allocators';
import { documentsIn, openEnvelope } from '../../domain/import/kuhr/documents';
import { fieldsOf, forUnknownFields } from '../../domain/import/kuhr/known-fields';
import { parseInstant } from '../../domain/time/civil-time';
import { loadPractice } from './import-practices';

const PROVIDER_FIELDS = fieldsOf(Object.keys(providerSchema.shape));

/**
 * Loads facts about providers, one per line, and the payer's own list of practices. A fact that becomes known later
 * supersedes; nothing is overwritten.
 */
export class ProviderLoader implements LineLoader {
  readonly kind = 'provider';
  /** @param receivedMs receipt of lists that do not state theirs (`--received-at`) */
  constructor(readonly receivedMs?: number) {}

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const { received, document } = openEnvelope(value);
    const practices = documentsIn(document).flatMap((found) => (found.kind === 'practice' ? [found] : []));
    if (practices.length === 0) return this.#fact(batch, line, value);
    const stated = received === undefined ? this.receivedMs : parseInstant(received);
    for (const practice of practices) {
      if (stated === undefined) batch.note('known-from-loading', 'practice');
      await loadPractice(batch, { line, at: practice.at, knownMs: stated ?? Date.now() }, practice.value);
    }
  }

  async #fact(batch: Batch, line: number, value: unknown): Promise<void> {
    const provider = validateOrQuarantine(batch, line, 'provider', providerSchema, value);
    if (!provider) return;
    batch.noteKnownFrom(Date.parse(provider.kjentFra));
    const { rows } = await batch.tx.raw<{ rows: { provider_id: number }[] }>(
      `insert into core.provider (hpr_no, orgnr, practice_no) values (?, ?, ?)
       on conflict on constraint provider_practice do update set practice_no = excluded.practice_no
         returning provider_id`,
      [provider.hprNr ?? null, provider.orgnr ?? null, provider.praksisId],
    );
    forUnknownFields(value, PROVIDER_FIELDS, (path) => batch.note('unknown-field', path));
    const written = await batch.tx.raw<{ rowCount: number }>(
      `insert into core.provider_fact (provider_id, known_from, valid_from, valid_to, practice_type, field,
        municipality, list_size, account_hash, registered_via, batch_id)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict on constraint provider_fact_pk do nothing`,
      [
        rows[0]!.provider_id,
        provider.kjentFra,
        provider.gyldigFra,
        provider.gyldigTil ?? null,
        provider.praksistype ?? null,
        provider.fagomrade,
        provider.kommunenr,
        provider.listelengde ?? null,
        provider.kontoHash ?? null,
        provider.registrertVia ?? null,
        batch.batchId,
      ],
    );
    if (written.rowCount === 1) batch.loaded++;
    else
      batch.quarantine(
        line,
        'provider',
        'praksisId',
        provider.praksisId,
        'duplicate: a fact with the same practice, valid-from and known-from was loaded before',
      );
  }
}

/**
 * A kind of fact about practices that are in the register: its schema, its table, and its cells after `provider_id`.
 */
interface PracticeFactKind<T extends { praksisId: string; kjentFra: string }> {
  readonly kind: LineLoader['kind'];
  readonly schema: z.ZodType<T> & { readonly shape: object };
  readonly table: string;
  readonly cells: (fact: T) => Readonly<Record<string, unknown>>;
}

class PracticeFactLoader<T extends { praksisId: string; kjentFra: string }> implements LineLoader {
  readonly kind: LineLoader['kind'];
  readonly #providers = new ProviderIndex();
  readonly #fields: ReturnType<typeof fieldsOf>;
  constructor(readonly of: PracticeFactKind<T>) {
    this.kind = of.kind;
    this.#fields = fieldsOf(Object.keys(of.schema.shape));
  }

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const { kind, schema, table, cells } = this.of;
    const fact = validateOrQuarantine(batch, line, kind, schema, value);
    if (!fact) return;
    forUnknownFields(value, this.#fields, (path) => batch.note('unknown-field', path));
    const provider = await this.#providers.idOf(batch.tx, fact.praksisId);
    if (provider === undefined) {
      batch.quarantine(line, kind, 'praksisId', fact.praksisId, 'no such practice is known; load its provider first');
      return;
    }
    batch.noteKnownFrom(Date.parse(fact.kjentFra));
    const row = { provider_id: provider, ...cells(fact), known_from: fact.kjentFra, batch_id: batch.batchId };
    const { rowCount } = await batch.tx.raw<{ rowCount: number }>(
      `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.keys(row)
        .map(() => '?')
        .join(', ')}) on conflict do nothing`,
      Object.values(row).map((cell) => cell ?? null),
    );
    if (rowCount === 1) batch.loaded++;
    else batch.quarantine(line, kind, 'praksisId', fact.praksisId, 'duplicate: the same fact was loaded before');
  }
}

/** Loads substitutes (vikarer) of practices. */
export const substituteLoader = (): LineLoader =>
  new PracticeFactLoader({
    kind: 'substitute',
    schema: substituteSchema,
    table: 'core.substitute',
    cells: ({ vikarHprNr, fra, til }) => ({ substitute_hpr: vikarHprNr, valid_from: fra, valid_to: til }),
  });

/** Loads agreements on direct settlement (avtale om direkte oppgjør). */
export const agreementLoader = (): LineLoader =>
  new PracticeFactLoader({
    kind: 'agreement',
    schema: agreementSchema,
    table: 'core.agreement',
    cells: ({ omfang, fra, til }) => ({ scope: omfang, valid_from: fra, valid_to: til }),
  });
