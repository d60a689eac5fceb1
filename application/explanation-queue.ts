import type { ProviderReasons } from '../domain/schemas/explanation';
import { BoundedQueue, type QueueLimits } from './bounded-queue';

/** Explanations kept in memory; each is a few kilobytes. */
const KEPT = 500;

/**
 * Explanations for pages. Each is computed by a child process, so a bounded number runs and waits at a time; a list
 * and its scoring never change, so what was computed is kept.
 */
export class ExplanationQueue {
  readonly #queue: BoundedQueue<ProviderReasons>;
  readonly #kept = new Map<string, ProviderReasons>();

  constructor(
    readonly compute: (listId: string, entity: string, signal: AbortSignal) => Promise<ProviderReasons>,
    limits: QueueLimits,
  ) {
    this.#queue = new BoundedQueue(limits);
  }

  /**
   * @param signal of the request: the process is stopped when nobody waits for its result any more
   * @throws QueueFull when too many computations wait; UtplukkError NotFound for an entity that was not scored
   */
  async reasonsOf(listId: string, entity: string, signal?: AbortSignal): Promise<ProviderReasons> {
    const key = `${listId}/${entity}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    return this.#queue.run(key, async (stop) => this.#keep(key, await this.compute(listId, entity, stop)), signal);
  }

  #keep(key: string, reasons: ProviderReasons): ProviderReasons {
    this.#kept.set(key, reasons);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return reasons;
  }
}
