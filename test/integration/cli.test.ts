import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../platform/config/env';
import { testDatabase, type TestDatabase } from '../support/environment';

let t: TestDatabase;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'cli-'));
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const utplukk = (args: string[], over: Record<string, string> = {}) => {
  const env = { ...process.env, ...t.env, UTPLUKK_SESSION: path.join(dir, 'session.json'), ...over };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'bin/utplukk.cjs'), ...args], { encoding: 'utf8', env });
  return { status, stdout, stderr };
};

const COMMANDS = [
  'import',
  'simulate',
  'train',
  'runs',
  'show',
  'propose',
  'approve',
  'refuse',
  'rescore',
  'list',
  'compare',
  'cancel',
  'rollback',
  'lineage',
  'reproduce',
  'verify',
  'gc',
  'doctor',
  'login',
  'seal',
  'refuse-list',
  'quarantine',
  'live',
  'graph',
  'ledger',
  'export-ledger',
  'export-version',
  'emergency',
  'revoke',
  'override',
  'deviations',
];

test('every command is there and shows an example', () => {
  const help = utplukk(['--help']).stdout;
  for (const command of [...COMMANDS, 'schedules']) expect(help).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  for (const command of ['train', 'approve', 'lineage'])
    expect(utplukk([command, '--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/--json[\s\S]*Example: utplukk/) as string,
    });
  expect(utplukk(['schedules', 'apply', '--help']).stdout).toMatch(/Example: utplukk schedules apply/);
});

test('exit codes mean something, and an error says what to do next', () => {
  expect(utplukk(['verify', '--json'])).toMatchObject({ status: 0, stdout: expect.stringContaining('"problems": []') as string });
  expect(utplukk(['approve'])).toMatchObject({ status: 2 });
  expect(utplukk(['train', 'nowhere.yaml'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/nowhere\.yaml does not exist/) as string,
  });
  expect(utplukk(['propose', 'abcdef'])).toMatchObject({
    status: 3,
    stderr: expect.stringMatching(/nobody is signed in\nRun `npx utplukk login/) as string,
  });
  expect(utplukk(['login', '--as', 'nobody'])).toMatchObject({ status: 3 });
  expect(utplukk(['login', '--as', 'nils'])).toMatchObject({ status: 0 });
  expect(fs.statSync(path.join(dir, 'session.json')).mode & 0o777).toBe(0o600);
  expect(utplukk(['show', 'abcdef12'])).toMatchObject({ status: 4, stderr: expect.stringMatching(/no model version abcdef12/) as string });
  expect(utplukk(['import', dir])).toMatchObject({ status: 3, stderr: expect.stringMatching(/nils has the role caseworker/) as string });
  expect(utplukk(['gc'])).toMatchObject({ status: 2 });
  const away = utplukk(['runs', '--json'], { DATABASE_URL: 'postgresql://x:y@127.0.0.1:9/z' });
  expect(away).toMatchObject({ status: 5, stdout: expect.stringContaining('"SourceAway"') as string });
});

test('simulate, import and quarantine by hand', () => {
  const made = utplukk(['simulate', path.join(dir, 'sim'), '--actors', '0.001', '--years', '1', '--json']);
  expect(JSON.parse(made.stdout)).toMatchObject({ actors: 23 });
  fs.appendFileSync(path.join(dir, 'sim/register/cases.ndjson'), '{"type":"vedtak"}\n');
  utplukk(['login', '--as', 'kari']);
  const loaded = utplukk(['import', path.join(dir, 'sim/register')]);
  expect(loaded).toMatchObject({ status: 0, stdout: expect.stringMatching(/loaded \d+ \+ quarantined \d+ = read \d+/) as string });
  expect(utplukk(['quarantine', '--json']).stdout).toContain('"file_name": "cases.ndjson"');
  expect(utplukk(['import', path.join(dir, 'sim/register')]).stdout).toMatch(/\((\d+) loaded before\)/);
  expect(utplukk(['simulate', dir, '--actors', '7'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('expected a number from 0.001 to 1') as string,
  });
});
