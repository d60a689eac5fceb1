import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** The system's Chromium, with nothing that would call home. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']; // prettier-ignore
export const chromiumPath = (): string => process.env['UTPLUKK_CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => fs.existsSync(file)) ?? 'chromium'; // prettier-ignore

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath(), args: FLAGS });

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
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) this.problems.push(message.text());
    });
  }

  static async of(browser: Browser, base: string, language: 'nb' | 'en' = 'nb', options: Parameters<Browser['newContext']>[0] = {}): Promise<Visitor> {
    const context = await browser.newContext({ locale: language === 'nb' ? 'nb-NO' : 'en-GB', acceptDownloads: true, ...options });
    return new Visitor(base, context, await context.newPage());
  } // prettier-ignore

  async go(at: string): Promise<void> {
    await this.page.goto(this.base + at);
    await this.settled();
  }

  /** Until the page has what it asked for. */
  async settled(): Promise<void> {
    await this.page.locator('main h1, main h2, main [role=alert]').first().waitFor();
    await this.page.locator('main [role=status][aria-label]').first().waitFor({ state: 'detached' }).catch(() => undefined); // prettier-ignore
  }

  async signIn(user: string, at = '/'): Promise<void> {
    await this.page.goto(`${this.base}/auth/login?return=${encodeURIComponent(at)}`);
    await this.page.locator(`a[href$="as=${user}"]`).click();
    await this.page.waitForURL(`${this.base}${at}`);
    await this.settled();
  }

  /** Serious and critical findings of axe on the page as it is. */
  async axe(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze(); // prettier-ignore
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map((v) => `${v.id}: ${v.help} (${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join('; ')})`); // prettier-ignore
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
