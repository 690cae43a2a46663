import { ANSWER_FAULTS } from './answer-faults.ts';
import { CONNECTION_FAULTS } from './connection-faults.ts';
import type { FaultCase } from './fault-case.ts';
import { STATUS_FAULTS } from './status-faults.ts';

/** Every fault of one request. */
export const FAULTS: readonly FaultCase[] = [...CONNECTION_FAULTS, ...STATUS_FAULTS, ...ANSWER_FAULTS];

/** One fault of each kind: of the statuses, one of each meaning, with HTML. */
export function isRepresentative({ family, name }: FaultCase): boolean {
  if (!family.startsWith('Status ')) return true;
  return /^Status (400|401|404|429|503)$/.test(family) && name === 'with HTML';
}
