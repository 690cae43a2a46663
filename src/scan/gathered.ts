import { asksProgress, awaitsSign } from './asking.ts';
import type { ProgressAnswer, ReportReading } from './evidence.ts';
import { entriesOf, type Look, progressSays, readingOf, reportSays } from './look.ts';
import type { Known, Open } from './state.ts';

/** The state with what a look adds to what is known, whatever it means. */
export function withEvidence(state: Open, look: Look): Open {
  const entries = entriesOf(look);
  const earlier = earlierOf(state, look);
  return {
    ...state,
    earlier,
    isEarlierLate: state.isEarlierLate || earlier !== state.earlier,
    ...(entries.length > 0 && withEntries(state, entries)),
    silentLooks: silentLooks(state, look),
    blindLooks: blindLooks(state, look),
    ...(look.isTriggerAccepted && !state.isStarted && accepted(state, look.atMs)),
    lookedAtMs: look.atMs,
  };
}

/**
 * An earlier row that could not be read says nothing; the first row that can be read takes its place, since
 * whatever is newer than that is newer still than what was there before. That there is no row, or one that was never
 * scanned, takes no place: what could not be read before may only be hidden now.
 */
function earlierOf({ earlier }: Open, look: Look): ReportReading {
  if (earlier.kind !== 'unreadable') return earlier;
  const reading = readingOf(look);
  return reading?.kind === 'row' && reading.row.scanTime !== undefined ? reading : earlier;
}

/** From now on the Console has to show the scan: what it was asked in vain before took it no time. */
function accepted(state: Open, atMs: number): Pick<Known, 'isStarted'> {
  return { isStarted: true, ...(awaitsSign(state) && { sinceMs: atMs }) };
}

/** An end that was seen before anything else may be an earlier scan's, and so may its error. */
function withEntries(state: Open, entries: ProgressAnswer): Pick<Known, 'entries' | 'error' | 'isOfSeveral'> {
  const isSame = state.phase === 'scanning' || state.phase === 'vanished';
  return {
    entries,
    error: (isSame && state.error) || firstError(entries),
    isOfSeveral: (isSame && state.isOfSeveral) || entries.length > 1,
  };
}

function silentLooks(state: Open, look: Look): number {
  const progress = progressSays(look.progress);
  if (progress === 'not-asked') return state.silentLooks;
  return progress === 'silent' ? state.silentLooks + 1 : 0;
}

function blindLooks(state: Open, look: Look): number {
  const report = reportSays(look.report);
  const progress = progressSays(look.progress);
  if (progress === 'silent' || report === 'silent') return state.blindLooks;
  if (progress === 'not-asked' && asksProgress(state)) return state.blindLooks;
  return report === 'unreadable' ? state.blindLooks + 1 : 0;
}

/**
 * Whether progress alone has to show the end, because the report never could be read. Where it could be read
 * before, a 403 or 404 is an outage and says nothing.
 */
export function isBlind({ blindLooks, earlier }: Open): boolean {
  return earlier.kind === 'unreadable' && blindLooks > 0;
}

function firstError(entries: ProgressAnswer): string {
  const errors = entries.flatMap(({ discovery, imageScan }) => [discovery.error, imageScan.error]);
  return errors.find((error) => error !== '') ?? '';
}
