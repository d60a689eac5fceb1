// Saves one history of each workflow shape from a running stack, to test/replay/histories. Run it at each release:
// node scripts/record-histories.mjs   (after `npm start`, in another terminal)
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { main } from './lib/runtime.mjs';
import { ROOT } from './lib/util.mjs';

const require = createRequire(path.join(ROOT, 'package.json'));

await main(async () => {
  const { Client, Connection } = require('@temporalio/client');
  const { historyToJSON } = require('@temporalio/common/lib/proto-utils');
  const { BUILD_ID } = require(path.join(ROOT, 'dist/domain/rules/workflow-ids.js'));
  const home = process.env.UTPLUKK_HOME ?? path.join(ROOT, '.stack/run');
  const env = JSON.parse(fs.readFileSync(path.join(home, 'env.json'), 'utf8'));
  const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS });
  const client = new Client({ connection, namespace: env.TEMPORAL_NAMESPACE });
  fs.mkdirSync(path.join(ROOT, 'test/replay/histories'), { recursive: true });
  const seen = new Set();
  for await (const found of client.workflow.list({ query: "ExecutionStatus = 'Completed'" })) {
    if (seen.has(found.type)) continue;
    seen.add(found.type);
    const history = await client.workflow.getHandle(found.workflowId, found.runId).fetchHistory();
    const file = path.join(ROOT, 'test/replay/histories', `${found.type}.build-${BUILD_ID}.json`);
    fs.writeFileSync(
      file,
      `${JSON.stringify({ workflowId: found.workflowId, history: JSON.parse(historyToJSON(history)) })
        .replace(/"identity":"[^"]*"/g, '"identity":"recorded"')
        .replace(/\d+@[\w.-]+/g, '1@recorded')}\n`,
    );
    console.log(path.relative(ROOT, file));
  }
  await connection.close();
});
