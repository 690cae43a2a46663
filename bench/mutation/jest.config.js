import base from '../../jest.config.js';

/**
 * Mutants are tested with the tables. The bundle does not contain them, and the random Consoles find most of what the
 * tables find, in a thousand times the time.
 */
export default {
  ...base,
  testMatch: [
    '<rootDir>/__tests__/{image,policy,scan}/**/*.test.ts',
    '<rootDir>/__tests__/console/{address,report,report-batcher,report-batches,taken-along}.test.ts',
  ],
  testPathIgnorePatterns: ['random-consoles'],
};
