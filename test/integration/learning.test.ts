import { evaluationTests } from './learning/evaluation';
import { LearningJourney } from './learning/journey';
import { labelTests } from './learning/labels';
import { postDeploymentEvaluationTests } from './learning/post-deployment-evaluation';
import { reproductionTests } from './learning/reproduction';
import { tuningTests } from './learning/tuning';

/**
 * One training run with everything optional, read by the tests of each step in order: they share its database, since
 * training it takes most of the time.
 */
const journey = new LearningJourney();
beforeAll(() => journey.open());
afterAll(() => journey.close());

describe('tuning', () => tuningTests(journey));
describe('evaluation', () => evaluationTests(journey));
describe('reproduction', () => reproductionTests(journey));
describe('labels', () => labelTests(journey));
describe('post-deployment evaluation', () => postDeploymentEvaluationTests(journey));
