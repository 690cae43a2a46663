import type { Reason } from '../../src/policy/reasons.ts';
import { type Cell, cellKey } from './cell.ts';
import type { Outcome } from './cell-run.ts';
import { expectedReasons, isToPass } from './expectation.ts';
import { type ImageResult, worstOf } from './results.ts';
import type { ExpectedEnd } from './setups.ts';

/** The results of a run of the matrix; each list but the first should be empty. */
export interface Figures {
  readonly outcomes: readonly Outcome[];
  /** Passed, and no scan had finished without error. */
  readonly unproven: readonly Outcome[];
  /** Not over at the deadline. */
  readonly hung: readonly Outcome[];
  /** Not passed, although what went wrong had passed by itself. */
  readonly needless: readonly Outcome[];
  /** Another reason than the contract allows. */
  readonly unexpected: readonly Outcome[];
  /** A secret in a log, an output or the summary. */
  readonly leaks: readonly Outcome[];
  /** The fault was never injected, so the cell shows nothing. */
  readonly missed: readonly Outcome[];
  /** Connections to a host that a redirect named. */
  readonly foreignConnections: number;
}

export function figuresOf(outcomes: readonly Outcome[], foreignConnections: number): Figures {
  const unexpected = outcomes.filter((outcome) => !isExpected(outcome));
  return {
    outcomes,
    unproven: outcomes.filter(isUnproven),
    hung: outcomes.filter(({ hung }) => hung),
    needless: unexpected.filter(isNeedless),
    unexpected: unexpected.filter((outcome) => !isNeedless(outcome)),
    leaks: outcomes.filter(({ leaks }) => leaks.length > 0),
    missed: outcomes.filter(({ injected }) => injected === 0),
    foreignConnections,
  };
}

/** The figures in one line. */
export function figuresLine(figures: Figures): string {
  const { outcomes, unproven, hung, needless, unexpected, leaks } = figures;
  return [
    `${outcomes.length} cells`,
    `${unproven.length} passes without proof`,
    `${hung.length} hangs`,
    `${needless.length} failures for a fault that was over by itself`,
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
    const { cell, verdict, reason, tookMs, requests, injected, leaks, message } = outcome;
    const seconds = (tookMs / 1000).toFixed(1);
    const told = `after ${seconds} s, ${requests} requests, ${injected} of them with the fault`;
    const where = leaks.length > 0 ? ` Secrets in: ${leaks.join(', ')}.` : '';
    const expected = outcome.images
      .map(({ image }) => expectedReasons(cell, image.end).join(' or '))
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
function isExpected({ cell, verdict, reason, images, injected }: Outcome): boolean {
  const worst = worstOf(images);
  if (worst?.reason !== reason || worst.verdict !== verdict) return false;
  if (images.length > 1 && isAskedOfOne(cell) && images.filter(isChanged).length > injected) return false;
  return images.every(({ image, reason: its }) =>
    expectedReasons(cell, image.end).some((expected) => expected === its),
  );
}

function isNeedless({ cell, images }: Outcome): boolean {
  return images.some(({ image, verdict }) => verdict !== 'passed' && isToPass(cell, image.end));
}

/** The report is read for all images at once, and all of them share a log-in. */
function isAskedOfOne({ call }: Cell): boolean {
  return call === 'trigger' || call === 'progress';
}

/** True if it ended otherwise than it would have by itself. */
function isChanged({ image, reason }: ImageResult): boolean {
  return reason !== BY_ITSELF[image.end];
}

const BY_ITSELF = {
  passes: 'scan-completed',
  fails: 'scan-error',
  'never ends': 'still-scanning',
  violates: 'severity-cutoff',
} as const satisfies Record<ExpectedEnd, Reason>;
