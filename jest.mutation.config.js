import base from './jest.config.js';

/**
 * Mutants are hunted by the tables: the bundle would not contain them, and the random Consoles find most of what
 * the tables find, but take a thousand times as long for it.
 */
export default {
  ...base,
  testMatch: [
    '<rootDir>/__tests__/{gate,scan}/**/*.test.ts',
    '<rootDir>/__tests__/console/{address,failure,report-batch,scan-duration}.test.ts',
  ],
  testPathIgnorePatterns: ['random-consoles'],
};
