const fs = require('node:fs');
const path = require('node:path');

/** One project a kind of test: only integration pays for servers. */
const common = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/test/support/jest-tfjs-environment.cjs',
  transform: {
    '^.+\\.(ts|js|mjs)$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^jose$': '<rootDir>/test/support/jose.cjs' },
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
};
const servers = {
  globalSetup: '<rootDir>/test/support/start-servers.cjs',
  globalTeardown: '<rootDir>/test/support/stop-servers.cjs',
};
const project = (displayName, ...patterns) => ({
  ...common,
  displayName,
  testMatch: patterns.map((pattern) => `<rootDir>/test/${pattern}.test.ts`),
});
/** Tests of a folder that run in npm test too, there with fewer cases: those that ask which tier runs them. */
const withFullCounts = (folder) =>
  fs
    .readdirSync(path.join(__dirname, 'test', folder), { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join(folder, file))
    .filter((file) => fs.readFileSync(path.join(__dirname, 'test', file), 'utf8').includes('UTPLUKK_LONG'))
    .map((file) => file.replace(/\.test\.ts$/, ''));

const TIERS = {
  /** npm test. */
  usual: [
    project('unit', 'unit/**/*'),
    project('workflow', 'workflow/**/*', 'replay/**/*'),
    { ...project('integration', 'integration/**/*', 'web/**/*'), ...servers },
  ],
  /** npm run test:ci, after npm test. */
  ci: [{ ...project('ci', 'ci/**/*'), ...servers }],
  /** npm run test:long. */
  long: [
    project('long-unit', ...withFullCounts('unit')),
    { ...project('long', ...withFullCounts('integration')), ...servers },
  ],
};
const tier = process.env.UTPLUKK_LONG === '1' ? 'long' : process.env.UTPLUKK_CI === '1' ? 'ci' : 'usual';

/** @type {import('jest').Config} */
module.exports = {
  testTimeout: tier === 'long' ? 1_800_000 : 300_000,
  maxWorkers: 2,
  projects: TIERS[tier],
};
