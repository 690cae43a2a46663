import { describe, expect, test } from '@jest/globals';
import { type Progress, type ProgressEntry, success } from '../../src/scan/evidence.ts';
import type { Observation } from '../../src/scan/history.ts';
import {
  beginRegularScan,
  isOpen,
  type OpenState,
  observeRegularScan,
  type ScanState,
} from '../../src/scan/state.ts';
import { entry, unanswered } from './evidence.ts';
import { criteria } from './story.ts';

/* Every sequence of answers about registries that come and go, with equal states merged. */

/** Two polls without a registry that runs end the scan if they are this far apart; `start-timeout` takes six. */
const STEP_MS = 10_000;
const START_STEPS = criteria.startTimeoutMs / STEP_MS;

const SHOWN = {
  part: { isOngoing: true, scanned: 1, total: 2 },
  whole: { isOngoing: true, scanned: 2, total: 2 },
  done: { scanned: 2, total: 2 },
  stopped: { scanned: 1, total: 2 },
  failed: { scanned: 2, total: 2, scanError: 'unauthorized' },
} as const;
type Shown = keyof typeof SHOWN | 'absent';

/** One answer: what each registry shows; undefined if progress did not answer. */
type Answer = readonly Shown[] | undefined;

/** A reader's memory of the wait. */
interface Memory {
  /** The last entry of each registry, while it was shown. */
  readonly last: readonly Shown[];
  readonly wasRunning: boolean;
  readonly hasError: boolean;
  readonly hasStoppedEnd: boolean;
  /** Steps since nothing runs; undefined while something does. */
  readonly idle: number | undefined;
  /** Steps between answered polls while nothing was seen running. */
  readonly waited: number;
  readonly isAnswered: boolean;
}

interface Node {
  readonly state: OpenState;
  readonly memory: Memory;
  readonly path: readonly string[];
}

function answersOf(registries: number, shown: readonly Shown[]): readonly Answer[] {
  let answers: readonly (readonly Shown[])[] = [[]];
  for (let at = 0; at < registries; at += 1) {
    answers = answers.flatMap((answer) => shown.map((each) => [...answer, each]));
  }
  return [...answers, undefined];
}

function entriesOf(answer: readonly Shown[]): Progress {
  return answer.flatMap((shown, at): readonly ProgressEntry[] =>
    shown === 'absent' ? [] : [entry({ ...SHOWN[shown], registry: `r${at}.example` })],
  );
}

function isRunning(answer: readonly Shown[]): boolean {
  return answer.some((shown) => shown === 'part' || shown === 'whole');
}

/** The first poll drains: an end that is there is last night's. */
function firstMemory(answer: readonly Shown[]): Memory {
  return {
    last: answer.map((shown) => (shown === 'part' || shown === 'whole' ? shown : 'absent')),
    wasRunning: isRunning(answer),
    hasError: false,
    hasStoppedEnd: false,
    idle: undefined,
    waited: 0,
    isAnswered: true,
  };
}

function remember(memory: Memory, answer: Answer, hasPassed: boolean): Memory {
  const steps = hasPassed ? 1 : 0;
  const idle = memory.idle === undefined ? undefined : Math.min(memory.idle + steps, 2);
  if (answer === undefined) return { ...memory, idle, isAnswered: false };
  const runs = isRunning(answer);
  const waited = memory.waited + (memory.isAnswered ? steps : 0);
  return {
    last: answer.map((shown, at) => (shown === 'absent' ? (memory.last[at] ?? 'absent') : shown)),
    wasRunning: memory.wasRunning || runs,
    hasError: memory.hasError || answer.includes('failed'),
    hasStoppedEnd: memory.hasStoppedEnd || answer.includes('stopped'),
    idle: runs || !memory.wasRunning ? undefined : (idle ?? 0),
    waited: memory.wasRunning || runs ? 0 : Math.min(waited, START_STEPS),
    isAnswered: true,
  };
}

/** The invariant that a state breaks; undefined if it holds them all. */
function broken(state: ScanState, memory: Memory, answer: Answer): string | undefined {
  const isOver = answer !== undefined && !isRunning(answer) && (memory.idle ?? 0) >= 1;
  const isWhole = !memory.hasError && !memory.hasStoppedEnd && !memory.last.includes('part');
  switch (state.phase) {
    case 'finished':
      if (!memory.wasRunning) return 'finished without having been seen running';
      if (!isOver) return 'finished before two polls ten seconds apart showed nothing running';
      if (state.error !== undefined) return memory.hasError ? undefined : 'failed by an error of last night';
      return isWhole ? undefined : 'passed although a registry failed, was stopped or vanished';
    case 'given-up':
      if (answer === undefined) return 'given up on a poll that was not answered';
      if (state.why === 'not-started') {
        if (memory.wasRunning) return 'not-started although it was seen running';
        return memory.waited >= START_STEPS ? undefined : 'not-started before start-timeout';
      }
      if (!isOver) return 'given up before two polls ten seconds apart showed nothing running';
      return isWhole ? 'incomplete although every registry is complete' : undefined;
    default:
      if (isOver) return 'open although two polls ten seconds apart showed nothing running';
      return answer !== undefined && memory.waited >= START_STEPS ? 'open after start-timeout' : undefined;
  }
}

function keyOf(state: OpenState, memory: Memory): string {
  const { history, phase, spentMs } = state;
  const shown = [...history.progress, ...history.vanished].map(
    ({ registry, isOngoing, imageScan }) => `${registry}${isOngoing}${imageScan.scanned}`,
  );
  const spent = phase === 'scanning' ? '' : Math.min(spentMs, criteria.startTimeoutMs);
  return JSON.stringify([
    phase,
    spent,
    shown,
    history.progress.length,
    history.error !== undefined,
    history.hadIncompleteEnd,
    history.isAnswered,
    memory,
  ]);
}

/** Explores all sequences; throws the first one that breaks an invariant. */
function explore(answers: readonly Answer[]) {
  const known = new Set<string>();
  const verdicts = new Set<string>();
  let [steps, polls] = [0, 0];
  let layer = answers.flatMap((answer): readonly Node[] =>
    answer === undefined
      ? []
      : [
          {
            state: beginRegularScan(entriesOf(answer), 0),
            memory: firstMemory(answer),
            path: [answer.join(' ')],
          },
        ],
  );
  for (; layer.length > 0; polls += 1) {
    const next: Node[] = [];
    for (const { state, memory, path } of layer) {
      for (const answer of answers) {
        for (const hasPassed of [false, true]) {
          steps += 1;
          const atMs = state.history.polledAtMs + (hasPassed ? STEP_MS : 0);
          const seen: Observation = {
            atMs,
            progress: answer === undefined ? unanswered : success(entriesOf(answer)),
            report: 'not-polled',
            isWanted: false,
            isTriggerRefused: false,
          };
          const after = observeRegularScan(state, seen, criteria);
          const known1 = remember(memory, answer, hasPassed);
          const told = [...path, `${answer?.join(' ') ?? 'no answer'}${hasPassed ? ', a step later' : ''}`];
          const reason = broken(after, known1, answer);
          if (reason !== undefined) throw new Error([reason, ...told, `→ ${after.phase}`].join('\n'));
          if (!isOpen(after)) {
            verdicts.add(
              after.phase === 'given-up' ? after.why : after.error === undefined ? 'passed' : 'failed',
            );
            continue;
          }
          const key = keyOf(after, known1);
          if (known.has(key)) continue;
          known.add(key);
          next.push({ state: after, memory: known1, path: told });
        }
      }
    }
    layer = next;
  }
  return { states: known.size, steps, polls, verdicts };
}

describe('Every sequence of the regular scan', () => {
  test.each<[string, number, readonly Shown[]]>([
    ['two registries', 2, ['absent', 'part', 'whole', 'done', 'stopped', 'failed']],
    ['three registries', 3, ['absent', 'part', 'done']],
  ])(
    'of %s that come and go holds every invariant',
    (name, registries, shown) => {
      const { states, steps, polls, verdicts } = explore(answersOf(registries, shown));
      process.stdout.write(`${name}: ${states} states (all of them after ${polls} polls), ${steps} steps\n`);
      expect(polls).toBeGreaterThanOrEqual(8);
      expect([...verdicts]).toEqual(expect.arrayContaining(['passed', 'incomplete', 'not-started']));
    },
    600_000,
  );
});
