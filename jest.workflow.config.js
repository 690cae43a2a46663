import base from './jest.config.js';

/** The workflows, run for real: needs tools that `npm test` does without. */
export default {
  ...base,
  testMatch: ['<rootDir>/__tests__/workflow/*.workflow.ts'],
  testTimeout: 180_000,
  maxConcurrency: 6,
};
