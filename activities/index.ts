import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { evaluationActivities, familyActivities } from './evaluation';
import { extractionActivities } from './extraction';
import { featureActivities, featurePlanActivities } from './features';
import { labelActivities } from './labels';
import { leakageActivities } from './leakage';
import { matrixActivities } from './matrices';
import { mlflowActivities } from './mlflow';
import { notificationActivities } from './notifications';
import { planningActivities } from './planning';
import { postDeploymentActivities, postDeploymentComputeActivities } from './post-deployment-evaluation';
import { promotionActivities } from './promotion';
import { registrationActivities } from './registration';
import { reproductionActivities, reproductionStageActivities } from './reproduction';
import { scoringActivities, shardActivities } from './scoring';
import { selectionActivities } from './selection';
import { trainingActivities } from './training';
import { tuningActivities } from './tuning';

/** Activities of the lifecycle queue: databases, files and servers. */
export const createLifecycleActivities = (deps: ActivityDependencies): LifecycleActivities => ({
  ...planningActivities(deps),
  ...extractionActivities(deps),
  ...featurePlanActivities(deps),
  ...matrixActivities(deps),
  ...labelActivities(deps),
  ...familyActivities(deps),
  ...registrationActivities(deps),
  ...promotionActivities(deps),
  ...scoringActivities(deps),
  ...selectionActivities(deps),
  ...postDeploymentActivities(deps),
  ...reproductionActivities(deps),
  ...notificationActivities(deps),
  ...mlflowActivities(deps),
});

/** Activities of the training queue: computing. */
export const createTrainingActivities = (deps: ActivityDependencies): TrainingActivities => ({
  ...featureActivities(deps),
  ...leakageActivities(deps),
  ...tuningActivities(deps),
  ...trainingActivities(deps),
  ...evaluationActivities(deps),
  ...shardActivities(deps),
  ...postDeploymentComputeActivities(deps),
  ...reproductionStageActivities(deps),
});
