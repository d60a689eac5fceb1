import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser, settled, signInAs } from '../../bench/lib/chromium';

export { openBrowser };

/** A window of somebody's own. Errors of a page's scripts fail the test that made it. */
export class Visitor {
  readonly problems: string[] = [];
  private constructor(
    readonly base: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      // Answers of 4xx are what some tests ask for; whatever the policy of the page blocks is a fault of ours.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.problems.push(message.text());
    });
  }

  static async of(
    browser: Browser,
    base: string,
    language: 'nb' | 'en' = 'nb',
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({
      locale: language === 'nb' ? 'nb-NO' : 'en-GB',
      acceptDownloads: true,
      ...options,
    });
    return new Visitor(base, context, await context.newPage());
  }

  async go(at: string): Promise<void> {
    await this.page.goto(this.base + at);
    await this.settled();
  }

  settled = (): Promise<void> => settled(this.page);
  signIn = (user: string, at = '/'): Promise<void> => signInAs(this.page, this.base, user, at);

  /** Serious and critical findings of axe on the page as it is. */
  async axe(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        (v) =>
          `${v.id}: ${v.help} (${v.nodes
            .slice(0, 3)
            .map((n) => n.target.join(' '))
            .join('; ')})`,
      );
  }

  /** A screenshot, kept where UTPLUKK_SHOTS says; nowhere without it. */
  async shot(name: string): Promise<void> {
    const dir = process.env['UTPLUKK_SHOTS'];
    if (dir) await this.page.screenshot({ path: path.join(dir, `${name}.png`), fullPage: true });
  }

  async download(click: () => Promise<unknown>): Promise<string> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), click()]);
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-download-')), download.suggestedFilename());
    await download.saveAs(file);
    return file;
  }

  close = (): Promise<void> => this.context.close();
}
