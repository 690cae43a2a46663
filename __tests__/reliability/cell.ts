import type { Call, FaultCase, Meaning, Wire } from './fault-case.ts';
import type { SetupName } from './setups.ts';

export const TIMES = ['once', 'twice', 'for good'] as const;
export type Times = (typeof TIMES)[number];

/**
 * When a fault begins. `start`: with the first request of its call. `middle`: once the scan is asked
 * for (report) or running (the others). `end`: once the scan is over. A trigger is sent once the report was
 * read, so it has three attempts instead: the first, or the next after one or two that were turned away.
 */
export const POSITIONS = ['start', 'middle', 'end'] as const;
export type Position = (typeof POSITIONS)[number];

export type Mode = 'trigger' | 'await' | 'await-regular';

/** One run of the gate with one fault. */
export interface Cell {
  readonly fault: FaultCase;
  /** The call that it is injected into; `any` for whatever is asked next. */
  readonly call: Call | 'any';
  readonly times: Times;
  readonly position: Position;
  readonly mode: Mode;
  readonly setup: SetupName;
}

/** The name of a cell, to run it alone. */
export function cellKey({ fault, call, times, position, mode, setup }: Cell): string {
  return [mode, setup, fault.family, fault.name, call, times, position].join(' | ');
}

/** A fault of the Console itself is the same for every call. */
function callFor({ call }: Cell): Call {
  return call === 'any' ? 'progress' : call;
}

export function wireOf(cell: Cell): Wire | undefined {
  return cell.fault.wire(callFor(cell));
}

export function meaningOf(cell: Cell): Meaning {
  return cell.fault.meaning(callFor(cell));
}
