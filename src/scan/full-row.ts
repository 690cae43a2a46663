import type { Answer, ReportReading, ReportRow } from './evidence.ts';
import type { Questions } from './questions.ts';
import type { Finished } from './state.ts';
import type { Vigil } from './vigil.ts';

/** How badly the full row is needed: `surely` is worth asking again and again until the report had its time. */
export type Need =
  | { readonly kind: 'if-possible' }
  | { readonly kind: 'surely'; readonly needsFindings: boolean; readonly withinMs: number };

/**
 * A finished scan with its row in full: a compact one lacks the findings, and may lack the digest. Where these decide
 * nothing, one attempt will do, and nothing that comes of it changes the verdict.
 */
export async function withFullRow(
  state: Finished,
  need: Need,
  questions: Questions,
  vigil: Vigil,
): Promise<Finished> {
  const { row: proven } = state;
  if (proven === undefined || state.error !== '') return state;
  switch (need.kind) {
    case 'surely':
      return surelyInFull(state, proven, need, questions, vigil);
    case 'if-possible':
      try {
        return inFull(state, proven, await questions.report('full'));
      } catch (error) {
        vigil.signal.throwIfAborted();
        return { ...state, unread: error instanceof Error ? error.message : 'The Console refused.' };
      }
  }
}

async function surelyInFull(
  state: Finished,
  proven: ReportRow,
  { needsFindings, withinMs }: Extract<Need, { kind: 'surely' }>,
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
  const lostDigests = row.digests.length === 0 && proven.digests.length > 0;
  return lostDigests || foundIn(row) < foundIn(proven);
}

/** How many vulnerabilities a row tells of; any number where it neither counts nor lists, for that it will say itself. */
function foundIn({ counts, listed }: ReportRow): number {
  if (counts === undefined && listed === undefined) return Number.POSITIVE_INFINITY;
  const inList = listed?.filter(({ kind }) => kind === 'vulnerability').length ?? 0;
  return Math.max(counts?.total ?? 0, inList);
}

function whyUnread(given: Answer<ReportReading>): string {
  if (given.kind === 'no-answer') return given.message;
  return given.value.kind === 'unreadable'
    ? `The Console does not give the report (${given.value.why}).`
    : 'The report no longer shows this scan.';
}
