import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Rng } from '../domain/rng';
import { signInAsDemoUser } from '../platform/auth/sign-in';
import { sha256 } from '../platform/artifacts/hash';
import { connect } from '../platform/postgres/connection';
import { openBrowser, settled, signInAs } from './lib/chromium';
import { type Figure, report } from './lib/results';
import { fillLedger, SUBJECTS } from './trust/fixtures';
import { fillList } from './web/fixtures';

/**
 * The people's side under load: 50 people who page through a list of all providers and a ledger of a million entries,
 * each asking again a second after the answer; then the first page and the verification of an exported ledger, in
 * Chromium. The scripts start servers, workers and the API of the benchmark's own. `--entries`, `--providers`,
 * `--seconds` make it smaller.
 */
const option = (name: string, fallback: number) =>
  Number(new RegExp(`--${name} (\\d+)`).exec(process.argv.join(' '))?.[1] ?? fallback);
const ENTRIES = option('entries', 1_000_000);
const PROVIDERS = option('providers', 23_000);
const SECONDS = option('seconds', 60);
const PEOPLE = 50;
const READS_FOR_MS = 1000;
/**
 * Connections open and the database reads what it was just given: the first seconds of a server's life are no working
 * day.
 */
const WARM_UP_SECONDS = 10;
const IN_BROWSER = 100_000;
const FIRST_LOADS = 7;
const say = (text: string) => process.stderr.write(`${text}\n`);
const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)]!;
const given = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start this by npm run bench:web`);
  return value;
};

/** One kind of page, asked for from a random place of it. */
interface Reader {
  readonly name: string;
  readonly user: string;
  next(rng: Rng, cursor: string | null): string;
}

const cursorOf = (key: readonly number[]) => Buffer.from(JSON.stringify(key)).toString('base64url');

const readers = (listId: string): Reader[] => [
  {
    name: 'list of all providers',
    user: 'per',
    next: (rng, cursor) =>
      `/v1/selection-lists/${listId}/lines?selected=false&limit=50` +
      `&cursor=${cursor ?? cursorOf([rng.below(PROVIDERS - 1)])}`,
  },
  {
    name: 'ledger',
    user: 'anne',
    next: (rng, cursor) => `/v1/ledger/entries?limit=50&cursor=${cursor ?? cursorOf([2 + rng.below(ENTRIES)])}`,
  },
  { name: 'overview', user: 'kari', next: () => '/v1/overview' },
  {
    name: 'ledger, of one version',
    user: 'anne',
    next: (rng) => `/v1/ledger/entries?limit=50&subject=${sha256(`v${rng.below(SUBJECTS)}`).slice(0, 12)}`,
  },
];

/** `people` of them at once for so long; each reads on where the last answer ended, or begins somewhere else. */
async function browse(
  api: string,
  readersOf: readonly Reader[],
  tokens: ReadonlyMap<string, string>,
  readsForMs: number,
  seconds = SECONDS,
): Promise<{ times: Map<string, number[]>; failed: string[] }> {
  const times = new Map<string, number[]>(readersOf.map(({ name }) => [name, []]));
  const failed: string[] = [];
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: PEOPLE }, async (_, person) => {
      const rng = new Rng('web', person);
      const reader = readersOf[person % readersOf.length]!;
      await new Promise((resolve) => setTimeout(resolve, rng.next() * readsForMs));
      let cursor: string | null = null;
      while (performance.now() < end) {
        const url = api + reader.next(rng, cursor);
        const began = performance.now();
        const response = await fetch(url, { headers: { authorization: `Bearer ${tokens.get(reader.user)!}` } });
        const answer = (await response.json()) as { next?: string | null };
        times.get(reader.name)!.push(performance.now() - began);
        if (!response.ok) failed.push(`${response.status} ${url}`);
        cursor = rng.chance(0.8) ? (answer.next ?? null) : null;
        if (readsForMs > 0) await new Promise((resolve) => setTimeout(resolve, readsForMs * (0.5 + rng.next())));
      }
    }),
  );
  return { times, failed };
}

/**
 * From the address to a page that can be used, each time in a new window with an empty cache and a session that is
 * known.
 */
async function firstLoads(api: string): Promise<number[]> {
  const browser = await openBrowser();
  try {
    const signedIn = await browser.newContext();
    await signInAs(await signedIn.newPage(), api, 'kari');
    const storageState = await signedIn.storageState();
    const times: number[] = [];
    for (let i = 0; i <= FIRST_LOADS; i++) {
      const context = await browser.newContext({ storageState });
      const page = await context.newPage();
      const began = performance.now();
      await page.goto(api, { waitUntil: 'commit' });
      await page.locator('nav a').first().waitFor();
      await settled(page);
      if (i > 0) times.push(performance.now() - began); // the first one warms the server
      await context.close();
    }
    await signedIn.close();
    return times;
  } finally {
    await browser.close();
  }
}

/** An exported file of the first entries, verified in the page's worker. */
async function verifyInBrowser(api: string, file: string, entries: number): Promise<number> {
  const browser = await openBrowser();
  try {
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    await signInAs(page, api, 'anne', '/audit');
    await page.getByRole('tab', { name: /file/i }).click();
    await page.locator('input[type=file]').setInputFiles(file);
    const began = performance.now();
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await page.getByText(/The file is unchanged: [\d,.\s]+ entries/).waitFor({ timeout: 300_000 });
    const ms = performance.now() - began;
    const said = await page.getByText(/The file is unchanged:/).textContent();
    if (Number(/unchanged: ([\d,]+)/.exec(said ?? '')?.[1]?.replaceAll(',', '')) < entries)
      throw new Error(`the page said: ${said}`);
    return ms;
  } finally {
    await browser.close();
  }
}

const signIn = (user: string) =>
  signInAsDemoUser(given('OIDC_ISSUER'), process.env['OIDC_AUDIENCE'] ?? 'urn:utplukk:api', user);

async function tokensOf(all: readonly Reader[]): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for (const { user } of all) if (!tokens.has(user)) tokens.set(user, (await signIn(user)).accessToken);
  return tokens;
}

async function underLoad(api: string, all: readonly Reader[]): Promise<Figure[]> {
  const tokens = await tokensOf(all);
  say(`${PEOPLE} people for ${SECONDS} s, after ${WARM_UP_SECONDS} s that are not counted`);
  await browse(api, all, tokens, READS_FOR_MS, WARM_UP_SECONDS);
  const { times, failed } = await browse(api, all, tokens, READS_FOR_MS);
  if (failed.length > 0) throw new Error(`${failed.length} calls failed, such as ${failed[0]}`);
  const figures: Figure[] = [...times].map(([name, ms]) => ({
    name: `${name}: p95 with ${PEOPLE} people`,
    value: quantile(ms, 0.95),
    unit: 'ms',
    baseline: `median ${quantile(ms, 0.5).toFixed(1)} ms, ${ms.length} answers`,
    target: { at: 'most', value: 200 },
  }));
  const pressed = await browse(api, all, tokens, 0);
  const answers = [...pressed.times.values()].flat();
  figures.push({
    name: `the same without a pause: answers a second`,
    value: answers.length / SECONDS,
    unit: '',
    baseline: `p95 ${quantile(answers, 0.95).toFixed(0)} ms`,
  });
  return figures;
}

async function inChromium(api: string, file: string): Promise<Figure[]> {
  const loads = await firstLoads(api);
  return [
    {
      name: 'first page, empty cache: until it can be used',
      value: quantile(loads, 0.5),
      unit: 'ms',
      baseline: `${loads.length} loads, slowest ${Math.max(...loads).toFixed(0)} ms`,
      target: { at: 'most', value: 2000 },
    },
    {
      name: `${IN_BROWSER} entries verified in the browser`,
      value: (await verifyInBrowser(api, file, IN_BROWSER)) / 1000,
      unit: 's',
      baseline: `a file of ${(fs.statSync(file).size / 1e6).toFixed(0)} MB`,
      target: { at: 'most', value: 10 },
    },
  ];
}

async function main(): Promise<void> {
  const [api, ownerUrl] = [given('UTPLUKK_BENCH_API'), given('DATABASE_OWNER_URL')];
  const owner = connect(ownerUrl, 4);
  try {
    say(`filling: ${IN_BROWSER} entries`);
    await fillLedger(owner, IN_BROWSER, say);
    const small = await exported(api, 'first');
    const listId = await fillList(owner, given('UTPLUKK_STORE'), PROVIDERS);
    await fillLedger(owner, Math.max(0, ENTRIES - IN_BROWSER), say);
    await anchored(api, ENTRIES);
    await owner.raw('vacuum analyze');
    const load = await underLoad(api, readers(listId));
    report('web', [...load, ...(await inChromium(api, small))]);
  } finally {
    await owner.destroy();
  }
}

/** Until the notary has covered the entries that were copied in: its catching up is no part of a working day. */
async function anchored(api: string, entries: number): Promise<{ authorization: string }> {
  const { accessToken } = await signIn('anne');
  const headers = { authorization: `Bearer ${accessToken}` };
  for (let tries = 0; tries < 600; tries++) {
    const checkpoints = (await (await fetch(`${api}/v1/ledger/checkpoints`, { headers })).json()) as { size: number }[];
    if ((checkpoints[0]?.size ?? 0) >= entries) return headers;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error(`no checkpoint covers ${entries} entries after ten minutes: see the notary's log`);
}

/** The ledger as an auditor gets it, once a checkpoint covers it. */
async function exported(api: string, name: string): Promise<string> {
  const headers = await anchored(api, IN_BROWSER);
  const response = await fetch(`${api}/v1/ledger/export`, { headers });
  if (!response.ok) throw new Error(`the export answered ${response.status}: ${await response.text()}`);
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-export-')), `${name}.ndjson`);
  fs.writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  return file;
}

void main();
