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
const long = process.env.UTPLUKK_LONG === '1';
/** Tests that run in npm test too, with fewer cases. */
const LONG = ['nothing-from-the-future', 'four-eyes-random'].map(
  (name) => `<rootDir>/test/integration/${name}.test.ts`,
);
const LONG_UNIT = ['<rootDir>/test/unit/slot-machine.test.ts'];
const servers = {
  globalSetup: '<rootDir>/test/support/start-servers.cjs',
  globalTeardown: '<rootDir>/test/support/stop-servers.cjs',
};

/** @type {import('jest').Config} */
module.exports = {
  testTimeout: long ? 1_800_000 : 300_000,
  maxWorkers: 2,
  projects: long
    ? [
        { ...common, displayName: 'long-unit', testMatch: LONG_UNIT },
        { ...common, ...servers, displayName: 'long', testMatch: LONG },
      ]
    : [
        { ...common, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
        {
          ...common,
          displayName: 'workflow',
          testMatch: ['<rootDir>/test/workflow/**/*.test.ts', '<rootDir>/test/replay/**/*.test.ts'],
        },
        {
          ...common,
          ...servers,
          displayName: 'integration',
          testMatch: ['<rootDir>/test/integration/**/*.test.ts', '<rootDir>/test/web/**/*.test.ts'],
        },
      ],
};
