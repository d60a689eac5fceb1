import { findGarbage } from '../../../application/garbage-collection';
import { getList, signOffList } from '../../../application/selection';
import { lineageOf } from '../../../platform/db/read-models/lineage';
import { verifyLedger } from '../../../platform/ledger/verify';
import type { MainJob } from './journey';

export function selectionTests(job: MainJob): void {
  test('two different people sign a list off, which closes it', async () => {
    const { t, listId } = job;
    const per = await t.as('per');
    expect(await signOffList(per, listId, 'approved', 'read')).toMatchObject({ state: 'draft', signOffs: 1 });
    await expect(signOffList(per, listId, 'approved', 'twice')).rejects.toThrow(/2 different people/);
    expect(await signOffList(await t.as('siri'), listId, 'approved', 'read too')).toMatchObject({
      state: 'approved',
      signOffs: 2,
    });
    await expect(signOffList(per, listId, 'refused', 'late')).rejects.toThrow(/is approved: it cannot change/);
    await expect(t.db.raw('update sel.line set selected = true')).rejects.toThrow(/append-only/);
    expect((await getList(t.db, listId)).state).toBe('approved');
  });

  test('a line leads back to the snapshot, every step with its ledger entries, and the ledger verifies', async () => {
    const { t, listId } = job;
    const steps = await lineageOf(t.db, `${listId}#1`);
    expect(steps.map((step) => step.kind)).toEqual([
      'line',
      'list',
      'scoring-run',
      'matrix',
      'snapshot',
      'model-version',
      'decision',
      'training-run',
      'matrix',
      'snapshot',
    ]);
    expect(steps.slice(1).every((step) => step.ledger.length > 0)).toBe(true);
    expect((await verifyLedger(t.db)).problems).toEqual([]);
    expect((await findGarbage(t.db, t.store)).missing).toEqual([]);
  });

  test('no personal data and no reason stands in an entry or in what Temporal keeps of the run', async () => {
    const { t, workflowId } = job;
    const entries = await t.db('aud.entry').select<{ text: string }[]>(t.db.raw("convert_from(bytes, 'UTF8') as text"));
    const history = JSON.stringify(await t.temporal.client.workflow.getHandle(workflowId).fetchHistory());
    for (const text of [...entries.map((entry) => entry.text), history])
      expect(text).not.toMatch(/\b\d{11}\b|kari|ola@|looked at the figures/);
  });
}
