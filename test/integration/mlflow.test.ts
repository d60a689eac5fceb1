import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { loadEnv, ROOT } from '../../platform/config/env';
import { Mlflow, MlflowError } from '../../platform/mlflow/client';

test('the client’s types are the ones the locked server describes', () => {
  const python = path.join(ROOT, '.stack/py/bin/python');
  const made = execFileSync(python, [path.join(ROOT, 'scripts/gen-mlflow-types.py')], { encoding: 'utf8' });
  expect(made).toBe(fs.readFileSync(path.join(ROOT, 'platform/mlflow/mlflow-api.gen.ts'), 'utf8'));
});

test('runs, artifacts, versions and aliases on a real server; its refusals keep their code', async () => {
  const client = new Mlflow(loadEnv().MLFLOW_TRACKING_URI);
  const name = `client-${process.pid}`;
  const { experiment_id } = await client.call('CreateExperiment', { name });
  const again = await client.call('CreateExperiment', { name }).catch((error: unknown) => error);
  expect(again).toBeInstanceOf(MlflowError);
  expect((again as MlflowError).code).toBe('RESOURCE_ALREADY_EXISTS');
  const run = (await client.call('CreateRun', { experiment_id: experiment_id!, run_name: 'r', start_time: 1 })).run!
    .info!;
  await client.call('LogBatch', { run_id: run.run_id!, metrics: [{ key: 'ap', value: 0.5, timestamp: 1, step: 0 }] });
  const bytes = Buffer.from([0, 255, 1]);
  await client.putArtifact(run.artifact_uri!, 'model/weights.bin', bytes);
  expect(Buffer.from(await client.getArtifact(run.artifact_uri!, 'model/weights.bin')).equals(bytes)).toBe(true);
  await client.call('CreateRegisteredModel', { name });
  const version = (
    await client.call('CreateModelVersion', { name, source: `${run.artifact_uri}/model`, run_id: run.run_id! })
  ).model_version!;
  await client.call('SetRegisteredModelAlias', { name, alias: 'champion', version: version.version! });
  expect((await client.call('GetModelVersionByAlias', { name, alias: 'champion' })).model_version!.version).toBe(
    version.version,
  );
});
