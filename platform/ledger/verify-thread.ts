import { parentPort, workerData } from 'node:worker_threads';
import { type RangeJob, verifyRange } from './verify-range';

/** One stretch of the ledger in a thread of its own. */
verifyRange(workerData as RangeJob).then(
  (result) => parentPort!.postMessage(result),
  (error: Error) => {
    throw error;
  },
);
