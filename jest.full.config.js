import process from 'node:process';
import base from './jest.config.js';

// Read by the tests that draw a sample of their cases without it.
process.env.FULL = '1';

/** Every test with all of its cases. */
export default { ...base, testTimeout: 3_600_000 };
