import { describe, expect, test } from '@jest/globals';
import { isComplete } from '../../src/scan/progress.ts';
import { beginWait, expire, isOpen, type OpenState, observe, type ScanState } from '../../src/scan/state.ts';
import { FULL } from '../sample.ts';
import { at } from './evidence.ts';
import {
  BEGINNINGS,
  type BeginningCase,
  broken,
  contextOf,
  criteriaOf,
  firstMemory,
  isPass,
  keyOfMemory,
  type Memory,
  type Poll,
  PROGRESS,
  pollsOf,
  REPORT,
  type Reached,
  remember,
  STEP_MS,
  TIMEOUT_STEPS,
} from './sequence-model.ts';

/*
 * Every sequence of observations, from every beginning, with equal states merged: a wait can remember only so much, so
 * that all of its states are reached after some polls, and every longer sequence leads to one of them again.
 */

/** The knowledge of a reader of a sequence, and what it becomes by each poll, as far as that was asked. */
interface Knowledge {
  readonly id: number;
  readonly memory: Memory;
  readonly after: (Knowledge | undefined)[];
}

/** A state that some sequence leads to, with the knowledge of a reader of that sequence. */
interface Node {
  readonly begun: BeginningCase;
  /** Polled at 0, as only the time between two polls counts. */
  readonly state: OpenState;
  readonly knowledge: Knowledge;
  /** The node and the poll before, on one of the shortest sequences. */
  readonly from: Node | undefined;
  readonly poll: Poll | undefined;
  /** Where the next poll can lead, a node for each poll, and how many of them end the wait. */
  readonly next: Node[];
  ends: number;
}

/** A Console without `Date` and without an earlier row proves nothing by a row: all of it is explored with `FULL=1`. */
const EXPLORED = FULL
  ? BEGINNINGS
  : BEGINNINGS.filter(({ hasDate, baseline }) => hasDate || baseline === 'old');
/** Sequences are counted up to this length. */
const POLLS_COUNTED = 8;
const LIMIT_MS = 600_000;

class Exploration {
  readonly nodes = new Map<string, Node>();
  readonly #knowledge = new Map<string, Knowledge>();
  readonly beginnings: Node[] = [];
  readonly verdicts = new Set<string>();
  steps = 0;
  depth = 0;

  explore(): void {
    let layer = EXPLORED.flatMap((begun) => this.#begin(begun) ?? []);
    for (; layer.length > 0; this.depth += 1) layer = layer.flatMap((node) => this.#step(node));
  }

  #begin(begun: BeginningCase): Node | undefined {
    const baseline = REPORT[begun.baseline](begun.hasDate ? '09:00:00' : undefined);
    const { readAtMs } = baseline;
    const { origin } = begun;
    const first = PROGRESS[begun.first];
    const state = beginWait(
      { origin, baseline, first, isWanted: true, readAtMs, atMs: 0 },
      criteriaOf(begun),
    );
    const knowledge = this.#know(begun, firstMemory(begun));
    const { memory } = knowledge;
    check(state, { begun, before: memory, memory, poll: undefined, isDeadline: false }, undefined);
    if (!isOpen(state)) {
      this.verdicts.add(verdictOf(state));
      return undefined;
    }
    const key = keyOf(state, knowledge);
    const node = this.nodes.get(key) ?? nodeOf(begun, state, knowledge, undefined, undefined);
    this.beginnings.push(node);
    if (this.nodes.has(key)) return undefined;
    this.nodes.set(key, node);
    return node;
  }

  #step(node: Node): readonly Node[] {
    const { begun } = node;
    const criteria = criteriaOf(begun);
    const found: Node[] = [];
    for (const [at, poll] of pollsOf(begun).entries()) {
      this.steps += 1;
      const state = observe(node.state, poll.seen, criteria);
      const knowledge = this.#after(node, at, poll);
      const { memory } = knowledge;
      const before = node.knowledge.memory;
      check(state, { begun, before, memory, poll, isDeadline: false }, node);
      if (!isOpen(state)) {
        this.verdicts.add(verdictOf(state));
        node.ends += 1;
        continue;
      }
      const key = keyOf(state, knowledge);
      const known = this.nodes.get(key);
      const next = known ?? nodeOf(begun, state, knowledge, node, poll);
      node.next.push(next);
      if (known !== undefined) continue;
      check(expire(state, criteria), { begun, before, memory, poll, isDeadline: true }, node);
      this.nodes.set(key, next);
      found.push(next);
    }
    return found;
  }

  #after({ begun, knowledge }: Node, at: number, poll: Poll): Knowledge {
    const after = knowledge.after[at] ?? this.#know(begun, remember(knowledge.memory, poll, begun));
    knowledge.after[at] = after;
    return after;
  }

  /** Equal memories in equal contexts are one. */
  #know(begun: BeginningCase, memory: Memory): Knowledge {
    const key = `${contextOf(begun, memory)}|${keyOfMemory(memory)}`;
    const known = this.#knowledge.get(key) ?? { id: this.#knowledge.size, memory, after: [] };
    this.#knowledge.set(key, known);
    return known;
  }

  /** How many sequences there are of up to so many polls. */
  sequences(polls: number): number {
    let ended = 0;
    let ways = new Map<Node, number>();
    for (const node of this.beginnings) ways.set(node, (ways.get(node) ?? 0) + 1);
    for (let poll = 0; poll < polls; poll += 1) {
      const after = new Map<Node, number>();
      for (const [node, count] of ways) {
        ended += count * node.ends;
        for (const next of node.next) after.set(next, (after.get(next) ?? 0) + count);
      }
      ways = after;
    }
    return ended + [...ways.values()].reduce((sum, count) => sum + count, 0);
  }
}

function nodeOf(
  begun: BeginningCase,
  state: OpenState,
  knowledge: Knowledge,
  from: Node | undefined,
  poll: Poll | undefined,
): Node {
  const polledAtZero = { ...state, history: { ...state.history, polledAtMs: 0 } };
  return { begun, state: polledAtZero, knowledge, from, poll, next: [], ends: 0 };
}

function check(state: ScanState, reached: Reached, from: Node | undefined): void {
  const reason = broken(state, reached);
  if (reason !== undefined) throw new Error(`${reason}\n${told(state, reached, from)}`);
}

/** The sequence that breaks an invariant, a line a poll. */
function told(state: ScanState, { begun, poll, isDeadline }: Reached, from: Node | undefined): string {
  const polls = poll === undefined ? [] : [poll];
  for (let node = from; node?.poll !== undefined; node = node.from) polls.unshift(node.poll);
  const lines = polls.map(
    ({ progress, report, hasPassed }) => `${progress} × ${report}${hasPassed ? ', a step later' : ''}`,
  );
  const end = isDeadline ? ['the deadline'] : [];
  return [JSON.stringify(begun), ...lines, ...end, `→ ${state.phase}, ${verdictOf(state)}`].join('\n');
}

function verdictOf(state: ScanState): string {
  switch (state.phase) {
    case 'finished':
      return isPass(state) ? `passed by ${state.proof}` : 'failed';
    case 'given-up':
      return `given up: ${state.why}`;
    default:
      return 'open';
  }
}

const SPOILED_AT_MS = at('09:00:20');

/**
 * All of a state that any later poll can ask for: two nodes with one key have one future. Of the rows that is, if one scan
 * was shown with an error, and after an end that was there first, the row that is there; of progress, the entries that
 * run, and if the last end was complete.
 */
function keyOf(state: OpenState, { id }: Knowledge): string {
  const { history } = state;
  const { snapshot, rows, progress } = history;
  const there =
    state.phase === 'over-before' && snapshot.kind === 'row' ? snapshot.row.scanTime?.epochMs : '';
  const isSpoiled = rows.some(
    ({ row }) => row.error !== undefined && row.scanTime?.epochMs === SPOILED_AT_MS,
  );
  const spent = state.phase === 'scanning' ? state.missed : Math.min(state.spentMs, TIMEOUT_STEPS * STEP_MS);
  const more =
    state.phase === 'awaiting-report'
      ? state.isShown
      : state.phase === 'awaiting-better-row'
        ? state.row.scanTime?.epochMs
        : '';
  const ongoing = progress.reduce((sum, { isOngoing }) => sum + (isOngoing ? 1 : 0), 0);
  const flags = [
    isSpoiled,
    isComplete(progress),
    history.wasSeen,
    history.error !== undefined,
    history.hadSeveral,
    history.hadIncompleteEnd,
    history.isAnswered,
  ];
  // Millions of keys are compared, so they are short.
  const bits = flags.reduce((sum, flag) => sum * 2 + (flag ? 1 : 0), 0);
  return `${id}|${state.phase}${spent}|${more}|${snapshot.kind}${there}|${bits}|${ongoing}${history.vanished.length}`;
}

describe('Every sequence of observations', () => {
  test(
    'holds every invariant at every step, from every beginning',
    () => {
      const exploration = new Exploration();
      exploration.explore();
      const { nodes, steps, depth, verdicts } = exploration;
      const sequences = exploration.sequences(POLLS_COUNTED).toExponential(1);
      process.stdout.write(
        `${EXPLORED.length} beginnings, ${nodes.size} states (all of them after ${depth} polls), ${steps} steps; ` +
          `${sequences} sequences of up to ${POLLS_COUNTED} polls\n`,
      );
      expect(depth).toBeGreaterThanOrEqual(POLLS_COUNTED);
      // Otherwise the invariants would hold of nothing.
      expect([...verdicts].sort()).toEqual([
        'failed',
        'given up: incomplete',
        'given up: not-started',
        'given up: unconfirmed',
        'passed by digest',
        'passed by progress',
        'passed by progress-lost',
        'passed by recent',
        'passed by report',
      ]);
    },
    LIMIT_MS,
  );
});
