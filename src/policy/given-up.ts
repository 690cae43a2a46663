import { formatDuration } from '../scan/duration.ts';
import type { History } from '../scan/history.ts';
import type { Limits } from '../scan/limits.ts';
import type { GivenUp } from '../scan/state.ts';
import { countPhase, type Progress } from '../scan/types.ts';
import { type Decision, decide } from './reasons.ts';

/** The parts of a run that the words depend on. */
export interface GivenUpContext {
  readonly mode: 'trigger' | 'await' | 'await-regular';
  readonly limits: Limits;
}

/** Why the wait for `name` was given up, with what the report shows instead of the scan. */
export function decisionOfGivenUp(name: string, state: GivenUp, context: GivenUpContext): Decision {
  const { why, from, history } = state;
  const timeout = formatDuration(context.limits.timeoutMs);
  const reportTimeout = formatDuration(context.limits.reportTimeoutMs);
  switch (why) {
    case 'not-triggered':
      return decide(
        'not-started',
        `The timeout of ${timeout} was over before the Console could be asked to scan ${name}.`,
      );
    case 'not-started': {
      const waited = formatDuration(Math.min(context.limits.startTimeoutMs, context.limits.timeoutMs));
      return decide(
        'not-started',
        `No sign of a scan of ${name} within ${waited}.${lastScan(history, context)}`,
      );
    }
    case 'still-scanning': {
      // A scan that runs has no row yet, so the row of before explains nothing.
      const row = from === 'scanning' || from === 'between-batches' ? '' : rowThatIsThere(history);
      return decide('still-scanning', `${STILL_SCANNING[from](name, timeout)}${row}`);
    }
    case 'incomplete':
      return decide('scan-incomplete', incompleteMessage(name, history.progress));
    case 'unconfirmed':
      return from === 'over-before'
        ? decide('unconfirmed', overBeforeMessage(name, reportTimeout, history))
        : decide(
            'unconfirmed',
            `${from === 'lost' ? 'Progress stopped showing the scan of' : 'Progress shows the end of the scan of'} ` +
              `${name}, but within ${reportTimeout} the report showed no new scan of it.${rowThatIsThere(history)}`,
          );
  }
}

const STILL_SCANNING: Readonly<Record<GivenUp['from'], (name: string, timeout: string) => string>> = {
  pending: (name, timeout) => `The scan of ${name} had not shown when the timeout of ${timeout} was over.`,
  scanning: (name, timeout) =>
    `The scan of ${name} was still running when the timeout of ${timeout} was over.`,
  'between-batches': (name, timeout) =>
    `The scan of ${name} was between two batches when the timeout of ${timeout} was over.`,
  'over-before': (name, timeout) =>
    `No new scan of ${name} had ended when the timeout of ${timeout} was over.`,
  'awaiting-report': (name, timeout) =>
    `The scan of ${name} ended, but the report did not show it before the timeout of ${timeout} was over.`,
  'awaiting-better-row': (name, timeout) =>
    `The scan of ${name} was not confirmed before the timeout of ${timeout} was over.`,
  lost: (name, timeout) =>
    `The scan of ${name} was running, then the Console stopped showing it (another client read its end, or the ` +
    `Console restarted), and the report did not show it before the timeout of ${timeout} was over.`,
};

function incompleteMessage(name: string, progress: Progress): string {
  const { scanned, total } = countPhase(progress, 'imageScan');
  const discovery = countPhase(progress, 'discovery');
  if (total === 0) {
    return `The scan of ${name} ended and found no image to scan (0 of 0); the Console may not know this tag.`;
  }
  if (scanned < total) return `The scan of ${name} ended after ${scanned} of ${total} images.`;
  return discovery.scanned < discovery.total
    ? `The scan of ${name} ended after ${discovery.scanned} of ${discovery.total} steps of its discovery.`
    : `A part of the scan of ${name} ended before all of it was scanned.`;
}

function overBeforeMessage(name: string, reportTimeout: string, history: History): string {
  return (
    `A scan of ${name} was over before this step began, and no other one showed within ${reportTimeout}. It may be ` +
    `of the push before: give digest to accept the row that carries it, or max-scan-age to accept its age.${rowThatIsThere(history)}`
  );
}

/** An unconfirmed end: what the report has instead of the new row. */
function rowThatIsThere({ snapshot, baseline, outdated, readAtMs }: History): string {
  if (outdated !== undefined) {
    const readAt = readAtMs === undefined ? '' : new Date(readAtMs).toISOString();
    return (
      ` The report shows a scan of ${outdated.text}, more than five minutes before ${readAt}, when this step read ` +
      'the report first; compare the clocks of the Console and of its Defenders.'
    );
  }
  if (readAtMs === undefined && snapshot.kind === 'row' && baseline.kind !== 'row') {
    return ' The Console sends no Date, so nothing shows that the row in the report is newer.';
  }
  switch (snapshot.kind) {
    case 'row':
      return snapshot.row.scanTime === undefined
        ? ' The report has the image, and no scan of it.'
        : ` The report still shows the scan of ${snapshot.row.scanTime.text}; if the Console skips images that it knows, max-scan-age accepts that.`;
    case 'absent':
      return ' The report has no row of it; the Console user may not see it (check the collections of the user).';
    case 'unreadable':
      return '';
  }
}

/** An age for people: seconds up to an hour, minutes up to a day, then hours. */
function roundedAgeMs(ageMs: number): number {
  const unitMs = ageMs < 3_600_000 ? 1_000 : ageMs < 86_400_000 ? 60_000 : 3_600_000;
  return Math.floor(ageMs / unitMs) * unitMs;
}

function lastScan({ snapshot, readAtMs }: History, { mode }: GivenUpContext): string {
  if (snapshot.kind !== 'row' || snapshot.row.scanTime === undefined) return '';
  const { text, epochMs } = snapshot.row.scanTime;
  const atMs = snapshot.readAtMs ?? readAtMs;
  const ageMs = atMs === undefined ? undefined : Math.max(0, atMs - epochMs);
  const age = ageMs === undefined ? '' : `, ${formatDuration(roundedAgeMs(ageMs))} old`;
  const hint = mode === 'await' ? '; max-scan-age accepts a scan of that age' : '';
  return ` The last scan in the report is of ${text}${age}${hint}.`;
}
