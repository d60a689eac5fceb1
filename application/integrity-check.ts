import { UtplukkError } from '../domain/errors';
import type { Db } from '../platform/postgres/connection';
import { namedObjects } from './garbage-collection';
import type { ArtifactStore } from '../platform/artifacts/store';

export interface Damage {
  readonly sha: string;
  /** The row that names it. */
  readonly of: string;
  readonly problem: string;
}

/** Reads every object that anything names and compares it with its name: one changed byte is found, and whose it is. */
export async function damaged(db: Db, store: ArtifactStore): Promise<{ objects: number; problems: Damage[] }> {
  const named = await namedObjects(db, store);
  const problems: Damage[] = [];
  for (const [sha, of] of named) {
    try {
      await store.checkIntact(sha);
    } catch (error) {
      if (!(error instanceof UtplukkError)) throw error;
      problems.push({ sha, of, problem: error.message });
    }
  }
  return { objects: named.size, problems };
}
