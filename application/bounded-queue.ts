/** The queue runs and holds as much as it may; the same request can be made again after a while. */
export class QueueFull extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super(`too many computations wait; try again in ${retryAfterSeconds} s`);
  }
}

export interface QueueLimits {
  /** Jobs that run at the same time. */
  readonly concurrency: number;
  /** Jobs that wait for one that runs to end. */
  readonly waiting: number;
}

interface Job<T> {
  readonly key: string;
  readonly work: (signal: AbortSignal) => Promise<T>;
  readonly abort: AbortController;
  readonly result: PromiseWithResolvers<T>;
  callers: number;
}

const RETRY_AFTER_SECONDS = 5;

/**
 * Runs jobs with a bound on how many run and how many wait. Calls with the key of a job that runs or waits join it.
 * A job whose callers have all gone is removed from the queue, or stopped by its signal.
 */
export class BoundedQueue<T> {
  readonly #jobs = new Map<string, Job<T>>();
  readonly #waiting: Job<T>[] = [];
  #running = 0;

  constructor(readonly limits: QueueLimits) {}

  /**
   * @param signal ends this caller's interest; the job goes on while others wait for it
   * @throws QueueFull when as many jobs run and wait as may
   */
  async run(key: string, work: Job<T>['work'], signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    return this.#join(this.#jobs.get(key) ?? this.#enqueue(key, work), signal);
  }

  #enqueue(key: string, work: Job<T>['work']): Job<T> {
    if (this.#running >= this.limits.concurrency && this.#waiting.length >= this.limits.waiting)
      throw new QueueFull(RETRY_AFTER_SECONDS);
    const job: Job<T> = { key, work, abort: new AbortController(), result: Promise.withResolvers<T>(), callers: 0 };
    this.#jobs.set(key, job);
    this.#waiting.push(job);
    this.#startNext();
    return job;
  }

  #startNext(): void {
    if (this.#running >= this.limits.concurrency) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#running++;
    void this.#execute(job);
  }

  async #execute(job: Job<T>): Promise<void> {
    try {
      job.result.resolve(await job.work(job.abort.signal));
    } catch (error) {
      job.result.reject(error);
    } finally {
      this.#forget(job);
      this.#running--;
      this.#startNext();
    }
  }

  #join(job: Job<T>, signal: AbortSignal | undefined): Promise<T> {
    job.callers++;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        if (--job.callers === 0) this.#abandon(job);
        reject(signal!.reason as Error);
      };
      signal?.addEventListener('abort', leave, { once: true });
      job.result.promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
    });
  }

  /** Nobody waits for the job: it leaves the queue, or is stopped where it runs. A later call starts it anew. */
  #abandon(job: Job<T>): void {
    this.#forget(job);
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    else job.abort.abort();
  }

  #forget(job: Job<T>): void {
    if (this.#jobs.get(job.key) === job) this.#jobs.delete(job.key);
  }
}
