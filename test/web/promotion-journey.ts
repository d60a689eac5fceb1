import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from '../../platform/config/env';
import { championOf } from '../../platform/db/stores/champions';
import { asVariables } from '../support/environment';
import { SMALL_SLOT } from '../support/small-register';
import type { Story } from './story';

/** Two people: one has requested the promotion, another approves it. */
export function promotionJourney(story: () => Story): void {
  test('who requested cannot approve: the page says why, and the command line refuses too', async () => {
    const { page } = await story().visitor('mona', story().requestUrl);
    await page.getByText(/Du kan ikke godkjenne dette: .*four eyes/).waitFor();
    expect(await page.getByRole('button', { name: 'Godkjenn', exact: true }).count()).toBe(0);
    const { product, dir, requestId } = story();
    const cli = (...args: string[]) =>
      spawnSync(process.execPath, [path.join(ROOT, 'bin/utplukk.cjs'), ...args], {
        encoding: 'utf8',
        env: { ...process.env, ...asVariables(product.env), UTPLUKK_SESSION: path.join(dir, 'session.json') },
      });
    expect(cli('login', '--as', 'mona').status).toBe(0);
    const own = cli('promotion', 'approve', requestId, '--reason', 'I trust myself');
    expect(own.status).toBe(3);
    expect(own.stderr).toMatch(/four eyes/);
  });

  test('another approver confirms with a sign-in for the action, and the version is live', async () => {
    const { page, axe, shot } = await story().visitor('ola', '/');
    await page.getByRole('link', { name: /Forslag om å ta i bruk/ }).click();
    await page.waitForURL(/\/requests\//);
    await page.getByRole('button', { name: 'Godkjenn', exact: true }).click();
    await page.getByLabel('Begrunnelse').fill('Sett på tallene.');
    expect(await axe()).toEqual([]);
    await page.getByRole('button', { name: 'Gå videre og bekreft' }).click();
    await page.locator('a[href$="as=ola"]').click();
    await page.getByText('godkjent', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByText('Sett på tallene.').waitFor();
    await shot('request');
    const live = await championOf(story().product.db, SMALL_SLOT);
    expect(live?.versionId.startsWith(story().versionId)).toBe(true);
  });
}
