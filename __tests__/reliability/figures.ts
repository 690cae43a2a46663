import type { Reason } from '../../src/gate/verdict.ts';
import { type Cell, cellKey } from './cell.ts';
import type { Outcome } from './cell-run.ts';
import { expectedReasons, isToPass } from './expectation.ts';
import type { Fate } from './prospects.ts';
import { type ImageResult, worstOf } from './results.ts';

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
    unproven: outcomes.filter(isUnproven),
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
    const expected = outcome.images
      .map(({ outlook }) => expectedReasons(cell, outlook.fate).join(' or '))
      .join('; ');
    const each =
      outcome.images.length > 1 ? ` [${outcome.images.map((image) => image.reason).join('; ')}]` : '';
    return `${cellKey(cell)}\n  expected ${expected}, got ${verdict} (${reason})${each} ${told}.${where} ${message}`;
  });
  return [...shown, ...rest];
}

/** A step that passes passes every image. */
function isUnproven({ verdict, images }: Outcome): boolean {
  const passed = images.filter((image) => verdict === 'passed' || image.verdict === 'passed');
  return passed.some(({ mayPass }) => !mayPass);
}

/** Each image has a reason of its own, and the step that of the worst. */
function isExpected({ cell, verdict, reason, images, strikes }: Outcome): boolean {
  const worst = worstOf(images);
  if (worst?.reason !== reason || worst.verdict !== verdict) return false;
  if (images.length > 1 && isAskedOfOne(cell) && images.filter(isDiverted).length > strikes) return false;
  return images.every(({ outlook, reason: its }) =>
    expectedReasons(cell, outlook.fate).some((expected) => expected === its),
  );
}

function isFailedForNothing({ cell, images }: Outcome): boolean {
  return images.some(({ outlook, verdict }) => verdict !== 'passed' && isToPass(cell, outlook.fate));
}

/** The report is read for all images at once, and all of them share a log-in. */
function isAskedOfOne({ call }: Cell): boolean {
  return call === 'trigger' || call === 'progress';
}

/** Whether it ended otherwise than it would have by itself. */
function isDiverted({ outlook, reason }: ImageResult): boolean {
  return reason !== BY_ITSELF[outlook.fate];
}

const BY_ITSELF = {
  passes: 'scan-completed',
  fails: 'scan-error',
  'never ends': 'still-scanning',
  'is held': 'severity-cutoff',
} as const satisfies Record<Fate, Reason>;
