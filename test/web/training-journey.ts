import { edited, SMALL_EXPERIMENT } from '../support/small-register';
import type { Story } from './story';

/** Signing in, starting a training run, and asking for the promotion of its version. */
export function trainingJourney(story: () => Story): void {
  test('nobody is asked to sign in; a session of another site can do nothing', async () => {
    const stranger = await story().stranger();
    await stranger.go('/runs');
    await stranger.page.getByRole('heading', { name: 'Du er ikke logget inn' }).waitFor();
    expect(await stranger.axe()).toEqual([]);
    await stranger.close();
    const { visitor: kari } = await story().visitor('kari');
    const forged = await kari.page.evaluate(
      async () =>
        (
          await fetch('/v1/training-runs', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{"text":"x"}',
          })
        ).status,
    );
    expect(forged).toBe(403);
    const { cookies } = await kari.context.storageState();
    expect(cookies.find(({ name }) => name === 'utplukk_session')).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    await kari.close();
  });

  test('a data scientist starts a run, validated while typing, sees it end, and requests promotion', async () => {
    const { page, axe, shot } = await story().visitor('mona', '/runs/new');
    const editor = page.getByLabel('Eksperiment (YAML)');
    await editor.fill(edited(SMALL_EXPERIMENT, 'folds: 2', 'folds: two'));
    await page.getByText(/Linje 7, tegn \d+: split\.folds/).waitFor();
    expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
    expect(await axe()).toEqual([]);
    await editor.fill(SMALL_EXPERIMENT);
    await page.getByText('Eksperimentet er gyldig.').waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
    await page.getByRole('heading', { name: 'Samlet' }).waitFor({ timeout: 240_000 });
    expect(await axe()).toEqual([]);
    await shot('run');
    await page.locator('a[href^="/versions/"]').first().click();
    await page.getByRole('heading', { name: /^Modellversjon/ }).waitFor();
    await page.getByRole('heading', { name: 'Parvise forskjeller' }).waitFor();
    story().versionUrl = new URL(page.url()).pathname;
    expect(await axe()).toEqual([]);
    await shot('version');
    await page.getByRole('button', { name: 'Foreslå å ta den i bruk' }).click();
    await page.getByRole('button', { name: 'Gå videre og bekreft' }).click();
    await page.locator('a[href$="as=mona"]').click(); // the identity provider asks the same person
    await page.waitForURL(/\/requests\//);
    story().requestUrl = new URL(page.url()).pathname;
    await page.getByText('Nok kjente utfall').waitFor({ timeout: 60_000 });
  });
}
