import { expect, test } from '@jest/globals';
import { type Progress, type ReportSnapshot, success } from '../../src/scan/evidence.ts';
import type { Observation } from '../../src/scan/history.ts';
import {
  beginRegularScan,
  beginWait,
  type Criteria,
  type OpenState,
  observe,
  observeRegularScan,
  type ScanState,
} from '../../src/scan/state.ts';
import { nothing, row, shows, unanswered } from './evidence.ts';

/** The answers of a Console to one wait, poll by poll, and the resulting state. */
export interface Story {
  readonly name: string;
  readonly origin?: 'triggered' | 'awaited';
  readonly baseline?: ReportSnapshot;
  /** The progress that is read before the trigger. */
  readonly first?: Progress;
  /** True if the row of the baseline has the requested digest. */
  readonly isWanted?: boolean;
  readonly criteria?: Partial<Criteria>;
  readonly polls?: readonly Observation[];
  readonly expected: object;
}

export const criteria: Criteria = {
  startTimeoutMs: 60_000,
  reportTimeoutMs: 10_000,
  maxScanAgeMs: undefined,
  hasDigest: false,
};

/** The baseline: scanned at 08:00, read at 09:00. */
export const before = shows(row('08:00:00'), '09:00:00');
export const newer = shows(row('09:00:20'), '09:00:30');
export const failed = shows(row('09:00:20', { error: 'no such layer' }), '09:00:30');

/** One poll, so many seconds after the first one. The report is not polled unless given. */
export function poll(
  second: number,
  progress: Progress | 'unanswered' | 'not-polled',
  report: ReportSnapshot | 'unanswered' | 'not-polled' = 'not-polled',
  isWanted = true,
): Observation {
  return {
    atMs: second * 1_000,
    progress:
      progress === 'not-polled' ? progress : progress === 'unanswered' ? unanswered : success(progress),
    report: report === 'not-polled' ? report : report === 'unanswered' ? unanswered : success(report),
    isWanted,
    isTriggerRefused: false,
  };
}

/** A poll of the other digest's row. */
export function unwanted(
  second: number,
  progress: Progress | 'unanswered',
  report: ReportSnapshot,
): Observation {
  return poll(second, progress, report, false);
}

/** The same poll every second, the last one at `toSecond`. */
export function every(
  fromSecond: number,
  toSecond: number,
  of: (second: number) => Observation,
): readonly Observation[] {
  return Array.from({ length: toSecond - fromSecond + 1 }, (_none, index) => of(fromSecond + index));
}

/** The state that a story of one image ends in. */
export function stateAfter(story: Omit<Story, 'name' | 'expected'>): ScanState {
  const held = { ...criteria, ...story.criteria };
  const { origin = 'triggered', baseline = before, first = nothing, isWanted = true, polls = [] } = story;
  const begun = beginWait({ origin, baseline, first, isWanted, readAtMs: baseline.readAtMs, atMs: 0 }, held);
  return fold(begun, polls, (state, seen) => observe(state, seen, held));
}

/** The state that the regular scan ends in. */
export function regularStateAfter(polls: readonly Observation[]): ScanState {
  const begun = beginRegularScan(nothing, 0);
  return fold(begun, polls, (state, seen) => observeRegularScan(state, seen, criteria));
}

function fold(
  begun: ScanState,
  polls: readonly Observation[],
  next: (state: OpenState, seen: Observation) => ScanState,
): ScanState {
  return polls.reduce((state, seen) => {
    if (state.phase === 'finished' || state.phase === 'given-up') {
      throw new Error(`The wait is over before the poll at ${seen.atMs / 1_000} s: ${JSON.stringify(state)}`);
    }
    return next(state, seen);
  }, begun);
}

/** Holds each story to the state that it is expected to end in. */
export function holds(stories: readonly Story[]): void {
  test.each(stories.map((story) => [story.name, story] as const))('%s', (_name, story) => {
    expect(stateAfter(story)).toMatchObject(story.expected);
  });
}
