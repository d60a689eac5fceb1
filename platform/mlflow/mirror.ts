import { hasValue } from '../../domain/schemas/evaluation';
import { slotName } from '../../domain/rules/slots';
import type { ArtifactStore } from '../artifacts/store';
import type { Db } from '../postgres/connection';
import { getRun, type TrainingRun } from '../db/stores/runs';
import { evaluationOf, overall } from '../db/stores/evaluation';
import { foldResults } from '../db/stores/training';
import { getVersion, type VersionBundle } from '../db/stores/versions';
import { championOf } from '../db/stores/champions';
import { type Mlflow, MlflowError } from './client';

/** Tag with our id, by which the mirror finds existing objects, so that mirroring again changes nothing. */
export const TAG = 'utplukk.id';
const BATCH = 50;

/** MLflow's status of a finished run; undefined while it is running. */
export const statusOf = (state: TrainingRun['state']): 'FINISHED' | 'KILLED' | 'FAILED' | undefined =>
  state === 'running' ? undefined : state === 'finished' ? 'FINISHED' : state === 'cancelled' ? 'KILLED' : 'FAILED';

/**
 * A metric's name in MLflow, which allows letters, digits and `_-. :/` only: `logistic+amount` becomes
 * `logistic-amount`.
 */
export const metricName = ({ family, metric, k }: { family: string; metric: string; k: number }): string =>
  `${family}.${metric}${k > 0 ? `_at_${k}` : ''}`.replace(/[^\w\-. :/]/g, '-');

interface OutboxRow {
  outbox_id: number;
  kind: 'run' | 'version' | 'champion';
  subject_id: string;
}

/**
 * Mirrors runs, metrics, artifacts, versions and the champion alias from the outbox to MLflow, which decides nothing.
 */
export class MlflowMirror {
  constructor(
    readonly client: Mlflow,
    readonly db: Db,
    readonly store: ArtifactStore,
  ) {}

  /**
   * Mirrors a batch of the outbox, oldest first.
   * @throws the error of fetch if MLflow does not answer; items that were mirrored stay done
   */
  async drain(heartbeat: () => void = () => {}): Promise<{ mirrored: number; left: number }> {
    const rows = await this.db('ml.mirror_outbox')
      .whereNull('done_at')
      .orderBy('outbox_id')
      .limit(BATCH)
      .select<OutboxRow[]>('*');
    for (const row of rows) {
      if (row.kind === 'run') await this.#run(row.subject_id);
      else if (row.kind === 'version') await this.#version(row.subject_id);
      else await this.#champion(row.subject_id);
      await this.db('ml.mirror_outbox').where({ outbox_id: row.outbox_id }).update({ done_at: new Date() });
      heartbeat();
    }
    const left = await this.db('ml.mirror_outbox').whereNull('done_at').count<{ count: number }[]>('* as count');
    return { mirrored: rows.length, left: Number(left[0]?.count ?? 0) };
  }

  async #experiment(name: string): Promise<string> {
    try {
      return (await this.client.call('CreateExperiment', { name })).experiment_id!;
    } catch (error) {
      if (!(error instanceof MlflowError) || error.code !== 'RESOURCE_ALREADY_EXISTS') throw error;
      return (await this.client.call('GetExperimentByName', { experiment_name: name })).experiment!.experiment_id!;
    }
  }

  async #run(runId: string): Promise<{ mlflowRunId: string; artifactRoot: string }> {
    const run = await getRun(this.db, runId);
    const experimentId = await this.#experiment(`utplukk/${run.input.experiment.name}`);
    const found = await this.client.call('SearchRuns', {
      experiment_ids: [experimentId],
      filter: `tags.\`${TAG}\` = '${runId}'`,
      max_results: 1,
    });
    const existing = found.runs?.[0]?.info;
    const info =
      existing ??
      (
        await this.client.call('CreateRun', {
          experiment_id: experimentId,
          run_name: `${run.input.experiment.name} ${runId.slice(0, 8)}`,
          start_time: run.startedAt.getTime(),
          tags: [
            { key: TAG, value: runId },
            { key: 'utplukk.slot', value: run.slot },
          ],
        })
      ).run!.info!;
    await this.#storeLink('run', runId, info.run_id!);
    const { experiment } = run.input;
    await this.client.call('LogBatch', {
      run_id: info.run_id!,
      params: [
        { key: 'seed', value: String(experiment.seed) },
        { key: 'source', value: experiment.source.kind },
        { key: 'families', value: experiment.families.map((f) => f.family).join(',') },
        { key: 'matrix', value: run.matrixId ?? '' },
      ].filter((p) => p.value !== ''),
      metrics: await this.metrics(runId, run.startedAt),
    });
    await this.client.putArtifact(info.artifact_uri!, 'experiment.json', JSON.stringify(experiment, null, 1));
    const status = statusOf(run.state);
    if (status) {
      await this.client.call('UpdateRun', {
        run_id: info.run_id!,
        status,
        ...(run.endedAt ? { end_time: run.endedAt.getTime() } : {}),
      });
    }
    return { mlflowRunId: info.run_id!, artifactRoot: info.artifact_uri! };
  }

  /** All metrics of a run, as they are logged to MLflow. */
  async metrics(runId: string, at: Date): Promise<{ key: string; value: number; timestamp: number; step: number }[]> {
    const timestamp = at.getTime();
    const evaluation = overall(await evaluationOf(this.db, runId)).flatMap((row) => {
      if (!hasValue(row)) return []; // MLflow has no way to say why
      const name = metricName(row);
      return [
        { key: name, value: row.value, timestamp, step: 0 },
        { key: `${name}.lo`, value: row.lo, timestamp, step: 0 },
        { key: `${name}.hi`, value: row.hi, timestamp, step: 0 },
      ];
    });
    const folds = (await foldResults(this.db, runId)).map((row, step) => ({
      key: `${row.family}.validation_log_loss`,
      value: row.result.validationLoss,
      timestamp,
      step,
    }));
    // MLflow accepts 1000 per call
    return [...evaluation, ...folds].filter((metric) => Number.isFinite(metric.value)).slice(0, 1000);
  }

  async #version(versionId: string): Promise<string> {
    const known = await this.#link('version', versionId);
    if (known) return known;
    const version = await getVersion(this.db, versionId);
    const { mlflowRunId, artifactRoot } = await this.#run(version.runId);
    const name = slotName(version.slot);
    const bundle = this.store.getJson<VersionBundle>(versionId);
    await this.client.putArtifact(artifactRoot, 'model/bundle.json', this.store.get(versionId));
    await this.client.putArtifact(artifactRoot, 'model/model.json', this.store.get(bundle.model));
    await this.client.putArtifact(artifactRoot, 'model/weights.bin', this.store.get(bundle.weights));
    await this.client.call('CreateRegisteredModel', { name }).catch((error: unknown) => {
      if (!(error instanceof MlflowError) || error.code !== 'RESOURCE_ALREADY_EXISTS') throw error;
    });
    const found = await this.client.call('SearchModelVersions', {
      filter: `name = '${name}' and tags.\`${TAG}\` = '${versionId}'`,
    });
    const number =
      found.model_versions?.[0]?.version ??
      (
        await this.client.call('CreateModelVersion', {
          name,
          source: `${artifactRoot}/model`,
          run_id: mlflowRunId,
          tags: [
            { key: TAG, value: versionId },
            { key: 'utplukk.family', value: version.family },
          ],
        })
      ).model_version!.version!;
    await this.#storeLink('version', versionId, String(number));
    return String(number);
  }

  async #champion(slot: string): Promise<void> {
    const champion = await championOf(this.db, slot);
    if (!champion) return;
    const version = await this.#version(champion.versionId);
    await this.client.call('SetRegisteredModelAlias', { name: slotName(slot), alias: 'champion', version });
  }

  async #link(kind: string, subjectId: string): Promise<string | undefined> {
    return (
      await this.db('ml.mirror_link').where({ kind, subject_id: subjectId }).first<{ mlflow_id: string } | undefined>()
    )?.mlflow_id;
  }

  async #storeLink(kind: string, subjectId: string, mlflowId: string): Promise<void> {
    await this.db.raw(
      `insert into ml.mirror_link (kind, subject_id, mlflow_id) values (?, ?, ?)
       on conflict on constraint mirror_link_pk do update set mlflow_id = excluded.mlflow_id`,
      [kind, subjectId, mlflowId],
    );
  }
}
