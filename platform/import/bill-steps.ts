import type { Step } from '../../domain/import/kuhr/life';
import { CopyWriter } from '../postgres/copy-writer';
import type { Tx } from '../postgres/connection';
import type { Batch } from './import-batch';

/** A step of a bill as it is stored. */
export interface StoredStep extends Step {
  readonly guid: string;
  readonly content?: string;
  readonly rules?: readonly number[];
  /** The practice that sent the message, of a step `sent`. */
  readonly provider?: number;
}

const COLUMNS = [
  'bill_guid',
  'known_from',
  'submission_id',
  'step',
  'bill_id',
  'content',
  'copay_paid',
  'rules',
  'batch_id',
];

interface Row {
  bill_guid: string;
  at: number;
  submission_id: string;
  step: Step['step'];
  bill_id: number | null;
  content: string | null;
  copay_paid: boolean | null;
  rules: number[] | null;
  provider_id: number | null;
}

/** All steps of bills, by guid. */
export async function stepsOf(tx: Tx, guids: readonly string[]): Promise<Map<string, StoredStep[]>> {
  if (guids.length === 0) return new Map();
  const { rows } = await tx.raw<{ rows: Row[] }>(
    `select bill_guid, (extract(epoch from known_from) * 1000)::float8 as at, k.submission_id, step, bill_id, content,
       copay_paid, rules, s.provider_id
     from core.bill_step k left join core.submission s on s.submission_id = k.submission_id and k.step = 'sent'
     where bill_guid = any(?::uuid[])`,
    [[...guids]],
  );
  const steps = new Map<string, StoredStep[]>();
  for (const row of rows) {
    const step: StoredStep = {
      guid: row.bill_guid,
      at: row.at,
      step: row.step,
      submission: row.submission_id,
      ...(row.bill_id === null ? {} : { version: row.bill_id }),
      ...(row.copay_paid === null ? {} : { copayPaid: row.copay_paid }),
      ...(row.content === null ? {} : { content: row.content.replaceAll('-', '') }),
      ...(row.rules === null ? {} : { rules: row.rules }),
      ...(row.provider_id === null ? {} : { provider: row.provider_id }),
    };
    const known = steps.get(step.guid);
    if (known) known.push(step);
    else steps.set(step.guid, [step]);
  }
  return steps;
}

/**
 * Stores steps, and notes their bills in the table `touched` of the transaction.
 * @returns those that were stored before by another batch, and were not stored again
 */
export async function storeSteps(batch: Batch, steps: readonly StoredStep[]): Promise<StoredStep[]> {
  if (steps.length === 0) return [];
  await batch.tx.raw(
    `create temp table if not exists incoming_step (like core.bill_step) on commit drop; truncate incoming_step;
     create temp table if not exists touched (bill_guid uuid) on commit drop`,
  );
  const copy = new CopyWriter('incoming_step', COLUMNS);
  for (const step of steps)
    copy.add([
      step.guid,
      new Date(step.at).toISOString(),
      step.submission,
      step.step,
      step.version,
      step.content,
      step.copayPaid,
      step.rules && step.rules.length > 0 ? `{${step.rules.join(',')}}` : null,
      batch.batchId,
    ]);
  await copy.flush(batch.tx);
  const { rowCount } = await batch.tx.raw<{ rowCount: number }>(
    `insert into core.bill_step (${COLUMNS.join(', ')}) select ${COLUMNS.join(', ')} from incoming_step
     on conflict do nothing`,
  );
  await batch.tx.raw('insert into touched select bill_guid from incoming_step');
  if (rowCount === steps.length) return [];
  const { rows } = await batch.tx.raw<{ rows: { bill_guid: string; submission_id: string; step: string }[] }>(
    `select bill_guid, submission_id, step from incoming_step i where not exists (select from core.bill_step k
       where k.bill_guid = i.bill_guid and k.submission_id = i.submission_id and k.step = i.step
         and k.known_from = i.known_from and k.batch_id = i.batch_id and k.bill_id is not distinct from i.bill_id)`,
  );
  const refused = new Set(rows.map((row) => `${row.bill_guid} ${row.submission_id} ${row.step}`));
  return steps.filter(({ guid, submission, step }) => refused.has(`${guid} ${submission} ${step}`));
}
