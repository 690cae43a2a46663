import base from './jest.config.js';

/** Mutants are hunted by the tests of the pure parts; the bundle would not contain them. */
export default {
  ...base,
  testMatch: ['<rootDir>/__tests__/{scan,gate,console}/**/*.test.ts'],
};
