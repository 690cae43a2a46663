import base from './jest.config.js';

// Enough random Consoles to kill a mutant; the tests themselves try many more.
process.env.WORLDS ??= '40';

/** Mutants are hunted by the tests of the pure parts; the bundle would not contain them. */
export default {
  ...base,
  testMatch: ['<rootDir>/__tests__/{scan,gate,console,action}/**/*.test.ts'],
};
