// Mutation testing of the pure modules that decide and prove: a changed operator or bound there must fail a unit test.
// npm run test:mutation [-- <files>]; part of npm run test:long. The report lies in .stack/mutation.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  // Texts are for people, and codes are types: the compiler knows them. All else is mutated.
  mutator: { excludedMutations: ['StringLiteral'] },
  // Tables that are made when a module loads are changed once for all tests: hours for little.
  ignoreStatic: true,
  coverageAnalysis: 'perTest',
  testRunner: 'jest',
  jest: { projectType: 'custom', configFile: 'scripts/mutation/jest.config.cjs', enableFindRelatedTests: false },
  plugins: ['@stryker-mutator/jest-runner'],
  checkers: [],
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, skipFull: true },
  jsonReporter: { fileName: '.stack/mutation/report.json' },
  htmlReporter: { fileName: '.stack/mutation/report.html' },
  // What neither the code nor its tests changed since the last run is not tried again.
  incremental: true,
  incrementalFile: '.stack/mutation/incremental.json',
  tempDirName: '.stack/mutation/sandbox',
  ignorePatterns: ['dist', 'docs/*', '!docs/examples', 'bench', '.stack', 'migrations', 'apps'],
  concurrency: 2,
  timeoutMS: 5_000,
  allowEmpty: false,
};
