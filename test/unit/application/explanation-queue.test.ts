import { QueueFull } from '../../../application/bounded-queue';
import { ExplanationQueue } from '../../../application/explanation-queue';
import type { ProviderReasons } from '../../../domain/schemas/explanation';

const reasons = (entity: string): ProviderReasons => ({
  entity,
  group: 'LE',
  score: 1,
  base: 0,
  completenessError: 0,
  reasons: [],
  otherReasons: 1,
  counterEvidence: [],
  otherCounterEvidence: 0,
  counterfactual: undefined,
});

test('what was computed for a list is kept, for each list and provider', async () => {
  const computed: string[] = [];
  const queue = new ExplanationQueue(
    (listId, entity) => {
      computed.push(`${listId}/${entity}`);
      return Promise.resolve(reasons(entity));
    },
    { concurrency: 1, waiting: 4 },
  );
  const [first, joined] = await Promise.all([queue.reasonsOf('list-1', 'P1'), queue.reasonsOf('list-1', 'P1')]);
  expect(joined).toBe(first);
  expect(await queue.reasonsOf('list-1', 'P1')).toBe(first);
  await queue.reasonsOf('list-1', 'P2');
  await queue.reasonsOf('list-2', 'P1');
  expect(computed).toEqual(['list-1/P1', 'list-1/P2', 'list-2/P1']);
});

test('the first that was computed is forgotten when five hundred newer ones are kept', async () => {
  const computed: string[] = [];
  const queue = new ExplanationQueue(
    (_listId, entity) => {
      computed.push(entity);
      return Promise.resolve(reasons(entity));
    },
    { concurrency: 1, waiting: 1 },
  );
  for (let i = 0; i <= 500; i++) await queue.reasonsOf('list', `P${i}`);
  await queue.reasonsOf('list', 'P500');
  expect(computed).toHaveLength(501);
  await queue.reasonsOf('list', 'P0');
  expect(computed).toHaveLength(502);
});

test('a failure is not kept', async () => {
  let tries = 0;
  const queue = new ExplanationQueue(
    (_listId, entity) => (++tries === 1 ? Promise.reject(new Error('away')) : Promise.resolve(reasons(entity))),
    { concurrency: 1, waiting: 1 },
  );
  await expect(queue.reasonsOf('list', 'P1')).rejects.toThrow('away');
  expect(await queue.reasonsOf('list', 'P1')).toMatchObject({ entity: 'P1' });
});

test('more than may wait are refused, and a request that ends stops its computation', async () => {
  const stopped: string[] = [];
  const queue = new ExplanationQueue(
    (_listId, entity, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          stopped.push(entity);
          reject(new Error('stopped'));
        }),
      ),
    { concurrency: 1, waiting: 0 },
  );
  const request = new AbortController();
  const first = queue.reasonsOf('list', 'P1', request.signal);
  await expect(queue.reasonsOf('list', 'P2')).rejects.toThrow(QueueFull);
  request.abort(new Error('the page was left'));
  await expect(first).rejects.toThrow('the page was left');
  expect(stopped).toEqual(['P1']);
});
