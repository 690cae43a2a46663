import base from '../jest.config.js';

/** The tests of this package by themselves: `npm test --workspace compute-console-emulator`. */
export default {
  ...base,
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/__tests__'],
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  moduleNameMapper: {},
  modulePathIgnorePatterns: [],
};
