import { civilTime } from '../../domain/time/civil-time';
import { monthStart } from '../../domain/time/days';
import { fieldsOf, forUnknownFields } from '../../domain/import/kuhr/known-fields';
import { patientSchema } from '../../domain/import/kuhr/register-lines';
import { validateOrQuarantine, type Batch, type LineLoader } from './import-batch';
import { CopyWriter } from '../postgres/copy-writer';
import { ProviderIndex } from './id-allocators';
import type { Vault } from './vault';

const PATIENT_FIELDS = fieldsOf(Object.keys(patientSchema.shape));
type PatientFact = ReturnType<typeof patientSchema.parse>;

/** Loads facts of the population register; national ids are replaced by pseudonyms before anything is written. */
export class PatientLoader implements LineLoader {
  readonly kind = 'patient';
  readonly rowsPerFlush = 20_000;
  #pending: { fact: PatientFact; line: number; list: number | undefined }[] = [];
  readonly #providers = new ProviderIndex();
  constructor(readonly vault: Vault) {}

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const fact = validateOrQuarantine(batch, line, 'patient', patientSchema, value, (field) =>
      field === 'id' ? 'pasient.id' : field,
    );
    if (!fact) return;
    forUnknownFields(value, PATIENT_FIELDS, (path) => batch.note('unknown-field', path));
    const knownMs = Date.parse(fact.kjentFra);
    batch.noteKnownFrom(knownMs);
    batch.months.add(monthStart(civilTime(knownMs).day));
    const list = fact.fastlegePraksisId ? await this.#providers.idOf(batch.tx, fact.fastlegePraksisId) : undefined;
    this.#pending.push({ fact, line, list });
  }

  async flush(batch: Batch): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    const keys = await this.vault.pseudonyms(pending.map(({ fact }) => fact.id));
    await batch.tx.raw(
      `create temp table if not exists incoming_patient (n int,
        like core.patient_fact) on commit drop; truncate incoming_patient`,
    );
    const copy = new CopyWriter('incoming_patient', [
      'n',
      'patient_key',
      'known_from',
      'birth_year',
      'municipality',
      'list_provider',
      'died',
      'emigrated',
      'batch_id',
    ]);
    pending.forEach(({ fact, list }, n) =>
      copy.add([
        n,
        keys[n],
        fact.kjentFra,
        fact.fodselsar,
        fact.kommunenr,
        list,
        fact.dod,
        fact.utvandret,
        batch.batchId,
      ]),
    );
    await copy.flush(batch.tx);
    // Inserted in the order of the key; returns only the rows that were not written, nearly always none.
    const { rows } = await batch.tx.raw<{ rows: { n: number }[] }>(
      `with kept as (select distinct on (patient_key, known_from) * from incoming_patient
        order by patient_key, known_from, n),
       written as (insert into core.patient_fact
         select patient_key, known_from, birth_year, municipality, list_provider, died, emigrated, batch_id from kept
         order by patient_key, known_from on conflict do nothing returning patient_key, known_from)
       select n from incoming_patient i where not exists (select from kept k
         join written w using (patient_key, known_from) where k.n = i.n) order by n`,
    );
    batch.loaded += pending.length - rows.length;
    for (const { fact, line } of rows.map(({ n }) => pending[n]!))
      batch.quarantine(
        line,
        'patient',
        'kjentFra',
        fact.kjentFra,
        'duplicate: a fact of this person known from this instant was loaded before',
      );
  }
}
