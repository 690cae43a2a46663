import base from '../../jest.config.js';

/**
 * Mutants are tested with the tables. The bundle does not contain them, and the random Consoles find most of what the
 * tables find, in a thousand times the time.
 */
export default {
  ...base,
  testMatch: [
    '<rootDir>/__tests__/{config/decision-files,console,image,policy,registry,run,scan}/**/*.test.ts',
  ],
  testPathIgnorePatterns: ['random-consoles'],
};
