import { civilTime } from '../../domain/civil-time';
import { monthStart } from '../../domain/rules/time-splits';
import { patientSchema, substituteSchema } from '../../domain/schemas/kuhr';
import { type Batch, firstProblem, type LineLoader } from './batch';
import { CopyInto } from './copy-into';
import { ProviderIndex } from './keys';
import type { Vault } from './vault';

type PatientFact = ReturnType<typeof patientSchema.parse>;

/** What the population register says of people; the national id becomes a surrogate before anything is written. */
export class PatientLoader implements LineLoader {
  readonly kind = 'patient';
  readonly linesAFlush = 20_000;
  #pending: { fact: PatientFact; line: number; list: number | undefined }[] = [];
  readonly #providers = new ProviderIndex();
  constructor(readonly vault: Vault) {}

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    batch.read++;
    const parsed = patientSchema.safeParse(value);
    if (!parsed.success) {
      const { field, value: found, reason } = firstProblem(parsed.error, value);
      batch.refuse(line, 'patient', field === 'id' ? 'pasient.id' : field, found, reason);
      return;
    }
    const fact = parsed.data;
    const knownMs = Date.parse(fact.kjentFra);
    batch.known(knownMs);
    batch.months.add(monthStart(civilTime(knownMs).day));
    const list = fact.fastlegePraksisId ? await this.#providers.idOf(batch.tx, fact.fastlegePraksisId) : undefined;
    this.#pending.push({ fact, line, list });
  }

  async flush(batch: Batch): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    const keys = await this.vault.surrogates(pending.map(({ fact }) => fact.id));
    await batch.tx.raw(
      'create temp table if not exists incoming_patient (n int, like core.patient_fact) on commit drop; truncate incoming_patient',
    );
    const copy = new CopyInto('incoming_patient', [
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
      copy.add([n, keys[n], fact.kjentFra, fact.fodselsar, fact.kommunenr, list, fact.dod, fact.utvandret, batch.batchId]),
    );
    await copy.flush(batch.tx);
    const { rows } = await batch.tx.raw<{ rows: { patient_key: number; known_ms: number }[] }>(
      `insert into core.patient_fact select patient_key, known_from, birth_year, municipality, list_provider, died, emigrated, batch_id from incoming_patient
       on conflict do nothing returning patient_key, (extract(epoch from known_from) * 1000)::bigint as known_ms`,
    );
    const written = new Set(rows.map((row) => `${row.patient_key} ${row.known_ms}`));
    pending.forEach(({ fact, line }, n) => {
      if (written.delete(`${keys[n]} ${Date.parse(fact.kjentFra)}`)) batch.loaded++;
      else
        batch.refuse(
          line,
          'patient',
          'kjentFra',
          fact.kjentFra,
          'duplicate: a fact of this person known from this instant was loaded before',
        );
    });
  }
}

/** Who stands in for whom. */
export class SubstituteLoader implements LineLoader {
  readonly kind = 'substitute';
  readonly #providers = new ProviderIndex();

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    batch.read++;
    const parsed = substituteSchema.safeParse(value);
    if (!parsed.success) {
      const problem = firstProblem(parsed.error, value);
      batch.refuse(line, 'substitute', problem.field, problem.value, problem.reason);
      return;
    }
    const fact = parsed.data;
    const provider = await this.#providers.idOf(batch.tx, fact.praksisId);
    if (provider === undefined) {
      batch.refuse(line, 'substitute', 'praksisId', fact.praksisId, 'no such practice is known; load its actor first');
      return;
    }
    batch.known(Date.parse(fact.kjentFra));
    const { rowCount } = await batch.tx.raw<{ rowCount: number }>(
      'insert into core.substitute (provider_id, substitute_hpr, valid_from, valid_to, known_from, batch_id) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
      [provider, fact.vikarHprNr, fact.fra, fact.til ?? null, fact.kjentFra, batch.batchId],
    );
    if (rowCount === 1) batch.loaded++;
    else batch.refuse(line, 'substitute', 'praksisId', fact.praksisId, 'duplicate: the same fact was loaded before');
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}
