import type { Claim } from '../../domain/import/kuhr/claim';
import { CopyWriter } from '../postgres/copy-writer';
import type { Tx } from '../postgres/connection';
import type { Batch } from './import-batch';

const COLUMNS = [
  'submission_id',
  'provider_id',
  'received_at',
  'epj_name',
  'resh_id',
  'bill_count',
  'stated_count',
  'stated_ore',
  'batch_id',
];

/** Collects claim messages; a message that was loaded before, with other bills of it, stays as it is. */
export class SubmissionWriter {
  #copy: CopyWriter | undefined;

  add(batch: Batch, claim: Claim, providerId: number, message: { id: string; receivedMs: number }): void {
    const { navnEPJ, reshId, antallRegninger, belop, regninger } = claim.behandlerkrav;
    const totals = regninger.map((raw) => (raw as { belop?: unknown } | null)?.belop);
    const sum = totals.reduce<number>((all, nok) => all + (typeof nok === 'number' ? Math.round(nok * 100) : 0), 0);
    if (antallRegninger != null && antallRegninger !== regninger.length)
      batch.note('message-total-differs', 'behandlerkrav.antallRegninger');
    if (belop != null && belop !== sum) batch.note('message-total-differs', 'behandlerkrav.belop');
    this.#copy ??= new CopyWriter('incoming_submission', COLUMNS);
    this.#copy.add([
      message.id,
      providerId,
      new Date(message.receivedMs).toISOString(),
      // A name of a system, not of a person: letters, dots and short numbers of it.
      navnEPJ
        ?.replace(/[^\p{L}\p{N}. -]/gu, '')
        .replace(/\d{5,}/g, '')
        .slice(0, 60) ?? null,
      reshId ?? null,
      regninger.length,
      antallRegninger ?? null,
      belop ?? null,
      batch.batchId,
    ]);
  }

  async flush(tx: Tx): Promise<void> {
    if (!this.#copy) return;
    await tx.raw(
      `create temp table if not exists incoming_submission (like core.submission) on commit drop;
       truncate incoming_submission`,
    );
    await this.#copy.flush(tx);
    await tx.raw('insert into core.submission select * from incoming_submission on conflict do nothing');
  }
}
