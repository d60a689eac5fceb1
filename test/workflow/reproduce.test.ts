import { fakes } from './fakes';
import { workflowServer } from './workflow-server';

const server = workflowServer();

describe('reproduce', () => {
  const input = { actionId: 'a', kind: 'list', id: 'l' };
  test('reproduces every stage, records the results, and names the first that differs', async () => {
    const calls: string[] = [];
    const activities = fakes(calls, { reproduceStage: async (stage) => ({ ...stage, same: stage.stage !== 'model' }) });
    await server.withWorkers(activities, async () =>
      expect(await (await server.start('reproduce', input)).result()).toMatchObject({
        same: false,
        firstDifference: 'model',
      }),
    );
    expect(calls).toEqual(['planReproduction', 'reproduceStage', 'reproduceStage', 'recordReproduction']);
  });
  test('on a schedule it acts as the service and takes what is live', async () => {
    const calls: string[] = [];
    await server.withWorkers(fakes(calls), async () =>
      expect(await (await server.start('reproduce', { kind: 'live', id: '' })).result()).toMatchObject({ same: true }),
    );
    expect(calls[0]).toBe('startScheduledAction');
  });
});
