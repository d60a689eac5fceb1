import { MainJob } from './main-job/journey';
import { mlflowTests } from './main-job/mlflow';
import { promotionTests, refusedPromotionTests, rollBackTests } from './main-job/promotion';
import { reproductionTests } from './main-job/reproduction';
import { scheduleTests, scoringTests } from './main-job/scoring';
import { selectionTests } from './main-job/selection';
import { cancellationTests, determinismTests, failureTests, trainingTests } from './main-job/training';

/** From bills to an approved list on one product: the tests of each step follow each other and share its database. */
const job = new MainJob();
beforeAll(() => job.open());
afterAll(() => job.close());

describe('training', () => trainingTests(job));
describe('promotion', () => promotionTests(job));
describe('scoring', () => scoringTests(job));
describe('selection', () => selectionTests(job));
describe('mlflow', () => mlflowTests(job));
describe('reproduction', () => reproductionTests(job));
describe('determinism', () => determinismTests(job));
describe('failures', () => failureTests(job));
describe('refused promotion', () => refusedPromotionTests(job));
describe('schedule', () => scheduleTests(job));
describe('cancellation', () => cancellationTests(job));
describe('roll-back', () => rollBackTests(job));
