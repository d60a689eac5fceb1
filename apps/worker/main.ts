import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { PINNED_ENVIRONMENT } from '../../models/backend';
import { loadEnv } from '../../platform/config/env';
import { LifecycleClient } from '../../application/workflow-client';
import { makeBuildCurrent } from '../../platform/temporal/deployment';
import { compose } from '../compose';
import { createWorker, type Queue } from './create-worker';

/** One worker process. Its argument is the queue: `lifecycle` (workflows and I/O) or `training` (computing). */
async function main(queue: string | undefined): Promise<void> {
  if (queue !== 'lifecycle' && queue !== 'training')
    throw new Error(`expected "lifecycle" or "training", got ${JSON.stringify(queue)}`);
  Object.assign(process.env, PINNED_ENVIRONMENT);
  const env = loadEnv();
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGTERM', 'SIGINT'] });
  const connection = await NativeConnection.connect({ address: env.TEMPORAL_ADDRESS });
  const deps = compose(env);
  try {
    const worker = await createWorker(queue satisfies Queue, { connection, namespace: env.TEMPORAL_NAMESPACE, deps });
    const running = worker.run();
    await makeBuildCurrent(env, queue);
    if (queue === 'lifecycle' && env.UTPLUKK_MLFLOW_WATCH !== 'off') {
      const temporal = await LifecycleClient.connect(env);
      await temporal.applyMlflowWatch().finally(() => temporal.close());
    }
    process.stdout.write(`worker ${queue} ready\n`);
    await running;
  } finally {
    await connection.close();
    await deps.close();
  }
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
