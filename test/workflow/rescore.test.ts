import { ApplicationFailure } from '@temporalio/common';
import { roundId } from '../../domain/rules/workflow-ids';
import { fakes } from './fakes';
import { workflowServer } from './workflow-server';

const server = workflowServer();

describe('rescore and its round', () => {
  const input = { slot: 'p/g', capacity: 3, seed: 1, openDays: 14, shards: 3 };
  test('scores every shard and starts a round that two sign-offs close', async () => {
    const calls: string[] = [];
    let signOffs = 0;
    const activities = fakes(calls, {
      countSignOffs: async () => ({ state: ++signOffs >= 2 ? 'approved' : 'draft', signOffs }),
    });
    await server.withWorkers(activities, async () => {
      const result: unknown = await (
        await server.start('rescore', { ...input, asOf: '2025-01-01T00:00:00Z', actionId: 'a' })
      ).result();
      expect(result).toMatchObject({ scoringId: 'scoring', roundId: roundId('scoring'), asOf: '2025-01-01T00:00:00Z' });
      const round = server.client.workflow.getHandle(roundId('scoring'));
      const signOff = (signOffId: string) =>
        round.executeUpdate<{ state: string }, [{ signOffId: string }]>('signOff', { args: [{ signOffId }] });
      while ((await round.query<{ state: string }>('round')).state !== 'draft')
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await signOff('one')).state).toBe('draft');
      expect((await signOff('two')).state).toBe('approved');
      expect(await round.result()).toEqual({ listId: 'list', state: 'approved' });
    });
    expect(calls.filter((name) => name === 'scoreShard')).toHaveLength(3);
    expect(calls).not.toContain('startScheduledAction');
  });
  test('a prepared table is scored without the register', async () => {
    const calls: string[] = [];
    const table = { fileSha256: 'f', fileName: 't.csv', mappingSha256: 'm' };
    await server.withWorkers(
      fakes(calls),
      async () =>
        (
          await server.start('rescore', { ...input, table, asOf: '2025-01-01T00:00:00Z', actionId: 'a' })
        ).result() as Promise<unknown>,
    );
    expect(calls).toContain('buildPopulationTable');
    expect(calls).not.toContain('extractSnapshot');
  });
  test('a list without sign-offs expires', async () => {
    await server.withWorkers(fakes([]), async () =>
      expect(
        await (
          await server.start('selectionRound', { actionId: 'a', scoringId: 's', capacity: 1, seed: 1, openDays: 14 })
        ).result(),
      ).toEqual({
        listId: 'list',
        state: 'expired',
      }),
    );
  });
  test('no champion, no scoring', async () => {
    const calls: string[] = [];
    const activities = fakes(calls, {
      findChampion: async () => {
        throw ApplicationFailure.create({ type: 'NotFound', message: 'no version is live', nonRetryable: true });
      },
    });
    await server.withWorkers(activities, async () =>
      expect(
        (await server.start('rescore', { ...input, asOf: '2025-01-01T00:00:00Z', actionId: 'a' })).result(),
      ).rejects.toThrow(),
    );
    expect(calls).toEqual(['findChampion']);
  });
});
