import type { Policy } from '../../src/policy/policy.ts';
import { EMPTY_BOOK } from '../../src/policy/waivers/decisions/decision-book.ts';
import type { Exception } from '../../src/policy/waivers/exception.ts';

/** No gate is set. */
export const noGates: Policy = {
  severityCutoff: undefined,
  exploitCutoff: undefined,
  grace: {},
  compareWith: undefined,
  onlyFixed: false,
  complianceCutoff: undefined,
  failOnPolicy: false,
  exceptions: [],
  decisions: EMPTY_BOOK,
};

/** An exception for every package and image, with whatever is given instead. */
export function exception(given: Partial<Exception> = {}): Exception {
  return {
    id: 'CVE-2026-1',
    reason: 'not reachable',
    until: '2026-12-31',
    untilFixed: false,
    package: undefined,
    image: undefined,
    ...given,
  };
}

/** A statement of OpenVEX that accepts a finding. */
export const VEX_STATEMENT = {
  file: 'vex.json',
  author: undefined,
  vulnerability: 'CVE-2026-1',
  status: 'not_affected',
  reason: 'vulnerable_code_not_present',
  madeAtMs: 0,
  endsAtMs: 1,
} as const;
