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
  `in_earlier_claim as select 1 as claim_id, false as is_reversal, 1 as entry, 'rx' as prescription_id
   union all select 2, false, 1, 'rx' union all select 2, true, -1, 'rx' union all select 3, false, 1, 'other'`,
  // Given before: 3 packages, and 5 that were taken back.
  `in_earlier_goods as select 1 as claim_id, false as is_reversal, 3000 as quantity_milli
   union all select 2, false, 5000 union all select 2, true, 5000 union all select 3, false, 9000`,
  `in_claim as
     select 11 as claim_id, false as is_reversal, 1 as entry, 1 as pharmacy_id, 'rx' as prescription_id,
       date '2024-03-05' as dispensed, 'customer' as reservation, true as emergency, 1 as interventions,
       timestamp '2024-03-06' as known_from
     union all select 12, false, 1, 1, 'rx', date '2024-03-07', 'none', false, 1, timestamp '2024-03-08'
     union all select 12, true, -1, 1, 'rx', date '2024-03-07', 'none', false, 1, timestamp '2024-03-09'
     union all select 13, false, 1, 2, null, date '2024-03-07', 'prescriber', false, 0, timestamp '2024-03-08'`,
  `in_goods as
     select 11 as claim_id, false as is_reversal, 2000 as quantity_milli, 10000 as price_ore, 6000 as purchase_ore
     union all select 12, false, 1000, 10000, null union all select 12, true, 1000, 10000, null
     union all select 13, false, 1500, 10000, 6000 union all select 13, false, 1000, 700, null`,
  `in_intervention as
     select 11 as claim_id, false as is_reversal, 'goods' as change, false as asked_prescriber
     union all select 11, false, 'dose', true union all select 12, false, 'legal-basis', false
     union all select 12, true, 'legal-basis', false`,
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
      // two packages at 100 kroner that cost 60; the goods of claim 12 have no purchase price
      ...{ margin_ore: '8000', margin_price_ore: '20000' },
    },
    {
      ...{ provider_id: 2, service_month, dispensings: '1', paper_dispensings: '1' },
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
