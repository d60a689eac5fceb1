import { parentPort, workerData } from 'node:worker_threads';
import { type RangeJob, verifyRange } from './verify-range';

/** Verifies one range of the ledger in a worker thread. */
verifyRange(workerData as RangeJob).then(
  (result) => parentPort!.postMessage(result),
  (error: Error) => {
    throw error;
  },
);
