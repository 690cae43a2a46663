import base from './jest.workflow.config.js';

/** Predicates and policies, held to the tools that verify them: needs what `.ci/steps/60-attestations` installs. */
export default { ...base, testMatch: ['<rootDir>/__tests__/attestations/*.attestation.ts'] };
