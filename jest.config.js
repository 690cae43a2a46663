import { readFileSync } from 'node:fs';

const { compilerOptions } = JSON.parse(readFileSync(new URL('tsconfig.json', import.meta.url), 'utf8'));

/** The stubs of the bundles, so that a test runs what the bundles run. */
const stubs = Object.entries(compilerOptions.paths).map(([name, [path]]) => [
  `^${name}$`,
  path.replace('.', '<rootDir>'),
]);

/** Node runs the TypeScript of this project as it stands; swc only strips the types for Jest. */
export default {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts', '<rootDir>/emulator/__tests__/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024' }, module: { type: 'es6' } }],
  },
  moduleNameMapper: Object.fromEntries(stubs),
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/'],
  // Ends a test that hangs. No test comes near it, on a busy machine neither.
  testTimeout: 300_000,
  // One more than the cores of a small machine: some suites wait for real processes.
  maxWorkers: 3,
};
