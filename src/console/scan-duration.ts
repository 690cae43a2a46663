/** How long scans take, as far as we believe it. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 2 * 3_600_000;

/** What the unit may be: it is not documented. */
const UNITS_IN_MS = [1e-6, 1e-3, 1, 1_000];

/**
 * How long a scan took, in milliseconds, from `scanDuration` of a row, whose unit is not documented. Undefined
 * where no unit makes sense of the number, or more than one does: then nothing is known. It only ever
 * decides when to look, so whatever is there, it is no error.
 */
export function scanDurationMs(scanDuration: unknown): number | undefined {
  if (typeof scanDuration !== 'number') return undefined;
  const plausible = UNITS_IN_MS.map((unitMs) => scanDuration * unitMs).filter(
    (ms) => ms >= SHORTEST_MS && ms <= LONGEST_MS,
  );
  return plausible.length === 1 ? plausible[0] : undefined;
}
