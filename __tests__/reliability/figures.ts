import { cellKey } from './cell.ts';
import type { Outcome } from './cell-run.ts';
import { expectedReasons } from './expectation.ts';

/** What a run of the matrix comes to; each list but the first should be empty. */
export interface Figures {
  readonly outcomes: readonly Outcome[];
  /** Passed, and no scan had finished without error. */
  readonly unproven: readonly Outcome[];
  /** Not over at the deadline. */
  readonly hung: readonly Outcome[];
  /** Not passed, although what went wrong had passed by itself. */
  readonly failedForNothing: readonly Outcome[];
  /** Another reason than the contract allows. */
  readonly unexpected: readonly Outcome[];
  /** A secret in a log, an output or the summary. */
  readonly leaks: readonly Outcome[];
  /** The fault never struck, so the cell shows nothing. */
  readonly missed: readonly Outcome[];
  /** Connections to a host that a redirect named. */
  readonly stolen: number;
}

export function figuresOf(outcomes: readonly Outcome[], stolen: number): Figures {
  const unexpected = outcomes.filter((outcome) => !isExpected(outcome));
  return {
    outcomes,
    unproven: outcomes.filter(({ verdict, isProven }) => verdict === 'passed' && !isProven),
    hung: outcomes.filter(({ hung }) => hung),
    failedForNothing: unexpected.filter(isFailedForNothing),
    unexpected: unexpected.filter((outcome) => !isFailedForNothing(outcome)),
    leaks: outcomes.filter(({ leaks }) => leaks.length > 0),
    missed: outcomes.filter(({ strikes }) => strikes === 0),
    stolen,
  };
}

/** The figures in one line. */
export function figuresLine(figures: Figures): string {
  const { outcomes, unproven, hung, failedForNothing, unexpected, leaks } = figures;
  return [
    `${outcomes.length} cells`,
    `${unproven.length} passes without proof`,
    `${hung.length} hangs`,
    `${failedForNothing.length} failures for what passed by itself`,
    `${unexpected.length} other reasons than expected`,
    `${leaks.length} leaks`,
  ].join(', ');
}

/** More than these say nothing new, and hide what else a test run says. */
const MOST_DESCRIBED = 60;

/** The cells of a list, each with the key to run it alone. */
export function described(outcomes: readonly Outcome[]): readonly string[] {
  const more = outcomes.length - MOST_DESCRIBED;
  const rest = more > 0 ? [`… and ${more} more`] : [];
  const shown = outcomes.slice(0, MOST_DESCRIBED).map((outcome) => {
    const { cell, verdict, reason, tookMs, requests, strikes, leaks, message } = outcome;
    const seconds = (tookMs / 1000).toFixed(1);
    const told = `after ${seconds} s, ${requests} requests, ${strikes} of them struck`;
    const where = leaks.length > 0 ? ` Secrets in: ${leaks.join(', ')}.` : '';
    const expected = expectedReasons(cell).join(' or ');
    return `${cellKey(cell)}\n  expected ${expected}, got ${verdict} (${reason}) ${told}.${where} ${message}`;
  });
  return [...shown, ...rest];
}

function isExpected({ cell, reason }: Outcome): boolean {
  return expectedReasons(cell).some((expected) => expected === reason);
}

function isFailedForNothing({ cell, verdict }: Outcome): boolean {
  const [only, ...more] = expectedReasons(cell);
  return cell.times !== 'for good' && verdict !== 'passed' && only === 'scan-completed' && more.length === 0;
}
