const { projects } = require('../../jest.config.cjs');

/**
 * The unit tests of the modules that are mutated. The others load TensorFlow, or make 70,000 leaves, which takes longer
 * than all of these: a mutant costs what the tests cost that meet it.
 */
module.exports = {
  ...projects.find(({ displayName }) => displayName === 'unit'),
  testEnvironment: 'jest-environment-node',
  testPathIgnorePatterns: ['/ledger/merkle.test.ts$'],
  testMatch: [
    '<rootDir>/test/unit/models/{evaluation,calibration,metrics,ood}/**/*.test.ts',
    '<rootDir>/test/unit/domain/{rules,families,time}/**/*.test.ts',
    '<rootDir>/test/unit/platform/ledger/**/*.test.ts',
  ],
};
