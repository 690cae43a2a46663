import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { WaitEvent } from '../../src/scan/event.ts';
import type { Completion } from '../../src/scan/state.ts';
import { FULL } from '../sample.ts';
import { isOngoing, mustPass, shownTo, unsound } from './truth.ts';
import { kindsOf, kindWorlds, type World, worlds } from './world.ts';
import { type Call, Refused, type Run, runIn } from './world-run.ts';

/**
 * The real loop, in random worlds, under a clock that waits for nobody. `WORLDS=100000` tries more of them, and
 * `WORLDS_SEED=1` tries others; a failure prints the seed and the smallest world that shows it.
 */
const WORLDS = Number(process.env.WORLDS ?? (FULL ? 1_500 : 300));
const SEED = Number(process.env.WORLDS_SEED ?? 20_261_102);

const met = new Map<string, number>();
let tried = 0;

function count(name: string): void {
  met.set(name, (met.get(name) ?? 0) + 1);
}

function note(run: Run): void {
  tried += 1;
  for (const kind of kindsOf(run.world)) count(kind);
  count(`→ ${outcomeOf(run)}`);
}

function outcomeOf({ end }: Run): string {
  if (end.kind === 'thrown') return end.error instanceof Refused ? 'refused' : 'broken off';
  const { reason } = end.judged.decision;
  return end.ending.phase === 'finished' ? `${reason} by ${end.ending.proof}` : reason;
}

/** Holds in every world, or shows the smallest one in which it does not. */
async function everywhere(
  arbitrary: fc.Arbitrary<World>,
  holds: (run: Run) => void,
  numRuns = WORLDS,
): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (world) => {
    const run = await runIn(world);
    note(run);
    holds(run);
  });
  await fc.assert(property, { numRuns, seed: SEED });
}

interface Look {
  readonly beganAtMs: number;
  readonly overAtMs: number;
  readonly calls: readonly Call[];
  readonly phase: Completion['phase'];
}

/** Looks in order: when each began, when it was over, and what was asked in it. */
function looksOf({ calls, events }: Run): Look[] {
  // The questions for the report as it was before the trigger belong to no look.
  const beganAtMs = events.find(({ kind }) => kind === 'earlier-report')?.atMs ?? 0;
  let next = calls.filter(({ overAtMs }) => overAtMs <= beganAtMs).length;
  return events.flatMap((event) => {
    if (event.kind !== 'looked') return [];
    const asked: Call[] = [];
    for (let call = calls[next]; call !== undefined && call.overAtMs <= event.atMs; call = calls[next]) {
      asked.push(call);
      next += 1;
    }
    return [
      {
        beganAtMs: asked[0]?.askedAtMs ?? event.atMs,
        overAtMs: event.atMs,
        calls: asked,
        phase: event.state.phase,
      },
    ];
  });
}

describe('In random worlds', () => {
  test('a pass is proven by a scan that truly finished without error', async () => {
    await everywhere(worlds, (run) => expect(unsound(run)).toBeUndefined(), 2 * WORLDS);
  });

  test('a scan that finished, and left its evidence in time, is passed', async () => {
    let claimed = 0;
    await everywhere(kindWorlds, (run) => {
      if (!mustPass(run)) return;
      claimed += 1;
      expect(outcomeOf(run)).toMatch(/^scan-completed/);
    });
    expect(claimed).toBeGreaterThan(WORLDS / 10);
  });

  test('nothing waits beyond the deadline, and a last look is never forgone', async () => {
    await everywhere(worlds, (run) => {
      expect(run.overAtMs).toBeLessThanOrEqual(run.world.timeoutMs + 1e-6);
      const isTimedOut = run.end.kind === 'ending' && run.end.judged.decision.reason === 'still-scanning';
      if (!isTimedOut) return;
      const lastLookAtMs = run.world.timeoutMs - Math.min(run.world.timeoutMs * 0.1, 10_000);
      const last = run.calls.at(-1);
      expect(last?.askedAtMs).toBeGreaterThanOrEqual(lastLookAtMs - 1e-6);
    });
  });

  test('a trigger is sent again only after a look that found nothing of a scan that may be lost', async () => {
    await everywhere(worlds, (run) => {
      const { posts, world } = run;
      if (world.mode !== 'trigger') expect(posts).toHaveLength(0);
      for (const [at, post] of posts.entries()) {
        const previous = posts[at - 1];
        if (previous === undefined) continue;
        expect(previous.outcome).toBe('unclear');
        const between = run.calls.filter(
          ({ askedAtMs, overAtMs }) => askedAtMs >= previous.settlesAtMs - 1e-6 && overAtMs <= post.sentAtMs,
        );
        const foundNothing = between.some(
          ({ question, given }) =>
            question === 'progress' && given.kind === 'answer' && given.value.length === 0,
        );
        const readReport = between.some(
          ({ question, given }) => question === 'report' && given.kind === 'answer',
        );
        const wasSeen = shownTo(run).some(
          ({ entries, overAtMs }) => overAtMs <= post.sentAtMs && isOngoing(entries),
        );
        expect({ foundNothing, readReport, wasSeen }).toEqual({
          foundNothing: true,
          readReport: true,
          wasSeen: false,
        });
      }
    });
  });

  test('the Console is never asked in haste: between looks there is the pause of the schedule', async () => {
    await everywhere(worlds, (run) => {
      const { interval } = run.world;
      const looks = looksOf(run);
      let hasty = 0;
      for (const [at, look] of looks.entries()) {
        const previous = looks[at - 1];
        if (previous === undefined) continue;
        const gapMs = look.beganAtMs - previous.overAtMs;
        const usualMs =
          interval === 'auto'
            ? 1_000
            : // After a lost answer nobody waits longer than this for the next.
              Math.min(interval.everyMs, 30_000);
        if (gapMs < usualMs - 1e-6) hasty += 1;
      }
      // The two limits of patience and the last look may come early, and so may the answer to a trigger.
      expect(hasty).toBeLessThanOrEqual(3 + 2 * run.posts.length);
    });
  });

  test('what the Console asked for with a refusal is granted, unless it is most of the time left', async () => {
    await everywhere(
      worlds,
      (run) => {
        const lastLookAtMs = run.world.timeoutMs - Math.min(run.world.timeoutMs * 0.1, 10_000);
        for (const [at, look] of looksOf(run).entries()) {
          const next = looksOf(run)[at + 1];
          if (next === undefined || next.beganAtMs >= lastLookAtMs - 1e-6) continue;
          // For the row of a scan that ended nobody waits longer than report-timeout.
          if (look.phase === 'ended') continue;
          const asked = look.calls.map(({ given }) =>
            given.kind === 'answer' ? 0 : (given.retryAfterMs ?? 0),
          );
          const askedMs = Math.max(0, ...asked);
          const leftMs = run.world.timeoutMs - look.overAtMs;
          const grantedMs = askedMs <= leftMs / 2 ? askedMs : leftMs / 4;
          // The answer to a trigger ends a pause.
          const isInterrupted = run.posts.some(
            ({ settlesAtMs }) => settlesAtMs > look.overAtMs && settlesAtMs <= next.beganAtMs,
          );
          if (!isInterrupted) {
            expect(next.beganAtMs - look.overAtMs).toBeGreaterThanOrEqual(grantedMs - 1e-6);
          }
        }
      },
      Math.ceil(WORLDS / 3),
    );
  });

  test('progress is not asked again once the end of a scan that was seen has been shown', async () => {
    await everywhere(worlds, (run) => {
      let wasOngoing = false;
      let hasEnded = false;
      for (const call of run.calls) {
        if (call.question !== 'progress') continue;
        expect(hasEnded).toBe(false);
        if (call.given.kind !== 'answer' || call.given.value.length === 0) continue;
        if (isOngoing(call.given.value)) wasOngoing = true;
        else hasEnded = wasOngoing;
      }
    });
  });

  test('a wait that is broken off ends at that moment, with the reason that was given', async () => {
    const arbitrary = fc.tuple(worlds, fc.double({ min: 0, max: 1, noNaN: true }));
    const property = fc.asyncProperty(arbitrary, async ([world, share]) => {
      const undisturbed = await runIn(world);
      const atMs = Math.floor(share * undisturbed.overAtMs);
      const reason = new Error('broken off');
      const run = await runIn(world, { atMs, reason });
      note(run);
      expect(run.belated).toBe(0);
      if (run.end.kind === 'ending') {
        // It was over at that very moment.
        expect(run.overAtMs).toBeCloseTo(undisturbed.overAtMs, 6);
        return;
      }
      expect(run.overAtMs).toBeCloseTo(atMs, 6);
      if (!(run.end.error instanceof Refused)) expect(run.end.error).toBe(reason);
    });
    await fc.assert(property, { numRuns: Math.ceil(WORLDS / 3), seed: SEED });
  });

  test('the same world ends the same way every time', async () => {
    const story = (run: Run) => ({
      overAtMs: run.overAtMs,
      outcome: outcomeOf(run),
      events: run.events.map(({ kind, atMs }: WaitEvent) => `${kind} ${atMs}`),
    });
    const property = fc.asyncProperty(worlds, async (world) => {
      expect(story(await runIn(world))).toEqual(story(await runIn(world)));
    });
    await fc.assert(property, { numRuns: Math.ceil(WORLDS / 30), seed: SEED });
  });

  test('every kind of world was met, and every way to end', () => {
    // A few worlds, as tried for each mutant, cannot meet the rare ones.
    const kinds = [
      ...KINDS.map((kind) => [kind, 1 / 200] as const),
      ...OUTCOMES.map((kind) => [kind, 1 / 2_000] as const),
    ];
    const wanted = WORLDS < 1_000 ? [] : kinds;
    const rare = wanted.filter(([kind, share]) => (met.get(kind) ?? 0) < share * tried);
    expect(rare.map(([kind]) => `${kind}: ${met.get(kind) ?? 0} of ${tried}`)).toEqual([]);
  });

  test('some pass and some do not', () => {
    const passed = [...met].flatMap(([name, times]) => (name.startsWith('→ scan-completed') ? times : []));
    const share = passed.reduce((sum, times) => sum + times, 0) / tried;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
  });
});

const KINDS = [
  'mode trigger',
  'mode await',
  'mode await-regular',
  'crowd of 3',
  'crowd of 40',
  'crowd of 300',
  'several registries',
  'registers late',
  'runs long',
  'fails in discovery',
  'fails in the image scan',
  'fails in the row',
  'never shows progress',
  'end read by someone else',
  'no row before',
  'old row',
  'unread end lying around',
  'row lags',
  'row before the end',
  'row never comes',
  'report forbidden',
  'report not found',
  'several entries',
  'report hidden at first',
  'trigger answered late over an unread end',
  'trigger’s answer lost, accepted',
  'trigger lost',
  'trigger answered late',
  'trigger refused',
  'restart',
  'someone else scans too',
  'someone else reads at random',
  'outages',
  'slow answers',
];

const OUTCOMES = [
  '→ scan-completed by progress',
  '→ scan-completed by report',
  '→ scan-completed by vanished',
  '→ scan-error by progress',
  '→ scan-error by report',
  '→ not-started',
  '→ still-scanning',
  '→ unconfirmed',
  '→ unreachable',
  '→ invalid-response',
  '→ refused',
  '→ broken off',
];

afterAll(() => {
  const kinds = [...met].sort(([, one], [, other]) => other - one).map(([kind, times]) => `${kind} ${times}`);
  process.stdout.write(`worlds tried: ${tried} (${kinds.join(', ')})\n`);
});
