import fs from 'node:fs';
import path from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { BUILD_ID } from '../../domain/rules/workflow-ids';
import * as workflows from '../../workflows';
import { ROOT } from '../../platform/config/env';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const DIR = path.join(__dirname, 'histories');
const BUNDLE = path.join(ROOT, 'dist/workflow-bundle.js');
const FILES = fs.readdirSync(DIR);

interface Recorded {
  readonly workflowId: string;
  readonly history: { events: { eventType: string }[] };
}
const recorded = (file: string) => JSON.parse(fs.readFileSync(path.join(DIR, file), 'utf8')) as Recorded;

test('every workflow has one recorded history of this build', () => {
  const expected = Object.keys(workflows).map((type) => `${type}.build-${BUILD_ID}.json`);
  expect(FILES.filter((file) => file.endsWith(`.build-${BUILD_ID}.json`)).sort()).toEqual(expected.sort());
});

test.each(FILES)('%s replays: runs that began earlier continue with this code', async (file) => {
  const { workflowId, history } = recorded(file);
  await Worker.runReplayHistory({ workflowBundle: { codePath: BUNDLE } }, history, workflowId);
});

test('a history that this code could not have made is refused', async () => {
  const { workflowId, history } = recorded(`reproduce.build-${BUILD_ID}.json`);
  const changed = JSON.parse(
    JSON.stringify(history).replaceAll('"planReproduction"', '"anotherActivity"'),
  ) as Recorded['history'];
  await expect(Worker.runReplayHistory({ workflowBundle: { codePath: BUNDLE } }, changed, workflowId)).rejects.toThrow(
    /nondeterminism/i,
  );
});
