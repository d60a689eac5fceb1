import { UtplukkError } from '../domain/errors';
import type { ArtifactStore } from '../platform/artifacts/store';
import type { Db } from '../platform/postgres/connection';
import { namedObjects } from './garbage-collection';

export interface DamagedObject {
  readonly sha: string;
  /** What the object belongs to, such as `matrix 3f2a…`. */
  readonly of: string;
  readonly problem: string;
}

/** Reads every object that anything names and compares its content with its name, so that one changed byte is found. */
export async function findDamaged(
  db: Db,
  store: ArtifactStore,
): Promise<{ objects: number; problems: DamagedObject[] }> {
  const named = await namedObjects(db, store);
  const problems: DamagedObject[] = [];
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
