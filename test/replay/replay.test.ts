import fs from 'node:fs';
import path from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import * as workflows from '../../workflows';
import { ROOT } from '../../platform/config/env';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const DIR = path.join(__dirname, 'histories');
const BUNDLE = path.join(ROOT, 'dist/workflow-bundle.js');

interface Recorded {
  readonly workflowId: string;
  readonly history: { events: { eventType: string }[] };
}
const recorded = (file: string) => JSON.parse(fs.readFileSync(path.join(DIR, file), 'utf8')) as Recorded;

test('every workflow has a recorded history', () => {
  const types = new Set(fs.readdirSync(DIR).map((file) => file.split('.')[0]));
  expect(Object.keys(workflows).filter((name) => !types.has(name) && name !== 'startMirror')).toEqual([]);
});

test.each(fs.readdirSync(DIR))('%s replays: runs that began then go on with this code', async (file) => {
  const { workflowId, history } = recorded(file);
  await Worker.runReplayHistory({ workflowBundle: { codePath: BUNDLE } }, history, workflowId);
});

test('a history that this code could not have made is refused', async () => {
  const { workflowId, history } = recorded('reproduce.build-1.json');
  const changed = JSON.parse(
    JSON.stringify(history).replaceAll('"planReproduction"', '"anotherActivity"'),
  ) as Recorded['history'];
  await expect(Worker.runReplayHistory({ workflowBundle: { codePath: BUNDLE } }, changed, workflowId)).rejects.toThrow(
    /nondeterminism/i,
  );
});
