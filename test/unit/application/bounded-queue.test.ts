import { BoundedQueue, QueueFull } from '../../../application/bounded-queue';

/** Work that ends when the test says so, and records when it starts and is stopped. */
class ControlledWork {
  readonly started: string[] = [];
  readonly stopped: string[] = [];
  readonly #open = new Map<string, PromiseWithResolvers<string>>();

  readonly of = (name: string) => (signal: AbortSignal) => {
    this.started.push(name);
    const result = Promise.withResolvers<string>();
    this.#open.set(name, result);
    signal.addEventListener('abort', () => {
      this.stopped.push(name);
      result.reject(new Error(`${name} was stopped`));
    });
    return result.promise;
  };

  finish(name: string): void {
    this.#open.get(name)!.resolve(`result of ${name}`);
  }
  fail(name: string): void {
    this.#open.get(name)!.reject(new Error(`${name} failed`));
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
let work: ControlledWork;
beforeEach(() => (work = new ControlledWork()));

test('runs as many jobs as allowed, lets as many wait as allowed, and refuses the next', async () => {
  const queue = new BoundedQueue<string>({ concurrency: 2, waiting: 1 });
  const jobs = ['a', 'b', 'c'].map((name) => queue.run(name, work.of(name)));
  expect(work.started).toEqual(['a', 'b']);
  const refused = queue.run('d', work.of('d'));
  await expect(refused).rejects.toThrow(QueueFull);
  await expect(refused).rejects.toMatchObject({ retryAfterSeconds: 5 });
  work.finish('b');
  await settle();
  expect(work.started).toEqual(['a', 'b', 'c']);
  work.finish('a');
  work.finish('c');
  expect(await Promise.all(jobs)).toEqual(['result of a', 'result of b', 'result of c']);
});

test('without waiting places only what runs is accepted, and a free place is taken again', async () => {
  const queue = new BoundedQueue<string>({ concurrency: 1, waiting: 0 });
  const first = queue.run('a', work.of('a'));
  await expect(queue.run('b', work.of('b'))).rejects.toThrow(QueueFull);
  work.finish('a');
  await first;
  await settle();
  const second = queue.run('b', work.of('b'));
  work.finish('b');
  expect(await second).toBe('result of b');
});

test('a call with the key of a job that runs or waits joins it, also when the queue is full', async () => {
  const queue = new BoundedQueue<string>({ concurrency: 1, waiting: 1 });
  const calls = ['a', 'a', 'b', 'b', 'a'].map((name) => queue.run(name, work.of(name)));
  expect(work.started).toEqual(['a']);
  work.finish('a');
  await settle();
  expect(work.started).toEqual(['a', 'b']);
  work.finish('b');
  expect(await Promise.all(calls)).toEqual(['a', 'a', 'b', 'b', 'a'].map((name) => `result of ${name}`));
});

test('a failure reaches every caller, and the key is free again', async () => {
  const queue = new BoundedQueue<string>({ concurrency: 1, waiting: 1 });
  const calls = [queue.run('a', work.of('a')), queue.run('a', work.of('a'))];
  work.fail('a');
  for (const call of calls) await expect(call).rejects.toThrow('a failed');
  await settle();
  const again = queue.run('a', work.of('a'));
  work.finish('a');
  expect(await again).toBe('result of a');
});

test('a job is stopped when its last caller has gone, not before, and its place is given to the next', async () => {
  const queue = new BoundedQueue<string>({ concurrency: 1, waiting: 1 });
  const [one, two] = [new AbortController(), new AbortController()];
  const first = queue.run('a', work.of('a'), one.signal);
  const second = queue.run('a', work.of('a'), two.signal);
  const next = queue.run('b', work.of('b'));
  one.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  expect(work.stopped).toEqual([]);
  two.abort(new Error('gone too'));
  await expect(second).rejects.toThrow('gone too');
  expect(work.stopped).toEqual(['a']);
  await settle();
  expect(work.started).toEqual(['a', 'b']);
  work.finish('b');
  expect(await next).toBe('result of b');
});

test('a waiting job whose callers have gone never starts, and leaves its place', async () => {
  const queue = new BoundedQueue<string>({ concurrency: 1, waiting: 1 });
  const first = queue.run('a', work.of('a'));
  const gone = new AbortController();
  const waiting = queue.run('b', work.of('b'), gone.signal);
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  const other = queue.run('c', work.of('c'));
  work.finish('a');
  await first;
  await settle();
  expect(work.started).toEqual(['a', 'c']);
  work.finish('c');
  expect(await other).toBe('result of c');
});

test('a call that comes after a job was abandoned starts it anew, while the old one is still ending', async () => {
  const queue = new BoundedQueue<string>({ concurrency: 2, waiting: 1 });
  const gone = new AbortController();
  const first = queue.run('a', work.of('a'), gone.signal);
  gone.abort(new Error('gone'));
  const again = queue.run('a', work.of('a'));
  await expect(first).rejects.toThrow('gone');
  await settle();
  work.finish('a');
  expect(await again).toBe('result of a');
  expect(work.started).toEqual(['a', 'a']);
});

test('a call whose caller has gone before does nothing', async () => {
  const queue = new BoundedQueue<string>({ concurrency: 1, waiting: 1 });
  await expect(queue.run('a', work.of('a'), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  expect(work.started).toEqual([]);
});
