// The tables that the ledger covers, as the auditor's page names them.
import { loadSource } from './source.mjs';

export async function coveredTables(pages) {
  const { AUDITED_TABLES } = loadSource('platform/ledger/audited-tables.ts');
  const names = AUDITED_TABLES.map(({ table, without }) =>
    without ? `\`${table}\` (without ${without.join(' and ')}, which can be erased)` : `\`${table}\``,
  );
  const text =
    'Every row of these tables stands in the ledger by its digest; the database refuses a change that no entry ' +
    `names, and verification names one that was made past it, with table and key: ${names.join(', ')}.`;
  await pages.region('docs/audit.md', 'covered', text);
}
