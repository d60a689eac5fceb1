import { ApplicationFailure } from '@temporalio/common';
import { promoteId } from '../../domain/rules/workflow-ids';
import { DAY_MS, fakes } from './fakes';
import { workflowServer } from './workflow-server';

const server = workflowServer();

describe('promoteModel', () => {
  const decide = (id: string, decisionId: string) =>
    server.client.workflow
      .getHandle(id)
      .executeUpdate<{ verdict: string }, [{ decisionId: string }]>('decide', { args: [{ decisionId }] });
  const opened = async (id: string) => {
    while ((await server.client.workflow.getHandle(id).query<{ step: string }>('progress')).step === 'gates')
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  test('an approval ends it, and a second decision is turned away', async () => {
    const id = promoteId('one');
    await server.withWorkers(fakes([]), async () => {
      const handle = await server.start('promoteModel', { requestId: 'one' }, id);
      await opened(id);
      expect(await decide(id, 'd1')).toEqual({ verdict: 'approved' });
      expect(await handle.result()).toEqual({ verdict: 'approved' });
      await expect(decide(id, 'd2')).rejects.toThrow();
    });
  });
  test('an Update without a decision is rejected before it enters the history', async () => {
    const id = promoteId('empty');
    await server.withWorkers(fakes([]), async () => {
      const handle = await server.start('promoteModel', { requestId: 'empty' }, id);
      await opened(id);
      await expect(decide(id, '')).rejects.toThrow();
      await decide(id, 'd');
      await handle.result();
    });
  });
  test('failed gates refuse without waiting for anybody', async () => {
    const calls: string[] = [];
    await server.withWorkers(
      fakes(calls, { evaluateGates: async () => ({ passed: false, openForMs: DAY_MS }) }),
      async () =>
        expect(await (await server.start('promoteModel', { requestId: 'g' })).result()).toEqual({ verdict: 'refused' }),
    );
    expect(calls).toEqual(['evaluateGates', 'refuseByGates']);
  });
  test('without a decision for two weeks the request expires, and that is recorded', async () => {
    const calls: string[] = [];
    await server.withWorkers(fakes(calls), async () =>
      expect(await (await server.start('promoteModel', { requestId: 'x' })).result()).toEqual({ verdict: 'expired' }),
    );
    expect(calls).toEqual(['evaluateGates', 'notifyApprovers', 'notifyApprovers', 'expireRequest']);
  });
  test('a decision whose evidence is refused leaves the request open', async () => {
    const id = promoteId('forged');
    let forged = true;
    const activities = fakes([], {
      applyDecision: async () => {
        if (forged)
          throw ApplicationFailure.create({
            type: 'NotFound',
            message: 'decision is not recorded',
            nonRetryable: true,
          });
        return { verdict: 'refused' };
      },
    });
    await server.withWorkers(activities, async () => {
      const handle = await server.start('promoteModel', { requestId: 'forged' }, id);
      await opened(id);
      await expect(decide(id, 'forged')).rejects.toThrow();
      forged = false;
      await decide(id, 'real');
      expect(await handle.result()).toEqual({ verdict: 'refused' });
    });
  });
});
