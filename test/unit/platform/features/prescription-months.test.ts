import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withDuckDb } from '../../../../platform/duckdb/duckdb';
import { PRESCRIPTION_MONTH_SQL } from '../../../../platform/features/prescription-months-sql';

/** Claims of one month of receipt, and what was known before it; every number below is worked out by hand. */
const VIEWS = [
  // Allowed: 2 packages, to be given twice: 4 together.
  `in_ordered as select 'rx' as prescription_id, 2000 as quantity_milli, 1 as repeats`,
  `in_prescription as select 7 as prescriber_id, date '2024-03-01' as written, 'N02CC01' as atc, 2000 as quantity_milli,
     1 as repeats, true as reserved_by_prescriber
   union all select 7, date '2024-03-02', 'C10AA', null, 0, false
   union all select null, date '2024-03-02', 'C10AA', 1000, 0, false`,
  // Given before: 3 packages, and 5 that were taken back.
  `in_earlier as select 'rx' as prescription_id, 1 as entry, 3000 as quantity_milli
   union all select 'rx', 1, 5000 union all select 'rx', -1, 5000 union all select 'other', 1, 9000`,
  `in_claim as
     select 11 as claim_id, false as is_reversal, 1 as entry, 1 as pharmacy_id, 'rx' as prescription_id,
       date '2024-03-05' as dispensed, 'customer' as reservation, true as emergency, 2000 as quantity_milli,
       20000 as price_ore, 12000 as purchase_ore, 2 as interventions, true as changed_goods, true as changed_dose,
       false as changed_basis, true as asked_prescriber, timestamp '2024-03-06' as known_from
     union all select 12, false, 1, 1, 'rx', date '2024-03-07', 'none', false, 1000, null, null, 1, false, false, true,
       false, timestamp '2024-03-08'
     union all select 12, true, -1, 1, 'rx', date '2024-03-07', 'none', false, 1000, null, null, 1, false, false, true,
       false, timestamp '2024-03-09'
     union all select 13, false, 1, 2, null, date '2024-03-07', 'prescriber', false, 2500, 15000, 9000, 1, false,
       false, true, false, timestamp '2024-03-08'`,
  `in_result as select 2 as pharmacy_id, date '2024-03-09' as handled, 5000 as claimed_ore, 4000 as approved_ore,
     'approved' as status union all select 2, date '2024-03-10', 1000, 0, 'rejected'`,
];

test('packages beyond a prescription over all its dispensings, changes by kind, margins and results', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'prescription-months-'));
  const rows = await withDuckDb(dir, async (duck) => {
    for (const view of VIEWS) await duck.run(`create temp view ${view}`);
    return (await duck.runAndReadAll(PRESCRIPTION_MONTH_SQL)).getRowObjectsJson();
  });
  fs.rmSync(dir, { recursive: true });
  const numbers = rows.map((row) =>
    Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (value === '0' ? [] : [[name, value]]))),
  );
  const service_month = '2024-03-01';
  expect(numbers).toEqual([
    {
      // 3 before, 2 in claim 11: one too many. Claim 12 was one more, and was taken back.
      ...{ provider_id: 1, service_month, dispensings: '1', dispensed_milli: '2000', within_milli: '1000' },
      ...{ surplus_dispensings: '1', overrides: '1', goods_overrides: '1', dose_overrides: '1' },
      ...{ customer_reservations: '1', emergency_dispensings: '1' },
      // 200 kroner that cost 120; the goods of claim 12 have no purchase price
      ...{ margin_ore: '8000', margin_price_ore: '20000' },
    },
    {
      ...{ provider_id: 2, service_month, dispensings: '1', paper_dispensings: '1', overrides: '1' },
      ...{ basis_overrides: '1', unasked_overrides: '1' },
      ...{ margin_ore: '6000', margin_price_ore: '15000' },
      ...{ handled_bills: '2', rejected_bills: '1', handled_ore: '6000', not_approved_ore: '2000' },
    },
    {
      ...{ provider_id: 7, service_month, prescriptions: '2', prescribed_milli: '4000' },
      ...{ packaged_prescriptions_milli: '1000', generic_reservations: '1', repeatable_prescriptions: '1' },
      ...{ migraine_prescriptions: '1' },
    },
  ]);
});
