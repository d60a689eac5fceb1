import { BASELINE_FEATURES } from '../../domain/features/catalogue';
import { ArtifactStore } from '../../platform/artifacts/store';
import type { Db } from '../../platform/postgres/connection';
import { ident, PARQUET, quote, withDuckDb } from '../../platform/duckdb/duckdb';
import { fillVersions, pastTriggers } from '../trust/fixtures';

const VERSIONS = 1000;
const GROUPS = ['FALE', 'SPIN', 'FYNO', 'PSNO', 'TANN'];

/**
 * A register of so many providers, a thousand versions, and one list on which every provider stands with its refunds.
 */
export async function fillList(owner: Db, storeRoot: string, providers: number): Promise<string> {
  await fillVersions(owner, VERSIONS);
  const store = new ArtifactStore(storeRoot);
  const size = BASELINE_FEATURES.size;
  const file = store.temporary('.parquet');
  await withDuckDb(store.temporary(), async (duck) => {
    await duck.run(
      `copy (select 'P' || i as entity, (hash(i) % 500000000)::double as ${ident(size)} from range(1, ` +
        `${providers + 1}) t(i)) to ${quote(file)} ${PARQUET}`,
    );
  });
  const sha = await store.putFile(file);
  const last = VERSIONS - 1;
  const id = (prefix: string) => `encode(sha256(convert_to('${prefix}${last}', 'UTF8')), 'hex')`;
  await pastTriggers(owner, async (run) => {
    await run(
      'insert into core.load_batch (kind, file_name, content_sha256, rows_read, rows_loaded, rows_quarantined, ' +
        'loaded_at, action_id, committed_seq) values (?, ?, ?, ?, ?, 0, now(), (select action_id from aud.action ' +
        'limit 1), 1) on conflict do nothing',
      ['provider', 'bench', 'bench', providers, providers],
    );
    await run(
      'insert into core.provider (provider_id, hpr_no, orgnr, practice_no) overriding system value select i, ' +
        'i::text, null, (1000000 + i)::text from generate_series(1, ?::int) i',
      [providers],
    );
    await run(
      'insert into core.provider_fact (provider_id, known_from, valid_from, practice_type, field, ' +
        `municipality, batch_id) select i, '2022-01-01', '2022-01-01', (array['${GROUPS.join("','")}'])[1 + i % ` +
        `${GROUPS.length}], 'LE', '0301', (select max(batch_id) from core.load_batch) from generate_series(1, ` +
        '?::int) i',
      [providers],
    );
    await run(`update ml.matrix set file_sha256 = ?, meta = ?::jsonb where matrix_id = ${id('m')}`, [
      sha,
      JSON.stringify({ columns: [], baselines: { size }, rows: providers, labeled: 0, positives: 0 }),
    ]);
    await run(
      `insert into sel.line
         (list_id, rank, entity, provider_group, score, probability, arm, selected, inclusion_probability)
       select ${id('l')}, i, 'P' || i, (array['${GROUPS.join("','")}'])[1 + i % ${GROUPS.length}], 5 - i / 5000.0,
         1 / (1 + exp(i / 5000.0 - 5)), 'exploit', i <= 50, case when i <= 50 then 1 else 0 end
       from generate_series(1, ?::int) i`,
      [providers],
    );
    await run(
      `update sel.list set drafted_at = now(), expires_at = now() + interval '14 days' where list_id = ${id('l')}`,
    );
  });
  await owner.raw('analyze');
  const { list_id: listId } = await owner('sel.line').first<{ list_id: string }>('list_id');
  return listId;
}
