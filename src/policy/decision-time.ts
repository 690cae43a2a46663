/**
 * The time at which a run is decided, the same for decision, summary and receipt, so that no day changes between
 * them.
 */
export interface DecisionTime {
  readonly epochMs: number;
  /** The clock of that time: the Console's, or the runner's if the Console sends no `Date`. */
  readonly clock: 'console' | 'runner';
  /** The day in UTC, `2026-12-31`. */
  readonly day: string;
}

/** The time of a decision by the Console's clock; by the runner's if the Console's is unknown. */
export function decisionTime(consoleMs: number | undefined, runnerNow: Date): DecisionTime {
  const epochMs = consoleMs ?? runnerNow.getTime();
  return {
    epochMs,
    clock: consoleMs === undefined ? 'runner' : 'console',
    day: new Date(epochMs).toISOString().slice(0, 10),
  };
}
