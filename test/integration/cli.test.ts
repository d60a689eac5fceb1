import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../platform/config/env';
import { asVariables, testDatabase, type TestDatabase } from '../support/environment';

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
  const env = { ...process.env, ...asVariables(t.env), UTPLUKK_SESSION: path.join(dir, 'session.json'), ...over };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'bin/utplukk.cjs'), ...args], {
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
};

const COMMANDS = {
  register: ['simulate', 'import', 'quarantine'],
  feature: ['list', 'windows'],
  leakage: ['check', 'explain'],
  run: ['start', 'list', 'show', 'compare', 'trials', 'cancel', 'evaluation'],
  version: ['list', 'show', 'card', 'revoke', 'export', 'evaluate', 'evaluations'],
  promotion: ['list', 'show', 'request', 'approve', 'refuse', 'waive'],
  slot: ['live', 'suspend', 'roll-back', 'confirm', 'interventions'],
  scoring: ['start'],
  list: ['list', 'show', 'sign-off', 'refuse', 'reasons'],
  schedule: ['apply', 'list', 'pause', 'resume'],
  lineage: ['show', 'graph'],
  ledger: ['list', 'verify', 'export'],
  store: ['check', 'unreferenced'],
  mlflow: ['differences'],
  login: [],
  reproduce: [],
  doctor: [],
  completion: [],
};

test('every command is there and shows an example', () => {
  const help = utplukk(['--help']).stdout;
  for (const [noun, verbs] of Object.entries(COMMANDS)) {
    expect(help).toMatch(new RegExp(`^  ${noun}\\b`, 'm'));
    const own = verbs.length > 0 ? utplukk([noun, '--help']).stdout : '';
    for (const verb of verbs) expect(own).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
  }
  for (const command of [
    ['run', 'start'],
    ['promotion', 'approve'],
    ['lineage', 'show'],
    ['schedule', 'apply'],
  ])
    expect(utplukk([...command, '--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(new RegExp(`--json[\\s\\S]*Example: utplukk ${command.join(' ')}`)) as string,
    });
});

test('the shell completes commands, subcommands, options and what they take', () => {
  const script = utplukk(['completion', 'bash']).stdout;
  const complete = (...words: string[]) => {
    const typed = words.map((word) => `'${word}'`).join(' ');
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        `${script}\nCOMP_WORDS=(utplukk ${typed}); COMP_CWORD=${words.length}
         _utplukk; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    return stdout.trim().split('\n');
  };
  expect(complete('run', 'tr')).toEqual(['trials']);
  expect(complete('slot', '')).toEqual(expect.arrayContaining(['suspend', 'roll-back', 'confirm', 'interventions']));
  expect(complete('slot', 'suspend', '--re')).toEqual(['--reason']);
  expect(complete('run', 'start', 'some.yaml', '--')).toEqual(
    expect.arrayContaining(['--table', '--schema', '--json']),
  );
  expect(complete('list', 'reasons', '--lang', '')).toEqual(['nb', 'en']);
  expect(complete('run', 'start', 'docs/')).toEqual(['']); // files are the shell's own
  expect(utplukk(['completion', 'zsh']).stdout).toMatch(/bashcompinit/);
  expect(utplukk(['completion', 'tcsh'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/Allowed choices are bash, zsh/) as string,
  });
});

test('who reads in a terminal is held to the same table as on the pages, and is on record', async () => {
  const verify = () => utplukk(['ledger', 'verify', '--json']);
  expect(verify()).toMatchObject({ status: 3, stdout: expect.stringContaining('nobody is signed in') as string });
  utplukk(['login', '--as', 'admin']);
  expect(verify()).toMatchObject({
    status: 3,
    stdout: expect.stringMatching(/admin has the role admin; this needs one of: reviewer/) as string,
  });
  for (const command of [
    ['list', 'list'],
    ['register', 'quarantine'],
    ['ledger', 'list'],
    ['list', 'reasons', 'abcdef12', '--purpose', 'audit'],
  ])
    expect(utplukk(command).status).toBe(3);
  expect(utplukk(['run', 'list']).status).toBe(0);
  utplukk(['login', '--as', 'nils']); // a caseworker reads lists and nothing about models
  for (const command of [
    ['run', 'list'],
    ['version', 'list'],
    ['slot', 'live'],
    ['ledger', 'verify'],
    ['ledger', 'export', '--out', path.join(dir, 'l')],
  ])
    expect(utplukk(command).status).toBe(3);
  expect(utplukk(['list', 'list']).status).toBe(0);
  expect(utplukk(['list', 'reasons', 'abcdef12'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--purpose/) as string,
  });
  utplukk(['login', '--as', 'anne']);
  expect(utplukk(['ledger', 'export', '--out', path.join(dir, 'ledger.ndjson')])).toMatchObject({
    status: 4,
    stderr: expect.stringMatching(/nothing was anchored yet/) as string,
  });
  expect(await t.db('aud.access').where({ kind: 'ledger-export' }).first<object>('purpose')).toEqual({
    purpose: 'audit',
  });
  fs.rmSync(path.join(dir, 'session.json'));
});

test('exit codes mean something, and an error says what to do next', () => {
  utplukk(['login', '--as', 'anne']);
  expect(utplukk(['ledger', 'verify', '--json'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('"problems": []') as string,
  });
  for (const args of [['promotion', 'approve'], ['promotion'], ['promotion', 'aprove'], ['nonsense'], ['run', 'start']])
    expect([args, utplukk(args).status]).toEqual([args, 2]);
  expect(utplukk(['run', '--help']).status).toBe(0);
  expect(utplukk(['run', 'start', 'nowhere.yaml'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/nowhere\.yaml does not exist/) as string,
  });
  fs.rmSync(path.join(dir, 'session.json'));
  expect(utplukk(['promotion', 'request', 'abcdef'])).toMatchObject({
    status: 3,
    stderr: expect.stringMatching(/nobody is signed in\nRun `npx utplukk login/) as string,
  });
  expect(utplukk(['login', '--as', 'nobody'])).toMatchObject({ status: 3 });
  expect(utplukk(['login', '--as', 'nils'])).toMatchObject({ status: 0 });
  expect(fs.statSync(path.join(dir, 'session.json')).mode & 0o777).toBe(0o600);
  expect(utplukk(['register', 'import', dir])).toMatchObject({
    status: 3,
    stderr: expect.stringMatching(/nils has the role caseworker/) as string,
  });
  utplukk(['login', '--as', 'anne']);
  expect(utplukk(['version', 'show', 'abcdef12'])).toMatchObject({
    status: 4,
    stderr: expect.stringMatching(/no model version abcdef12/) as string,
  });
  expect(utplukk(['store', 'unreferenced'])).toMatchObject({ status: 2 });
  const away = utplukk(['run', 'list', '--json'], { DATABASE_URL: 'postgresql://x:y@127.0.0.1:9/z' });
  expect(away).toMatchObject({ status: 5, stdout: expect.stringContaining('"SourceUnavailable"') as string });
  const doctor = utplukk(['doctor'], { DATABASE_URL: 'postgresql://x:y@127.0.0.1:9/z' });
  expect(doctor).toMatchObject({ status: 5, stdout: expect.stringMatching(/PostgreSQL .*MISSING/) as string });
  expect(doctor.stderr).not.toMatch(/^\s+at /m); // no stack trace above its table
});

test('an instant or a number that is none is refused with what is expected, and nothing is done', async () => {
  utplukk(['login', '--as', 'per']);
  const entries = () => t.db('aud.entry').count<{ count: number }[]>('* as count');
  const before = await entries();
  for (const [command, text] of [
    [['scoring', 'start', '--as-of'], '03.02.2024'],
    [['slot', 'live', '--at'], '2024-02-30T00:00:00Z'],
    [['version', 'evaluate', 'abcdef12', '--as-of'], '3'],
  ] as const)
    expect([...command, text, utplukk([...command, text])]).toMatchObject([
      ...command,
      text,
      { status: 2, stderr: expect.stringMatching(`"${text}" is not an instant\nGive a date, a time`) as string },
    ]);
  expect(utplukk(['scoring', 'start', '--as-of', '2024-02-03T00:00:00Z', '--capacity', '1e308'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--capacity 1e308: expected a whole number from 1 to') as string,
  });
  expect(await entries()).toEqual(before);
});

test('simulate, import and quarantine by hand', () => {
  const made = utplukk([
    'register',
    'simulate',
    path.join(dir, 'sim'),
    '--providers',
    '0.001',
    '--years',
    '1',
    '--json',
  ]);
  expect(JSON.parse(made.stdout)).toMatchObject({ providers: 23 });
  fs.appendFileSync(path.join(dir, 'sim/register/cases.ndjson'), '{"type":"vedtak"}\n');
  utplukk(['login', '--as', 'kari']);
  const loaded = utplukk(['register', 'import', path.join(dir, 'sim/register')]);
  expect(loaded).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/loaded \d+ \+ quarantined \d+ = read \d+/) as string,
  });
  expect(utplukk(['register', 'quarantine', '--json']).stdout).toContain('"file_name": "cases.ndjson"');
  expect(utplukk(['register', 'import', path.join(dir, 'sim/register')]).stdout).toMatch(/\((\d+) loaded before\)/);
  expect(utplukk(['register', 'simulate', dir, '--providers', '7'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('expected a number from 0.001 to 1') as string,
  });
});
