import { periodsOverlap, type TariffRow } from '../../domain/import/open-data';
import { parseInstant } from '../../domain/time/civil-time';
import type { Tx } from '../postgres/connection';
import type { Batch } from './import-batch';

/** A version of a tariff: of this file, with its line, or loaded before. */
interface Version {
  readonly code: string;
  readonly field: string;
  readonly from: string;
  readonly to?: string | undefined;
  readonly line?: number;
  readonly row?: TariffRow;
}
const tariffOf = ({ code, field }: Version) => `${field} ${code}`;
const versionOf = (version: Version) => `${tariffOf(version)} ${version.from}`;

const COLUMNS = `code text, field text, valid_from date, valid_to date, tariff_id text, fee_ore bigint,
  refund_ore bigint, copay_ore bigint, patient_pays_ore bigint, max_repetitions int, repetition_percent numeric,
  reduced_from_repetition int, reduced_repetition_percent numeric, specialist boolean, excludes text[],
  requires_tariff text[], requires_procedure text[], requires_diagnosis text[], max_per_year int,
  max_per_calendar_year int, max_per_patient boolean, min_minutes int, minutes_per_repetition int, description text`;
const NAMES = COLUMNS.split(',')
  .map((column) => column.trim().split(' ')[0])
  .join(', ');

/**
 * Writes the versions of tariffs that a file holds. A version replaces one with the same first day; two versions of a
 * tariff never share a day, so those that would are refused, each with the other's days.
 */
export class TariffWriter {
  readonly #versions: Version[] = [];

  add(line: number, row: TariffRow): void {
    this.#versions.push({ code: row.takstkode, field: row.fagomraade, from: row.fradato, to: row.tildato, line, row });
  }

  async write(batch: Batch): Promise<void> {
    // Another file that is loaded at the same time could hold an overlapping version.
    await batch.tx.raw("select pg_advisory_xact_lock(hashtext('ref.tariff'))");
    const right = withoutOverlaps(batch, this.#versions, await versionsLoadedBefore(batch.tx));
    for (const { from } of right) batch.noteKnownFrom(parseInstant(`${from}T00:00:00`)!);
    await batch.tx.raw(
      `insert into ref.tariff (${NAMES}, known_from, batch_id)
       select ${NAMES}, valid_from::timestamp at time zone 'Europe/Oslo', ? from jsonb_to_recordset(?::jsonb)
         as r(${COLUMNS})`,
      [batch.batchId, JSON.stringify(right.map(({ row }) => cellsOf(row!)))],
    );
    batch.loaded += right.length;
  }
}

async function versionsLoadedBefore(tx: Tx): Promise<Version[]> {
  const { rows } = await tx.raw<{ rows: { code: string; field: string; from: string; to: string | null }[] }>(
    `select distinct on (code, field, valid_from) code, field, valid_from::text as from, valid_to::text as to
       from ref.tariff join core.load_batch using (batch_id)
      order by code, field, valid_from, committed_seq desc`,
  );
  return rows.map(({ to, ...version }) => ({ ...version, to: to ?? undefined }));
}

/**
 * Versions of a file that overlap no other of their tariff. Refusing one leaves the version that it would have
 * replaced, which may overlap yet another, so this repeats until nothing is refused.
 */
function withoutOverlaps(batch: Batch, versions: readonly Version[], before: readonly Version[]): Version[] {
  let kept = [...versions];
  for (;;) {
    const replaced = new Set(kept.map(versionOf));
    const byTariff = Map.groupBy([...kept, ...before.filter((old) => !replaced.has(versionOf(old)))], tariffOf);
    const refused = new Set<Version>();
    for (const of of byTariff.values())
      for (const version of of) {
        const other = of.find((one) => one !== version && periodsOverlap(version, one));
        if (!other || version.line === undefined) continue;
        refused.add(version);
        batch.quarantine(version.line, 'tariff', 'fradato', version.from, overlapText(version, other));
      }
    if (refused.size === 0) return kept;
    kept = kept.filter((version) => !refused.has(version));
  }
}

const overlapText = (version: Version, other: Version) =>
  `tariff ${version.code} of field ${version.field} has another version on the same days: from ${other.from} to ` +
  `${other.to ?? 'an open end'}, ${other.line === undefined ? 'loaded before' : `row ${other.line}`}; end one of them`;

const cellsOf = (row: TariffRow) => ({
  code: row.takstkode,
  field: row.fagomraade,
  valid_from: row.fradato,
  valid_to: row.tildato,
  tariff_id: row.takst_id,
  fee_ore: row.honorar,
  refund_ore: row.refusjon,
  copay_ore: row.egenandel,
  patient_pays_ore: row.pasient_egenbetaling,
  max_repetitions: row.maks_repetisjoner,
  repetition_percent: row.repetisjonsprosent,
  reduced_from_repetition: row.redusert_ref_fra_repetisjon,
  reduced_repetition_percent: row.redusert_repetisjonsprosent,
  specialist: row.spesialisttakst,
  excludes: row.ugyldig_kombinasjon,
  requires_tariff: row.krever_takst,
  requires_procedure: row.krever_prosedyre,
  requires_diagnosis: row.krever_diagnose,
  max_per_year: row.maks_antall_per_aar,
  max_per_calendar_year: row.maks_antall_per_kalender_aar,
  max_per_patient: row.maks_antall_gjelder_pasient,
  min_minutes: row.minimum_tidsbruk,
  minutes_per_repetition: row.tidsbruk_per_rep,
  description: row.beskrivelse,
});
