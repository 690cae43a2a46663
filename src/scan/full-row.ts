import type { Answer, ReportReading, ReportRow } from './evidence.ts';
import type { Questions } from './questions.ts';
import type { Finished } from './state.ts';
import type { Vigil } from './vigil.ts';

/** How badly the full row is needed. */
export interface Need {
  /** Whether the verdict hangs on it: then what the Console refuses for good is an error. */
  readonly isDecisive: boolean;
  /** How long it is worth asking again and again, in milliseconds; with 0 there is one attempt. */
  readonly withinMs: number;
}

/**
 * A finished scan with its row in full: a compact one lacks the findings, and may lack the digest. Where these decide
 * nothing, nothing that comes of it changes the verdict.
 */
export async function withFullRow(
  state: Finished,
  { isDecisive, withinMs }: Need,
  questions: Questions,
  vigil: Vigil,
): Promise<Finished> {
  const { row: proven } = state;
  if (proven === undefined || state.error !== '') return state;
  try {
    return await readInFull(state, proven, withinMs, questions, vigil);
  } catch (error) {
    vigil.signal.throwIfAborted();
    if (isDecisive) throw error;
    return { ...state, unread: error instanceof Error ? error.message : 'The Console refused.' };
  }
}

async function readInFull(
  state: Finished,
  proven: ReportRow,
  withinMs: number,
  questions: Questions,
  vigil: Vigil,
): Promise<Finished> {
  const sinceMs = vigil.now();
  const limitMs = sinceMs + withinMs;
  for (;;) {
    const isLast = vigil.isTimeForLastLook() || vigil.now() >= limitMs;
    const read = inFull(state, proven, await questions.report('full'));
    if (isLast || read.unread === '') return read;
    const outlook = { kind: 'settling', forMs: vigil.now() - sinceMs } as const;
    await vigil.pause(outlook, { limitMs, isHard: true, event: undefined });
  }
}

/** The finished scan with the row that the report gave in full, or with why it gave none that is of this scan. */
function inFull(state: Finished, proven: ReportRow, given: Answer<ReportReading>): Finished {
  const row = given.kind === 'answer' && given.value.kind === 'row' ? given.value.row : undefined;
  const isOfScan = row !== undefined && isNoOlder(row, proven);
  return isOfScan ? { ...state, row, error: row.error } : { ...state, unread: whyUnread(given) };
}

function isNoOlder(row: ReportRow, than: ReportRow): boolean {
  return (row.scanTime?.epochMs ?? 0) >= (than.scanTime?.epochMs ?? 0);
}

function whyUnread(given: Answer<ReportReading>): string {
  if (given.kind === 'no-answer') return given.message;
  return given.value.kind === 'unreadable'
    ? `The Console does not give the report (${given.value.why}).`
    : 'The report no longer shows this scan.';
}
