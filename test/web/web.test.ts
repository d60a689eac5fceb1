import { auditJourney } from './audit-journey';
import { everyPage } from './every-page';
import { listJourney } from './list-journey';
import { promotionJourney } from './promotion-journey';
import { Story } from './story';
import { terminalJourney } from './terminal-journey';
import { trainingJourney } from './training-journey';

/**
 * One story from the first page to the last, on the real stack, by the people whose work it is. The journeys build on
 * each other: the list needs the version, the version the run. In one file, so that the product starts once.
 */
let story: Story | undefined;
beforeAll(async () => {
  story = await Story.open();
});
afterAll(() => story?.close());
afterEach(() => {
  expect(story?.problems()).toEqual([]);
});

const current = () => story!;
trainingJourney(current);
promotionJourney(current);
terminalJourney(current);
listJourney(current);
auditJourney(current);
everyPage(current);
