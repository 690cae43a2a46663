import type { Progress, ProgressEntry, Result } from './evidence.ts';

/** The result of one poll of progress: `empty` is `[]`, `ended` is an answer whose entries have all ended. */
export type ProgressShows = 'running' | 'ended' | 'empty' | 'failed' | 'not-polled';

/** Sums up one answer of progress. */
export function progressShows(progress: Result<Progress> | 'not-polled'): ProgressShows {
  if (progress === 'not-polled') return 'not-polled';
  if (!progress.ok) return 'failed';
  if (progress.value.length === 0) return 'empty';
  return progress.value.some(({ isOngoing }) => isOngoing) ? 'running' : 'ended';
}

/** True if everything was scanned, and there was something to scan: `scanned ≥ total ≥ 1`. */
export function isComplete(progress: Progress): boolean {
  return progress.every(hasAll) && progress.some(({ imageScan }) => imageScan.total >= 1);
}

/** True if both phases of an entry are complete. */
export function hasAll({ discovery, imageScan }: ProgressEntry): boolean {
  return [discovery, imageScan].every(({ scanned, total }) => scanned >= total);
}

/** The first error of either phase; undefined for none. */
export function firstError(progress: Progress): string | undefined {
  const errors = progress.flatMap(({ discovery, imageScan }) => [discovery.error, imageScan.error]);
  return errors.find((error) => error !== undefined);
}

/**
 * The entries that were running and incomplete, and have no successor in a later answer: their end was not shown. A
 * successor is an entry of the same registry whose counts are not smaller.
 */
export function vanished(before: Progress, after: Progress): Progress {
  const successors = new Map<string, ProgressEntry[]>();
  for (const entry of after) {
    const ofRegistry = successors.get(entry.registry ?? '');
    if (ofRegistry === undefined) successors.set(entry.registry ?? '', [entry]);
    else ofRegistry.push(entry);
  }
  // The entry with the highest counts chooses first, and takes the nearest successor.
  const open = before.filter((entry) => entry.isOngoing).sort(byCountsDescending);
  const lost = open.filter((entry) => !takeSuccessor(entry, successors.get(entry.registry ?? '') ?? []));
  return lost.filter((entry) => !isComplete([entry]));
}

function takeSuccessor(entry: ProgressEntry, candidates: ProgressEntry[]): boolean {
  const [nearest] = candidates.filter((candidate) => continues(candidate, entry)).sort(byCounts);
  if (nearest === undefined) return false;
  candidates.splice(candidates.indexOf(nearest), 1);
  return true;
}

function continues(later: ProgressEntry, entry: ProgressEntry): boolean {
  return (['discovery', 'imageScan'] as const).every(
    (phase) => later[phase].scanned >= entry[phase].scanned && later[phase].total >= entry[phase].total,
  );
}

function byCounts(one: ProgressEntry, other: ProgressEntry): number {
  return one.imageScan.total - other.imageScan.total || one.imageScan.scanned - other.imageScan.scanned;
}

function byCountsDescending(one: ProgressEntry, other: ProgressEntry): number {
  return byCounts(other, one);
}
