import type { Gates } from '../../src/gate/gates.ts';
import type { Rules } from '../../src/gate/judge.ts';
import type { Limits } from '../../src/scan/limits.ts';

/** No gate is set. */
export const openGates: Gates = {
  severityCutoff: undefined,
  onlyFixed: false,
  failOnPolicy: false,
  exceptions: [],
};

export function rules(limits: Limits, gates: Partial<Gates> = {}): Rules {
  return { limits, gates: { ...openGates, ...gates }, today: '2026-11-24' };
}
