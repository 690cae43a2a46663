import base from '../../jest.config.js';

/**
 * Mutants are tested with the tables. The bundle does not contain them, and the random Consoles find most of what the
 * tables find, in a thousand times the time.
 */
export default {
  ...base,
  testMatch: [
    '<rootDir>/__tests__/{gate,scan}/**/*.test.ts',
    '<rootDir>/__tests__/console/{address,failure,report-batch,scan-duration}.test.ts',
  ],
  testPathIgnorePatterns: ['random-consoles'],
};
