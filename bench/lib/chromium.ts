import fs from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

/** The system's Chromium, with nothing that would call home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const chromiumPath = (): string =>
  process.env['UTPLUKK_CHROMIUM'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => fs.existsSync(file)) ??
  'chromium';

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath(), args: FLAGS });

/** Until the page has what it asked for. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1, main h2, main [role=alert]').first().waitFor();
  await page
    .locator('main [role=status][aria-label]')
    .first()
    .waitFor({ state: 'detached' })
    .catch(() => undefined);
}

/** Signs one of the demo's people in at the identity provider's page, and comes back to `at`. */
export async function signInAs(page: Page, base: string, user: string, at = '/'): Promise<void> {
  await page.goto(`${base}/auth/login?return=${encodeURIComponent(at)}`);
  await page.locator(`a[href$="as=${user}"]`).click();
  await page.waitForURL(`${base}${at}`);
  await settled(page);
}
