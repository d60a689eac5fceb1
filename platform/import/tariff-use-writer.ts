import type { TariffUseRow } from '../../domain/import/open-data';
import type { Batch } from './import-batch';

const ROWS_PER_FLUSH = 5_000;
const COLUMNS = `area_kind text, area text, period_start date, months smallint, tariff text, field text,
  practice_type text, bills int, uses int, refund_ore bigint, copay_by_patient_ore bigint,
  copay_by_insurance_ore bigint, line int`;
const NAMES = COLUMNS.split(',')
  .map((column) => column.trim().split(' ')[0])
  .join(', ');

/** Writes rows of tariff use; a second row of a file for the same tariff, practice type, area and period is refused. */
export class TariffUseWriter {
  #rows: ReturnType<typeof cellsOf>[] = [];

  async add(batch: Batch, line: number, row: TariffUseRow): Promise<void> {
    this.#rows.push(cellsOf(line, row));
    if (this.#rows.length >= ROWS_PER_FLUSH) await this.flush(batch);
  }

  async flush(batch: Batch): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length === 0) return;
    const { rows: written } = await batch.tx.raw<{ rows: { line: number }[] }>(
      `insert into ref.tariff_use (${NAMES}, batch_id)
       select ${NAMES}, ? from jsonb_to_recordset(?::jsonb) as r(${COLUMNS}) on conflict do nothing returning line`,
      [batch.batchId, JSON.stringify(rows)],
    );
    batch.loaded += written.length;
    const lines = new Set(written.map(({ line }) => line));
    for (const { line, tariff } of rows)
      if (!lines.has(line))
        batch.quarantine(
          line,
          'tariff-use',
          'takstkode',
          tariff,
          'duplicate: an earlier row of the file has the same tariff, practice type, area and period',
        );
  }
}

function cellsOf(line: number, row: TariffUseRow) {
  const { ar, maned, behandler_kommunenr: municipality, behandler_fylke: county } = row;
  return {
    area_kind: municipality !== undefined ? 'municipality' : county !== undefined ? 'county' : 'country',
    area: municipality ?? county ?? 'Norge',
    period_start: `${ar}-${String(maned ?? 1).padStart(2, '0')}-01`,
    months: maned === undefined ? 12 : 1,
    tariff: row.takstkode,
    field: row.fagomraade,
    practice_type: row.praksis_type_kode,
    bills: row.antall_regninger,
    uses: row.sum_antall_takst,
    refund_ore: row.sum_refusjon,
    copay_by_patient_ore: row.sum_egenandel_betalt_av_pasient,
    copay_by_insurance_ore: row.sum_egenandel_dekket_av_folketrygden,
    line,
  };
}
