/** The moments of one scan on the Console's clock, in epoch milliseconds. */
export type Phases = {
  readonly registeredAtMs: number;
  readonly discoveredAtMs: number;
  readonly scannedAtMs: number;
  readonly endsAtMs: number;
};

type Durations = {
  readonly registerDelayMs: number;
  readonly discoveryMs: number;
  readonly scanMs: number;
  readonly closingMs: number;
  readonly outcome: string;
};

/** Lays the phases out from the moment of the trigger. A failed discovery leaves nothing to scan. */
export function phasesFrom(triggeredAtMs: number, script: Durations): Phases {
  const registeredAtMs = triggeredAtMs + script.registerDelayMs;
  const discoveredAtMs = registeredAtMs + script.discoveryMs;
  const scannedAtMs = script.outcome === 'discovery-error' ? discoveredAtMs : discoveredAtMs + script.scanMs;
  return { registeredAtMs, discoveredAtMs, scannedAtMs, endsAtMs: scannedAtMs + script.closingMs };
}

/** How many of `total` are done at `atMs`, at an even speed between two moments. */
export function doneBetween(fromMs: number, toMs: number, atMs: number, total: number): number {
  if (atMs >= toMs) return total;
  if (atMs <= fromMs) return 0;
  return Math.floor((total * (atMs - fromMs)) / (toMs - fromMs));
}
