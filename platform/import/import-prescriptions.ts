import { civilTime } from '../../domain/time/civil-time';
import { parseOre } from '../../domain/money';
import { monthStart } from '../../domain/time/days';
import { eReseptSchema, type EReseptMessage } from '../../domain/import/eresept';
import { validateOrQuarantine, type Batch, type LineLoader } from './import-batch';
import { type Cell, CopyWriter } from '../postgres/copy-writer';
import { PartitionCreator, ProviderIndex } from './id-allocators';
import type { Vault } from './vault';

interface Pending {
  readonly message: EReseptMessage;
  readonly line: number;
  readonly provider: number;
  readonly month: string;
}

const TABLES = {
  M1: {
    table: 'rx.prescription',
    key: 'prescription_id',
    columns: [
      'prescriber_id',
      'patient_key',
      'written',
      'atc',
      'packages',
      'reimbursement_code',
      'generic_reservation',
    ],
  },
  M10: {
    table: 'rx.dispensing',
    key: 'dispensing_id',
    columns: ['prescription_id', 'pharmacy_id', 'dispensed', 'packages', 'override_reason'],
  },
  M18: {
    table: 'rx.claim',
    key: 'claim_id',
    columns: ['dispensing_id', 'pharmacy_id', 'claimed_ore', 'approved_ore', 'status'],
  },
} as const;
const KINDS = ['M1', 'M10', 'M18'] as const;

const idOf = (m: EReseptMessage) => (m.type === 'M1' ? m.reseptId : m.type === 'M10' ? m.utleveringId : m.kravId);

function cellsOf(m: EReseptMessage, provider: number, patient: number | undefined): Cell[] {
  switch (m.type) {
    case 'M1':
      return [provider, patient, m.forskrevet, m.atc, m.pakninger, m.refusjonskode, m.reservasjonBytte];
    case 'M10':
      return [m.reseptId, provider, m.utlevert, m.pakninger, m.overstyring];
    case 'M18':
      return [m.utleveringId, provider, parseOre(m.belopKrevd), parseOre(m.belopGodkjent), m.status];
  }
}

/** Loads eResept messages: prescriptions, dispensings and settlement claims, one message per line. */
export class PrescriptionLoader implements LineLoader {
  readonly kind = 'prescription';
  #pending: Pending[] = [];
  readonly #providers = new ProviderIndex();
  readonly #months: PartitionCreator;
  constructor(readonly vault: Vault) {
    this.#months = new PartitionCreator(vault.db);
  }

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const message = validateOrQuarantine(batch, line, 'eResept message', eReseptSchema, value);
    if (!message) return;
    const [field, practice] = message.type === 'M1' ? ['praksisId', message.praksisId] : ['apotekId', message.apotekId];
    const provider = await this.#providers.idOf(batch.tx, practice);
    if (provider === undefined) {
      batch.quarantine(line, message.type, field, practice, 'no such practice is known; load its provider first');
      return;
    }
    const received = Date.parse(message.mottattidspunkt);
    const month = monthStart(civilTime(received).day);
    batch.noteKnownFrom(received);
    batch.months.add(month);
    this.#pending.push({ message, line, provider, month });
  }

  async flush(batch: Batch): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await this.#months.ensure(new Set(pending.map(({ month }) => month)));
    const people = await this.vault.pseudonyms(
      pending.flatMap(({ message }) => (message.type === 'M1' ? message.pasient.id : [])),
    );
    let person = 0;
    const patientOf = pending.map(({ message }) => (message.type === 'M1' ? people[person++] : undefined));
    for (const kind of KINDS) {
      const ofKind = pending.flatMap((item, i) =>
        item.message.type === kind ? [{ ...item, patient: patientOf[i] }] : [],
      );
      if (ofKind.length > 0) await this.#write(batch, kind, ofKind);
    }
  }

  async #write(
    batch: Batch,
    kind: (typeof KINDS)[number],
    items: readonly (Pending & { patient: number | undefined })[],
  ): Promise<void> {
    const { table, key, columns } = TABLES[kind];
    const all = ['received_month', key, ...columns, 'known_from', 'batch_id'];
    await batch.tx.raw(
      `create temp table if not exists incoming_${kind} (like ${table}) on commit drop; truncate incoming_${kind}`,
    );
    const copy = new CopyWriter(`incoming_${kind}`, all);
    const ids = new Set<string>();
    const repeated = new Set(items.filter(({ message }) => ids.size === ids.add(idOf(message)).size));
    for (const item of items) {
      if (repeated.has(item)) continue;
      const { message, provider, month, patient } = item;
      copy.add([month, idOf(message), ...cellsOf(message, provider, patient), message.mottattidspunkt, batch.batchId]);
    }
    await copy.flush(batch.tx);
    const { rows } = await batch.tx.raw<{ rows: { id: string }[] }>(
      `insert into ${table} (${all.join(', ')}) select ${all.join(', ')} from incoming_${kind} on conflict do nothing
        returning ${key} as id`,
    );
    const written = new Set(rows.map(({ id }) => id));
    for (const { message, line } of items) {
      if (written.delete(idOf(message))) batch.loaded++;
      else batch.quarantine(line, kind, key, idOf(message), 'duplicate: a message with this id was loaded before');
    }
  }
}
