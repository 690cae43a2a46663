import { ANSWER_FAULTS } from './answer-faults.ts';
import { CONNECTION_FAULTS } from './connection-faults.ts';
import type { FaultCase } from './fault-case.ts';
import { STATUS_FAULTS } from './status-faults.ts';

/** Every fault that can strike one request. */
export const FAULTS: readonly FaultCase[] = [...CONNECTION_FAULTS, ...STATUS_FAULTS, ...ANSWER_FAULTS];
