import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FULL } from '../sample.ts';
import { isOngoing, passOf, shownTo, unsound } from './truth.ts';
import { worlds } from './world.ts';
import { type Run, runIn } from './world-run.ts';

/**
 * The poller and the Console's client in random worlds, under a fake clock. `WORLDS=100000` tries more of them, and
 * `WORLDS_SEED=1` tries others; a failure prints the seed and the smallest world that shows it.
 */
const WORLDS = Number(process.env.WORLDS ?? (FULL ? 3_000 : 300));
/** Ends a test that hangs: a second for each world is far more than it takes on a busy machine. */
const LIMIT_MS = 300_000 + WORLDS * 1_000;
const SEED = Number(process.env.WORLDS_SEED ?? 20_261_102);

/** How often each outcome came. */
const met = new Map<string, number>();

function outcomeOf(run: Run): string {
  const { end } = run;
  if (end.kind === 'thrown') return 'refused';
  const { outcome } = end;
  if (outcome.kind === 'no-response') return `no response: ${outcome.failure.kind}`;
  const { state } = outcome;
  if (state.phase === 'given-up') return state.why;
  return `${passOf(run) === undefined ? 'failed' : 'passed'} by ${state.proof}`;
}

describe('In random worlds', () => {
  test(
    'a pass is proven, nothing outlasts the deadline, and no request is one too many',
    async () => {
      const property = fc.asyncProperty(worlds, async (world) => {
        const run = await runIn(world);
        const outcome = outcomeOf(run);
        met.set(outcome, (met.get(outcome) ?? 0) + 1);
        expect(unsound(run)).toBeUndefined();
        endsInTime(run);
        triggersWithCare(run);
        pollsWithoutHaste(run);
      });
      await fc.assert(property, { numRuns: WORLDS, seed: SEED });
    },
    LIMIT_MS,
  );

  test(
    'a wait that is broken off ends at that moment, with the reason that was given',
    async () => {
      const arbitrary = fc.tuple(worlds, fc.double({ min: 0, max: 1, noNaN: true }));
      const property = fc.asyncProperty(arbitrary, async ([world, share]) => {
        const undisturbed = await runIn(world);
        const atMs = Math.floor(share * undisturbed.overAtMs);
        const reason = new Error('broken off');
        const run = await runIn(world, { atMs, reason });
        if (run.overAtMs >= undisturbed.overAtMs - 1e-6) return;
        expect(run.overAtMs).toBeCloseTo(atMs, 6);
        expect(run.end).toEqual({ kind: 'thrown', error: reason });
      });
      await fc.assert(property, { numRuns: Math.ceil(WORLDS / 5), seed: SEED });
    },
    LIMIT_MS,
  );

  test('some pass and some do not', () => {
    const outcomes = [...met].sort(([, one], [, other]) => other - one);
    process.stdout.write(`${outcomes.map(([outcome, times]) => `${outcome} ${times}`).join(', ')}\n`);
    const count = (all: typeof outcomes) => all.reduce((sum, [, times]) => sum + times, 0);
    const share = count(outcomes.filter(([outcome]) => outcome.startsWith('passed'))) / count(outcomes);
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.9);
  });
});

function endsInTime(run: Run): void {
  const { timeoutMs } = run.world;
  expect(run.overAtMs).toBeLessThanOrEqual(timeoutMs + 1e-6);
  if (outcomeOf(run) !== 'still-scanning') return;
  const finalPollAtMs = timeoutMs - Math.min(timeoutMs * 0.1, 10_000);
  const last = run.calls.at(-1);
  expect(last?.sentAtMs).toBeGreaterThanOrEqual(finalPollAtMs - 1e-6);
}

/** A request is sent again only after a poll that found nothing of a scan that may be lost. */
function triggersWithCare(run: Run): void {
  const { posts, calls } = run;
  expect(posts.length).toBeLessThanOrEqual(run.world.mode === 'trigger' ? 10 : 0);
  const [first] = posts;
  if (first !== undefined) {
    // The report and progress were answered before the first request.
    const before = calls.filter(({ overAtMs }) => overAtMs <= first.sentAtMs + 1e-6);
    expect(before.some(({ name, status }) => name === 'report' && status !== undefined)).toBe(true);
    expect(before.some(({ entries }) => entries !== undefined)).toBe(true);
  }
  for (const [at, post] of posts.entries()) {
    const previous = posts[at - 1];
    if (previous === undefined) continue;
    expect(previous.outcome).toBe('unclear');
    const between = calls.filter(
      ({ sentAtMs, overAtMs }) => sentAtMs >= previous.settlesAtMs - 1e-6 && overAtMs <= post.sentAtMs,
    );
    const wasSeen = shownTo(run).some(
      ({ entries, overAtMs }) => overAtMs <= post.sentAtMs && isOngoing(entries),
    );
    expect({
      foundNothing: between.some(({ entries }) => entries?.length === 0),
      readReport: between.some(({ name, status }) => name === 'report' && status !== undefined),
      wasSeen,
    }).toEqual({ foundNothing: true, readReport: true, wasSeen: false });
  }
}

/** Between two polls there is the delay of the schedule; phase timeouts, the final poll and triggers may be early. */
function pollsWithoutHaste({ world, events, posts }: Run): void {
  const polls = events.flatMap((event) => (event.kind === 'polled' ? [event] : []));
  const usualMs = world.interval === 'auto' ? 1_000 : Math.min(world.interval.everyMs, 30_000);
  const gaps = polls.slice(1).map(({ atMs }, at) => atMs - (polls[at]?.atMs ?? 0));
  const hasty = gaps.filter((gapMs) => gapMs < usualMs - 1e-6);
  const batches = world.mode === 'await-regular' ? 2 * world.registries.length : 0;
  expect(hasty.length).toBeLessThanOrEqual(6 + batches + 2 * posts.length);
}
