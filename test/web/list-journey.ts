import { startRescore } from '../../application/scoring';
import { draftedList } from '../../apps/cli/wait-for';
import { SMALL_SLOT } from '../support/small-register';
import type { Story } from './story';

/** A selection list is drafted, signed off, and a provider on it opened. */
export function listJourney(story: () => Story): void {
  test('a list is drafted, signed off by two people on its page, and then cannot change', async () => {
    const { product } = story();
    const { workflowId } = await startRescore(await product.as('per'), {
      slot: SMALL_SLOT,
      asOf: '2025-01-01T00:00:00Z',
      capacity: 40,
      seed: 1,
      openDays: 14,
      shards: 2,
    });
    const { scoringId } = await product.temporal.rescoreResult(workflowId);
    const { listId } = await draftedList(product.db, scoringId);
    story().listId = listId;
    for (const [user, state] of [
      ['per', 'utkast'],
      ['siri', 'godkjent av to'],
    ] as const) {
      const { page, axe } = await story().visitor(user, `/lists/${listId}`);
      await page.getByText('Vurdering uten å se plassen').first().waitFor();
      expect(await axe()).toEqual([]);
      await page.getByLabel('Begrunnelse').fill('Lest første side.');
      await page.getByRole('button', { name: 'Godkjenn listen', exact: true }).click();
      await page.getByText(state === 'utkast' ? '1 / 2' : '2 / 2').waitFor();
      await page.getByText(state, { exact: true }).waitFor();
    }
  });

  test('a control leader opens a provider for a purpose and reads why, against whom, and a day of it', async () => {
    const { page, axe, shot } = await story().visitor('per', `/lists/${story().listId}`);
    await page.getByRole('table', { name: 'Linjer' }).getByRole('link').first().click();
    await page.waitForURL(/\/providers\//);
    await page.getByLabel('Formål').selectOption('triage');
    expect(await axe()).toEqual([]);
    await page.getByRole('button', { name: 'Åpne', exact: true }).click();
    await page.getByRole('heading', { name: 'Begrunnelser' }).waitFor({ timeout: 60_000 });
    await page
      .getByText('Utvalgt betyr ikke mistenkt: tallene åpner en undersøkelse og avgjør ingenting.')
      .first()
      .waitFor();
    await page.getByRole('heading', { name: /Avvik fra sammenlignbare helseaktører/ }).waitFor();
    await page
      .getByText(/minutter krevd denne dagen/)
      .first()
      .waitFor();
    expect(await axe()).toEqual([]);
    await shot('provider');
  });
}
