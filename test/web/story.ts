import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { testApi, type TestApi } from '../support/api';
import { openBrowser, Visitor } from '../support/browser';
import { testProduct, type TestProduct } from '../support/environment';
import { smallRegister } from '../support/small-register';

/** The running product, a browser, and what earlier journeys have made for later ones. */
export class Story {
  readonly #visitors: Visitor[] = [];
  /** Pages of the version and its promotion request, and the selection list, once they exist. */
  versionUrl = '';
  requestUrl = '';
  listId = '';

  private constructor(
    readonly product: TestProduct,
    readonly api: TestApi,
    readonly browser: Browser,
    readonly dir: string,
  ) {}

  static async open(): Promise<Story> {
    const product = await testProduct(await smallRegister());
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'web-'));
    await Promise.all([product.startWorker('lifecycle'), product.startWorker('training')]);
    return new Story(product, await testApi(product, { UTPLUKK_HOME: dir }), await openBrowser(), dir);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.api.stop();
    await this.product.close();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }

  /** A window of somebody who has not signed in. */
  async stranger(): Promise<Visitor> {
    const visitor = await Visitor.of(this.browser, this.api.url);
    this.#visitors.push(visitor);
    return visitor;
  }

  /** A window of somebody who has signed in and sees the page `at`. */
  async visitor(user: string, at = '/', language: 'nb' | 'en' = 'nb', options = {}) {
    const visitor = await Visitor.of(this.browser, this.api.url, language, options);
    this.#visitors.push(visitor);
    await visitor.signIn(user, at);
    return {
      visitor,
      page: visitor.page,
      axe: () => visitor.axe(),
      shot: (name: string) => visitor.shot(name),
    };
  }

  /** Errors of scripts and blocked content in all windows so far. */
  problems(): readonly string[] {
    return this.#visitors.flatMap(({ problems }) => problems);
  }

  get versionId(): string {
    return this.versionUrl.split('/')[2]!;
  }
  get requestId(): string {
    return this.requestUrl.split('/')[2]!;
  }
}
