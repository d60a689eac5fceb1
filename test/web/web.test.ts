import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { ROOT } from '../../platform/config/env';
import { championOf } from '../../platform/db/stores/champions';
import { startRescore } from '../../application/scoring';
import { draftedList } from '../../apps/cli/commands/lists';
import { openBrowser, Visitor } from '../support/browser';
import { asVariables, testProduct, type TestProduct } from '../support/environment';
import { edited, loadSmallRegister, SMALL_EXPERIMENT, SMALL_SLOT } from '../support/small-register';
import { type TestApi, testApi } from '../support/api';
import { until } from '../support/until';

/** One story from the first page to the last, on the real stack, by the people whose work it is. */
let t: TestProduct;
let api: TestApi;
let browser: Browser;
let dir: string;
const visitors: Visitor[] = [];
const visitor = async (user: string, at = '/', language: 'nb' | 'en' = 'nb', options = {}) => {
  const made = await Visitor.of(browser, api.url, language, options);
  visitors.push(made);
  await made.signIn(user, at);
  return made;
};

beforeAll(async () => {
  t = await testProduct();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'web-'));
  await Promise.all([t.startWorker('lifecycle'), t.startWorker('training'), loadSmallRegister(t, dir)]);
  api = await testApi(t, { UTPLUKK_HOME: dir });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await api?.stop();
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});
afterEach(() => {
  expect(visitors.flatMap(({ problems }) => problems)).toEqual([]);
});

let requestUrl = '';
let versionUrl = '';
let listId = '';

test('nobody is asked to sign in; a session of another site can do nothing', async () => {
  const nobody = await Visitor.of(browser, api.url);
  await nobody.go('/runs');
  await nobody.page.getByRole('heading', { name: 'Du er ikke logget inn' }).waitFor();
  expect(await nobody.axe()).toEqual([]);
  await nobody.close();
  const kari = await visitor('kari');
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

test('a data scientist launches a run with validation as one types, sees it end, and asks for promotion', async () => {
  const { page, axe, shot } = bound(await visitor('mona', '/runs/new'));
  const editor = page.getByLabel('Eksperiment (YAML)');
  await editor.fill(edited(SMALL_EXPERIMENT, 'folds: 2', 'folds: two'));
  await page.getByText(/Linje 6, tegn \d+: split\.folds/).waitFor();
  expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
  expect(await axe()).toEqual([]);
  await editor.fill(SMALL_EXPERIMENT);
  await page.getByText('Eksperimentet stemmer.').waitFor();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
  await page.getByRole('heading', { name: 'Samlet' }).waitFor({ timeout: 240_000 });
  expect(await axe()).toEqual([]);
  await shot('run');
  await page.locator('a[href^="/versions/"]').first().click();
  await page.getByRole('heading', { name: /^Modellversjon/ }).waitFor();
  await page.getByRole('heading', { name: 'Parvis forskjell' }).waitFor();
  versionUrl = new URL(page.url()).pathname;
  expect(await axe()).toEqual([]);
  await shot('version');
  await page.getByRole('button', { name: 'Be om å ta den i bruk' }).click();
  await page.getByRole('button', { name: 'Gå videre og bekreft' }).click();
  await page.locator('a[href$="as=mona"]').click(); // the identity provider asks the same person
  await page.waitForURL(/\/requests\//);
  requestUrl = new URL(page.url()).pathname;
  await page.getByText('Nok utfall').waitFor({ timeout: 60_000 });
});

test('who asked cannot approve: the page says why, and the command line refuses too', async () => {
  const mona = await visitor('mona', requestUrl);
  await mona.page.getByText(/Du kan ikke godkjenne dette: .*four eyes/).waitFor();
  expect(await mona.page.getByRole('button', { name: 'Godkjenn', exact: true }).count()).toBe(0);
  const session = path.join(dir, 'session.json');
  const cli = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(ROOT, 'bin/utplukk.cjs'), ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...asVariables(t.env), UTPLUKK_SESSION: session },
    });
  expect(cli('login', '--as', 'mona').status).toBe(0);
  const own = cli('approve', requestUrl.split('/')[2]!, '--reason', 'I trust myself');
  expect(own.status).toBe(3);
  expect(own.stderr).toMatch(/four eyes/);
});

test('another approver confirms with a sign-in for the event, and the version is live', async () => {
  const { page, axe, shot } = bound(await visitor('ola', '/'));
  await page.getByRole('link', { name: /Ønske om å ta i bruk/ }).click();
  await page.waitForURL(/\/requests\//);
  await page.getByRole('button', { name: 'Godkjenn', exact: true }).click();
  await page.getByLabel('Begrunnelse').fill('Sett på tallene.');
  expect(await axe()).toEqual([]);
  await page.getByRole('button', { name: 'Gå videre og bekreft' }).click();
  await page.locator('a[href$="as=ola"]').click();
  await page.getByText('godkjent', { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByText('Sett på tallene.').waitFor();
  await shot('request');
  expect((await championOf(t.db, SMALL_SLOT))?.versionId.startsWith(versionUrl.split('/')[2]!)).toBe(true);
});

test('a terminal signs in with a browser, and confirms an event there', async () => {
  const someone = await Visitor.of(browser, api.url);
  visitors.push(someone);
  const inTerminal = async (...args: string[]) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'bin/utplukk.cjs'), ...args, '--json'], {
      env: { ...process.env, ...asVariables(t.env), UTPLUKK_SESSION: path.join(dir, 'device.json') },
    });
    let [out, told] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (told += data.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const url = await until('the address to open', () => Promise.resolve(/Open (\S+)\n.*Waiting/.exec(told)?.[1]));
    await someone.page.goto(url);
    const code = /shows the code (\S+)\./.exec(told)?.[1];
    if (code !== undefined) {
      await someone.page.getByText(code).waitFor();
      await someone.page.getByRole('button', { name: 'Yes, go on' }).click();
    }
    await someone.page.locator('a[href$="as=kari"]').click();
    await someone.page.getByText('go back to the terminal').waitFor();
    return { status: await ended, out, told };
  };
  expect(await inTerminal('login')).toMatchObject({ status: 0, out: expect.stringContaining('"kari"') as string });
  const asked = await inTerminal('propose', versionUrl.split('/')[2]!);
  expect([asked.status, asked.told]).toEqual([0, expect.stringContaining('Open ')]);
  expect(JSON.parse(asked.out)).toMatchObject({ requestId: expect.any(String) as string });
});

test('a list is drafted, sealed by two people on its page, and then cannot change', async () => {
  const per = await t.as('per');
  const { workflowId } = await startRescore(per, {
    slot: SMALL_SLOT,
    asOf: '2025-01-01T00:00:00Z',
    capacity: 40,
    seed: 1,
    openDays: 14,
    shards: 2,
  });
  listId = (await draftedList(t.db, (await t.temporal.rescoreResult(workflowId)).scoringId)).listId;
  for (const [user, state] of [
    ['per', 'utkast'],
    ['siri', 'forseglet'],
  ] as const) {
    const { page, axe } = bound(await visitor(user, `/lists/${listId}`));
    await page.getByText('Vurder før du ser plassen').first().waitFor();
    expect(await axe()).toEqual([]);
    await page.getByLabel('Begrunnelse').fill('Lest første side.');
    await page.getByRole('button', { name: 'Forsegl', exact: true }).click();
    await page.getByText(state === 'utkast' ? '1 / 2' : '2 / 2').waitFor();
    await page.getByText(state, { exact: true }).waitFor();
  }
});

test('a control leader opens a provider for a purpose and reads why, beside whom, and a day of it', async () => {
  const { page, axe, shot } = bound(await visitor('per', `/lists/${listId}`));
  await page.getByRole('table', { name: 'Linjer' }).getByRole('link').first().click();
  await page.waitForURL(/\/providers\//);
  await page.getByLabel('Formål').selectOption('triage');
  expect(await axe()).toEqual([]);
  await page.getByRole('button', { name: 'Åpne', exact: true }).click();
  await page.getByRole('heading', { name: 'Grunner' }).waitFor({ timeout: 60_000 });
  await page
    .getByText('Utvalgt betyr ikke mistenkt: tallene åpner en undersøkelse og avgjør ingenting.')
    .first()
    .waitFor();
  await page.getByRole('heading', { name: /Ved siden av like aktører/ }).waitFor();
  await page
    .getByText(/minutter krevd denne dagen/)
    .first()
    .waitFor();
  expect(await axe()).toEqual([]);
  await shot('provider');
});

test('a reviewer follows the list back to its data, sees what was live, and checks a proof in the browser', async () => {
  const { page, axe, shot } = bound(await visitor('anne', `/lineage/${listId}`));
  await page.getByRole('heading', { name: /^utvalgsliste/ }).waitFor();
  for (const kind of ['uttrekk', 'matrise', 'trening', 'modellversjon', 'beslutning', 'skåring'])
    await page.getByRole('table', { name: 'Som liste' }).getByText(kind, { exact: false }).first().waitFor();
  // By the server's clock: an instant of whole minutes, or of another clock, would leave out what went live just now.
  const asked = page.waitForRequest(/live-at/);
  await page.reload();
  expect((await asked).url()).toMatch(/\/live-at\/now$/);
  await page.getByText('Godkjent av').waitFor();
  await t.notary.client.checkpoint();
  await page
    .getByRole('button', { name: /Kontroller beviset/ })
    .first()
    .click();
  await page.getByText(/Beviset er regnet etter her i nettleseren, og stemmer/).waitFor();
  expect(await axe()).toEqual([]);
  await shot('lineage');
});

test('an auditor verifies an exported ledger in the browser; a tampered copy is shown as tampered', async () => {
  const anne = await visitor('anne', '/audit');
  const { page, axe, shot } = bound(anne);
  await t.notary.client.checkpoint();
  const file = await anne.download(() => page.getByRole('link', { name: 'Last ned hele revisjonssporet' }).click());
  await page.getByRole('button', { name: 'Regn etter hele revisjonssporet nå' }).click();
  await page.getByText(/Revisjonssporet holder/).waitFor();
  expect(await axe()).toEqual([]);
  await shot('audit');
  await page.getByRole('tab', { name: 'Kontroller en fil' }).click();
  const verify = async (name: string, text: string) => {
    const copy = path.join(dir, name);
    fs.writeFileSync(copy, text);
    await page.getByLabel(/Eksportert revisjonsspor/).setInputFiles(copy);
    await until('the verifier to be loaded', async () =>
      (await page.getByRole('button', { name: 'Kontroller', exact: true }).isEnabled()) ? true : undefined,
    );
    // No server takes part: with the network gone it works all the same.
    await anne.context.setOffline(true);
    await page.getByRole('button', { name: 'Kontroller', exact: true }).click();
    const verdict = page.getByTestId('verdict');
    await verdict.getByText(/Filen holder|FILEN ER ENDRET|kunne ikke leses/).waitFor();
    await anne.context.setOffline(false);
    return verdict.innerText();
  };
  const text = fs.readFileSync(file, 'utf8');
  expect(await verify('ledger.ndjson', text)).toMatch(
    /Filen holder: .* innslag kontrollert[\s\S]*signerte sjekkpunkter/,
  );
  const changed = await verify('tampered.ndjson', text.replace('"event":"', '"event":"x'));
  expect(changed).toMatch(/FILEN ER ENDRET[\s\S]*is not the one that was anchored/);
});

test.each(['nb', 'en'] as const)(
  'every page in %s: a heading, nothing serious for axe, no word of suspicion',
  async (language) => {
    const seen = new Map<string, string>();
    for (const [user, pages] of [
      [
        'kari',
        [
          '/',
          '/runs',
          '/runs/new',
          '/versions',
          versionUrl,
          requestUrl,
          '/lineage',
          `/lineage/${listId}`,
          '/data',
          '/nowhere',
        ],
      ],
      ['anne', ['/', '/lists', `/lists/${listId}`, '/audit']],
      ['admin', ['/', '/lists']],
    ] as const) {
      const someone = await visitor(user, '/', language);
      for (const at of pages) {
        await someone.go(at);
        const heading = await someone.page.locator('h1, main h2').first().innerText();
        // The language changes words, not roles or colours: axe looks once.
        if (language === 'nb') expect([user, at, await someone.axe()]).toEqual([user, at, []]);
        const words = (await someone.page.locator('body').innerText()).replace(
          /Selected does not mean suspected|Utvalgt betyr ikke mistenkt/gi,
          '',
        );
        expect(words).not.toMatch(/fraud|svindel|mistenk|suspect/i);
        seen.set(`${user} ${at}`, heading);
      }
      await someone.close();
    }
    expect(seen.get('admin /lists')).toBe(language === 'nb' ? 'Utvalgslister' : 'Selection lists');
    expect(seen.get('kari /')).toBe(language === 'nb' ? 'Oversikt' : 'Overview');
  },
);

test('a narrow screen and a dark one work as well', async () => {
  const narrow = await visitor('anne', '/', 'nb', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  await narrow.page.getByRole('heading', { name: 'Oversikt' }).waitFor();
  const width = () => narrow.page.evaluate<number>('document.documentElement.scrollWidth');
  expect(await width()).toBeLessThanOrEqual(360);
  await narrow.go('/audit');
  for (const tab of ['Oppslag', 'Sjekkpunkter', 'Innslag']) {
    await narrow.page.getByRole('tab', { name: tab }).click();
    await narrow.page.getByRole('table').first().waitFor();
    expect([tab, await width()]).toEqual([tab, 360]);
  }
  await narrow.go('/');
  expect(await narrow.axe()).toEqual([]);
  await narrow.shot('narrow-dark');
});

/** The methods of a visitor, for tests that read better without naming it each time. */
const bound = (v: Visitor) => ({ page: v.page, axe: () => v.axe(), shot: (name: string) => v.shot(name) });
