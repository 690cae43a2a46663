import type { Answer, ReportReading, ReportRow } from './evidence.ts';
import type { Questions } from './questions.ts';
import type { Finished } from './state.ts';
import type { Vigil } from './vigil.ts';

/** How badly the full row is needed. */
export interface Need {
  /** Whether the verdict hangs on it: then what the Console refuses for good is an error. */
  readonly isDecisive: boolean;
  /** Whether a row without its findings is as good as none. */
  readonly needsFindings: boolean;
  /** How long it is worth asking again and again, in milliseconds; with 0 there is one attempt. */
  readonly withinMs: number;
}

/**
 * A finished scan with its row in full: a compact one lacks the findings, and may lack the digest. Where these decide
 * nothing, nothing that comes of it changes the verdict.
 */
export async function withFullRow(
  state: Finished,
  need: Need,
  questions: Questions,
  vigil: Vigil,
): Promise<Finished> {
  const { row: proven } = state;
  if (proven === undefined || state.error !== '') return state;
  try {
    return await readInFull(state, proven, need, questions, vigil);
  } catch (error) {
    vigil.signal.throwIfAborted();
    if (need.isDecisive) throw error;
    return { ...state, unread: error instanceof Error ? error.message : 'The Console refused.' };
  }
}

async function readInFull(
  state: Finished,
  proven: ReportRow,
  { needsFindings, withinMs }: Need,
  questions: Questions,
  vigil: Vigil,
): Promise<Finished> {
  const sinceMs = vigil.now();
  const limitMs = sinceMs + withinMs;
  for (;;) {
    const isLast = vigil.isTimeForLastLook() || vigil.now() >= limitMs;
    const read = inFull(state, proven, await questions.report('full'));
    const isEnough = read.unread === '' && (!needsFindings || read.row?.listed !== undefined);
    if (isLast || isEnough) return read;
    const outlook = { kind: 'settling', forMs: vigil.now() - sinceMs } as const;
    await vigil.pause(outlook, { limitMs, isHard: true, event: undefined });
  }
}

/** The finished scan with the row that the report gave in full, or with why it gave none that is of this scan. */
function inFull(state: Finished, proven: ReportRow, given: Answer<ReportReading>): Finished {
  const row = given.kind === 'answer' && given.value.kind === 'row' ? given.value.row : undefined;
  if (row === undefined || scannedAtMs(row) < scannedAtMs(proven))
    return { ...state, unread: whyUnread(given) };
  if (tellsLess(row, proven))
    return { ...state, unread: 'The report in full tells less than without findings.' };
  return { ...state, row, error: row.error };
}

function scannedAtMs({ scanTime }: ReportRow): number {
  return scanTime?.epochMs ?? 0;
}

/** Of the same scan a row cannot tell less than before, unless it comes from a copy that lags, or is spoiled. */
function tellsLess(row: ReportRow, proven: ReportRow): boolean {
  if (scannedAtMs(row) > scannedAtMs(proven)) return false;
  const [before, after] = [foundIn(proven), foundIn(row)];
  const lostFindings = before !== undefined && after !== undefined && after < before;
  return lostFindings || (row.digests.length === 0 && proven.digests.length > 0);
}

/** How many vulnerabilities a row tells of; undefined where it neither counts nor lists. */
function foundIn({ counts, listed }: ReportRow): number | undefined {
  if (counts === undefined && listed === undefined) return undefined;
  const inList = listed?.filter(({ kind }) => kind === 'vulnerability').length ?? 0;
  return Math.max(counts?.total ?? 0, inList);
}

function whyUnread(given: Answer<ReportReading>): string {
  if (given.kind === 'no-answer') return given.message;
  return given.value.kind === 'unreadable'
    ? `The Console does not give the report (${given.value.why}).`
    : 'The report no longer shows this scan.';
}
