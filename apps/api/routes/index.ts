import type { Route } from '../http/route';
import { accessLogRoutes } from './access-log';
import { blindAssessmentRoutes } from './blind-assessments';
import { deviationRoutes } from './deviations';
import { experimentRoutes } from './experiments';
import { featureRoutes } from './features';
import { ledgerRoutes } from './ledger';
import { lineageRoutes } from './lineage';
import { listLineRoutes } from './list-lines';
import { liveAtRoutes } from './live-at';
import { loadRoutes } from './loads';
import { meRoutes } from './me';
import { modelVersionRoutes } from './model-versions';
import { nonceRoutes } from './nonces';
import { overviewRoutes } from './overview';
import { postDeploymentEvaluationRoutes } from './post-deployment-evaluations';
import { promotionRoutes } from './promotions';
import { providerDayRoutes } from './provider-days';
import { providerRoutes } from './providers';
import { quarantineRoutes } from './quarantine';
import { reproductionRoutes } from './reproductions';
import { scheduleRoutes } from './schedules';
import { selectionListRoutes } from './selection-lists';
import { snapshotRoutes } from './snapshots';
import { trainingRunRoutes } from './training-runs';

/** Every operation of the API, in the order of the OpenAPI document. A test compares them with the access table. */
export const ROUTES: readonly Route[] = [
  ...meRoutes,
  ...overviewRoutes,
  ...scheduleRoutes,
  ...experimentRoutes,
  ...trainingRunRoutes,
  ...modelVersionRoutes,
  ...liveAtRoutes,
  ...postDeploymentEvaluationRoutes,
  ...promotionRoutes,
  ...nonceRoutes,
  ...lineageRoutes,
  ...reproductionRoutes,
  ...selectionListRoutes,
  ...listLineRoutes,
  ...blindAssessmentRoutes,
  ...providerRoutes,
  ...providerDayRoutes,
  ...accessLogRoutes,
  ...ledgerRoutes,
  ...loadRoutes,
  ...quarantineRoutes,
  ...snapshotRoutes,
  ...featureRoutes,
  ...deviationRoutes,
];
