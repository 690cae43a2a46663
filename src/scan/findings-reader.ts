import type { RetryableFailure } from './call-failure.ts';
import { type Calls, FinalRefusal } from './calls.ts';
import type { ImageScanResult, ReportSnapshot, Result } from './evidence.ts';
import { type FullRow, readFullRow } from './full-row.ts';
import type { Pace } from './pace.ts';
import type { ReportReader } from './report-reader.ts';
import { haveSameIdentity, isSameScan, withIdentityOf, worseRow } from './same-scan.ts';
import type { Finished } from './state.ts';
import type { Unread } from './unread.ts';
import type { Wait } from './wait.ts';

/** A finished scan with its full row, or the reason why that could not be read; undefined if it was. */
export interface FullyRead {
  readonly state: Finished;
  readonly unread: Unread | undefined;
}

interface EvaluatedRow extends FullRow {
  /** The full answer, if it shows another image than the one that was proven to be the requested one. */
  readonly unwanted?: ImageScanResult | undefined;
}

interface Attempt extends EvaluatedRow {
  /** True if the Console answered: only then does `report-timeout` run. */
  readonly isAnswered: boolean;
}

/** Reads the row of a finished scan with its findings. */
export class FindingsReader {
  readonly #wait: Wait;
  readonly #calls: Calls;
  readonly #reader: ReportReader;
  readonly #pace: Pace;

  constructor(wait: Wait, calls: Calls, reader: ReportReader, pace: Pace) {
    this.#wait = wait;
    this.#calls = calls;
    this.#reader = reader;
    this.#pace = pace;
  }

  /**
   * Repeats the read for `report-timeout`, which counts only the time between two answers. If no gate needs the
   * findings, one attempt is enough, and a failure changes nothing.
   */
  async read(state: Finished): Promise<FullyRead> {
    const { row: proven } = state;
    if (proven === undefined || proven.findings !== undefined || state.error !== undefined)
      return { state, unread: undefined };
    const isWorthRepeating = this.#wait.needsFindings || proven.digests.length === 0;
    if (!isWorthRepeating && this.#reader.fullFailure !== undefined) {
      return { state, unread: this.#reader.fullFailure };
    }
    const forMs = isWorthRepeating ? this.#wait.limits.reportTimeoutMs : 0;
    const { row, unread } = await this.#repeat(proven, forMs);
    return { state: { ...state, row }, unread };
  }

  async #repeat(proven: ImageScanResult, forMs: number): Promise<FullRow> {
    let read: EvaluatedRow = { row: proven, unread: undefined };
    let leftMs = forMs;
    let elapsedMs = 0;
    for (;;) {
      const isLast = leftMs <= 0 || this.#pace.isFinalPoll();
      const attempt = await this.#attempt(proven);
      read = readTogether(read, attempt);
      if (isLast || this.#isEnough(read)) return read;
      const delayMs = this.#pace.delayMs({ kind: 'settling', elapsedMs });
      const pauseMs = attempt.isAnswered ? Math.min(delayMs, leftMs) : delayMs;
      await this.#pace.sleep(pauseMs);
      elapsedMs += pauseMs;
      if (attempt.isAnswered) leftMs -= pauseMs;
    }
  }

  #isEnough({ row, unread }: FullRow): boolean {
    return unread === undefined && (!this.#wait.needsFindings || row.findings !== undefined);
  }

  async #attempt(row: ImageScanResult): Promise<Attempt> {
    try {
      const result = await this.#calls.report('full');
      const isAnswered = result.ok || result.failure.kind === 'invalid-response';
      return { ...(await this.#evaluate(row, result)), isAnswered };
    } catch (error) {
      if (!(error instanceof FinalRefusal)) throw error;
      return { row, unread: error.unread, isAnswered: true };
    }
  }

  /** Evaluates a full answer. A later scan counts if it is good. */
  async #evaluate(proven: ImageScanResult, result: Result<ReportSnapshot>): Promise<EvaluatedRow> {
    if (!result.ok) return { row: proven, unread: this.#unread(result.failure) };
    const { value: snapshot } = result;
    const full = readFullRow(proven, snapshot);
    if (snapshot.kind !== 'row') return full;
    if (isSameScan(full.row, proven)) {
      const isOther = this.#wait.hasDigest && !haveSameIdentity(proven, snapshot.row);
      if (!isOther || (await this.#reader.isWanted(snapshot))) return full;
      return { ...full, unwanted: snapshot.row };
    }
    const isGood = full.row.error === undefined && (await this.#reader.isWanted(snapshot));
    return isGood ? full : { row: proven, unread: { kind: 'later-scan' } };
  }

  /** The failure of a read; if the rate limit refused it, with the calls of the wait. */
  #unread(failure: RetryableFailure): Unread {
    const calls = failure.kind === 'rate-limited' ? this.#calls.counts() : undefined;
    return { kind: 'call-failed', failure, calls };
  }
}

/**
 * Combines two reads: of the same scan, the worse row counts, with the identity of the one that shows another image.
 */
function readTogether(before: EvaluatedRow, after: EvaluatedRow): EvaluatedRow {
  const row = isSameScan(before.row, after.row) ? worseRow(before.row, after.row) : after.row;
  const unwanted = before.unwanted ?? after.unwanted;
  const isUnwanted = unwanted !== undefined && isSameScan(row, unwanted);
  return { row: isUnwanted ? withIdentityOf(row, unwanted) : row, unread: after.unread, unwanted };
}
