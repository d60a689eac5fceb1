const { projects } = require('../../jest.config.cjs');

/** The unit tests of the modules that are mutated; the others load TensorFlow, which takes longer than all of these. */
module.exports = {
  ...projects.find(({ displayName }) => displayName === 'unit'),
  testEnvironment: 'jest-environment-node',
  testMatch: [
    '<rootDir>/test/unit/models/{evaluation,calibration,metrics,ood}/**/*.test.ts',
    '<rootDir>/test/unit/domain{,/**/*}.test.ts',
    '<rootDir>/test/unit/platform/ledger/**/*.test.ts',
  ],
};
