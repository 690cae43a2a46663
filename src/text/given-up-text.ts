import type { ShownInstead, WaitGivenUp } from '../policy/given-up.ts';
import { formatDuration } from '../scan/duration.ts';
import type { Description } from './description.ts';

export const MISSING_PLATFORM =
  'Have the missing platform scanned (the registry settings of the Console decide which are), or name in platforms only what you ship.';

/**
 * The reason why a wait was given up, and the row that the report shows instead. `isPlatformMissing`: the wait was
 * for one platform of an image, and the Console did not scan it.
 */
export function givenUpText(facts: WaitGivenUp, name: string, isPlatformMissing = false): Description {
  const text = describeEnd(facts, name);
  return isPlatformMissing ? { ...text, todo: MISSING_PLATFORM } : text;
}

function describeEnd(because: WaitGivenUp, name: string): Description {
  switch (because.why) {
    case 'not-triggered':
      return notTriggered(because, name);
    case 'not-started':
      return notStarted(because, name);
    case 'still-scanning':
      return stillScanning(because, name);
    case 'incomplete':
      return incomplete(because, name);
    case 'unconfirmed':
      return unconfirmed(because, name);
  }
}

function notTriggered({ waitedMs }: WaitGivenUp, name: string): Description {
  const timeout = formatDuration(waitedMs);
  return {
    what: `The timeout of ${timeout} was over before the Console could be asked to scan ${name}.`,
    todo: 'Raise timeout; the log shows how slowly the Console answered.',
    brief: `not asked for within the timeout of ${timeout}`,
  };
}

function notStarted(because: WaitGivenUp, name: string): Description {
  const within = formatDuration(because.waitedMs);
  return {
    what: `No sign of a scan of ${name} within ${within}.${lastScan(because)}`,
    todo: NOT_STARTED_TODO[because.mode],
    brief: `no sign of a scan within ${within}`,
  };
}

const NOT_STARTED_TODO = {
  trigger:
    'Check that registry, repo and tag are spelled as in the Console, that its registry settings cover them, and that a Defender is free; mode check shows which.',
  await:
    'Check that something starts a scan of this image, or use mode trigger; set max-scan-age to accept a scan that had finished before.',
  'await-regular':
    'Check the schedule of registry scans in the Console, and raise start-timeout so that it covers the time until the next one.',
} as const satisfies Record<WaitGivenUp['mode'], string>;

function lastScan({ shown, maxScanAgeMs }: WaitGivenUp): string {
  if (shown.kind !== 'scan') return '';
  const { scanTime, ageMs } = shown;
  const age = ageMs === undefined ? '' : `, ${formatDuration(roundedAgeMs(ageMs))} old`;
  const isTooOld = ageMs !== undefined && maxScanAgeMs !== undefined && ageMs > maxScanAgeMs;
  const limit = isTooOld ? `, which is older than max-scan-age ${formatDuration(maxScanAgeMs)}` : '';
  return ` The last scan in the report is of ${scanTime}${age}${limit}.`;
}

/** An age for people: seconds up to an hour, minutes up to a day, then hours. */
function roundedAgeMs(ageMs: number): number {
  const unitMs = ageMs < 3_600_000 ? 1_000 : ageMs < 86_400_000 ? 60_000 : 3_600_000;
  return Math.floor(ageMs / unitMs) * unitMs;
}

function stillScanning(because: WaitGivenUp, name: string): Description {
  const { from, mode, shown, waitedMs } = because;
  const timeout = formatDuration(waitedMs);
  const { clause, todo } = STILL_SCANNING[from];
  const isRunning = from === 'scanning' || from === 'between-batches';
  // A running scan has no row yet, so an earlier row explains nothing.
  const row = isRunning ? '' : shownRowText(shown);
  return {
    what: `The scan of ${name} ${clause} when the timeout of ${timeout} was over.${row}`,
    todo:
      isRunning && mode === 'await-regular' ? REGULAR_TODO : `${todo}${isRunning ? '' : shownRowTodo(shown)}`,
    brief: `${clause} when the timeout of ${timeout} was over`,
  };
}

const REGULAR_TODO = 'The regular scan goes on in the Console: run again with a longer timeout.';
const RUNNING_TODO =
  'The scan goes on in the Console: run again with mode await and max-scan-age to take its result, or with a longer timeout.';
const LATE_TODO =
  'Run again with max-scan-age to take the result, and with a timeout that leaves room for report-timeout.';

/** The state of the wait at the deadline: continues “The scan of …”. */
const STILL_SCANNING = {
  pending: { clause: 'had not shown', todo: 'Run again with a longer timeout.' },
  scanning: { clause: 'was still running', todo: RUNNING_TODO },
  'between-batches': { clause: 'was between two batches', todo: RUNNING_TODO },
  'over-before': {
    clause: 'had finished before this step started, and no newer one had',
    todo: 'To accept it, set digest or max-scan-age; to have a new one, use mode trigger.',
  },
  'awaiting-report': { clause: 'had ended, but the report did not show it yet', todo: LATE_TODO },
  'awaiting-better-row': { clause: 'was not confirmed', todo: LATE_TODO },
  lost: {
    clause:
      'was running, then the Console stopped showing it (another client read its end, or the Console restarted), and the report did not show it',
    todo: 'The Console may have lost it in a restart: run again, and start a new scan.',
  },
} as const satisfies Record<WaitGivenUp['from'], { readonly clause: string; readonly todo: string }>;

function incomplete({ discovery, imageScan }: WaitGivenUp, name: string): Description {
  const { scanned, total } = imageScan;
  const todo =
    'Open the registry scan in the Console, find out which image or tag was skipped and why, and run again.';
  const of = (brief: string, then = todo): Description => ({
    what: `The scan of ${name} ${brief}.`,
    todo: then,
    brief,
  });
  if (total === 0) {
    return of(
      'ended and found no image to scan (0 of 0)',
      'Check that the tag is in the registry and that the registry settings of the Console cover it, and run again.',
    );
  }
  if (scanned < total) return of(`ended after ${scanned} of ${total} images`);
  return discovery.scanned < discovery.total
    ? of(`ended after ${discovery.scanned} of ${discovery.total} steps of its discovery`)
    : of('ended before all of its parts were scanned');
}

function unconfirmed(because: WaitGivenUp, name: string): Description {
  const { from, shown, waitedMs } = because;
  const within = formatDuration(waitedMs);
  if (from === 'over-before') {
    const brief = `a scan had finished before this step started, and no newer one showed within ${within}`;
    return {
      what: `A scan of ${name} had finished before this step started, and no newer one showed within ${within}.${shownRowText(shown)}`,
      todo: 'To accept it, set digest or max-scan-age; to have a new one, use mode trigger.',
      brief,
    };
  }
  const [seen, clause] =
    from === 'lost'
      ? ['Progress stopped showing the scan', 'progress stopped showing the scan']
      : ['Progress showed the end of the scan', 'progress showed the end of the scan'];
  const then = `but the report showed no new scan of it within ${within}`;
  return {
    what: `${seen} of ${name}, ${then}.${shownRowText(shown)}`,
    todo: `Compare the scan time in the Console: if it is of this run, raise report-timeout; otherwise run again.${shownRowTodo(shown)}`,
    brief: `${clause}, ${then}`,
  };
}

/** The row that the report shows instead. */
function shownRowText(shown: ShownInstead): string {
  switch (shown.kind) {
    case 'scan':
      return ` The report still shows the scan of ${shown.scanTime}.`;
    case 'outdated-scan': {
      const at = shown.baselineAtMs === undefined ? '' : new Date(shown.baselineAtMs).toISOString();
      return ` The report shows a scan of ${shown.scanTime}, more than five minutes before ${at}, when this step first read the report.`;
    }
    case 'undated-scan':
      return ` The report shows a scan of ${shown.scanTime}; the Console sends no Date, so nothing shows that it is new.`;
    case 'unscanned-row':
      return ' The report has the image, and no scan of it.';
    case 'no-row':
      return ' The report has no row of it.';
    case 'unreadable':
      return '';
  }
}

/** The advice for the row that the report shows instead. */
function shownRowTodo(shown: ShownInstead): string {
  switch (shown.kind) {
    case 'scan':
      return ' If the Console skips images that it knows, set max-scan-age.';
    case 'outdated-scan':
      return ' Compare the clocks of the Console and of its Defenders.';
    case 'no-row':
      return ' Check that the collections of the Console user cover the image.';
    case 'undated-scan':
      return ' Let the proxy in front of the Console pass on the header Date.';
    case 'unscanned-row':
    case 'unreadable':
      return '';
  }
}
