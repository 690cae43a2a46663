import { type Calls, FinalRefusal } from './calls.ts';
import { type ReportSnapshot, type Result, success } from './evidence.ts';
import { type History, hasNewerRow, isSuperseded, type Observation } from './history.ts';
import type { ProgressShows } from './progress.ts';
import type { OpenState } from './state.ts';
import type { Unread } from './unread.ts';
import type { Wait } from './wait.ts';

/** A row with more findings is read in full only once it is known to be new. */
const MANY_FINDINGS = 2_000;
/**
 * Some scans never appear in progress, so while it shows none, the report is read as well, at least this far apart.
 */
const MIN_UNSEEN_SPACING_MS = 10_000;
const MAX_UNSEEN_SPACING_MS = 30_000;
const UNSEEN_SHARE_OF_WAIT = 0.5;

/**
 * Reads the report for one wait, as rarely and in as compact a form as its state allows, because all jobs share the
 * Console's rate limit. Once the end of a scan was seen, the row is read with its findings at once, so that an image
 * costs two reads.
 */
export class ReportReader {
  readonly #wait: Wait;
  readonly #calls: Calls;
  #hasManyFindings = false;
  #wasFullInVain = false;
  /** The reason why the last full read failed; undefined if none did. */
  fullFailure: Unread | undefined;

  constructor(wait: Wait, calls: Calls) {
    this.#wait = wait;
    this.#calls = calls;
  }

  /** Reads the report before the trigger. */
  async baseline(): Promise<Result<ReportSnapshot>> {
    const result = await this.#calls.report('compact');
    this.#hasManyFindings = result.ok && findingsOf(result.value) > MANY_FINDINGS;
    return result;
  }

  /**
   * True if the report can have changed: not while progress shows the scan running, and rarely while it shows none.
   * The reads of many images share their calls, so they need no such limit.
   */
  isDue(state: OpenState, shows: ProgressShows, waitedMs: number, activeScans: number): boolean {
    if (shows === 'running') return false;
    if (state.phase !== 'pending' || shows !== 'empty' || activeScans > 1) return true;
    const spacingMs = Math.max(MIN_UNSEEN_SPACING_MS, waitedMs * UNSEEN_SHARE_OF_WAIT);
    return this.#calls.sinceReportMs() >= Math.min(spacingMs, MAX_UNSEEN_SPACING_MS);
  }

  /**
   * One read; `isLastPoll` if the wait or its phase ends with this poll. A compact row can lack the digest that
   * identifies it.
   */
  async read(
    state: OpenState,
    shows: ProgressShows,
    history: History,
    isLastPoll: boolean,
  ): Promise<Result<ReportSnapshot>> {
    const full = this.#isFullWorthIt(state, shows, isLastPoll) ? await this.#readFull(history) : undefined;
    if (full !== undefined) return full;
    const result = await this.#calls.report('compact');
    // Both forms take turns, because only reads in full search for an image under another spelling.
    this.#wasFullInVain = false;
    if (!result.ok || !this.#lacksDigest(result.value)) return result;
    const isDecisive = state.phase === 'over-before' || hasNewerRow(result.value, history);
    return isDecisive ? this.#calls.report('full') : result;
  }

  /**
   * A read in full without a newer row is repeated in full, because a compact one before it would use up the limit that
   * all jobs share. A wait that needs no findings, or ends with this poll, tries the compact form instead.
   */
  #isFullWorthIt({ phase }: OpenState, shows: ProgressShows, isLastPoll: boolean): boolean {
    const isEndSeen = shows === 'ended' || phase === 'awaiting-report';
    if (!isEndSeen || this.#hasManyFindings || this.fullFailure !== undefined) return false;
    return !this.#wasFullInVain || (this.#wait.needsFindings && !isLastPoll);
  }

  /** Reads in full; undefined after a final refusal, because the compact form may still be allowed. */
  async #readFull(history: History): Promise<Result<ReportSnapshot> | undefined> {
    try {
      const result = await this.#calls.report('full');
      this.#wasFullInVain = !result.ok || !hasNewerRow(result.value, history);
      if (!result.ok && result.failure.kind !== 'rate-limited') {
        this.fullFailure = { kind: 'call-failed', failure: result.failure, calls: undefined };
      }
      return result;
    } catch (error) {
      if (!(error instanceof FinalRefusal)) throw error;
      this.fullFailure = error.unread;
      return undefined;
    }
  }

  /** True if the row of a snapshot has the requested digest; reads the digest if the compact form left it out. */
  async isRowWanted(snapshot: ReportSnapshot): Promise<boolean> {
    const withDigest = this.#lacksDigest(snapshot) ? await this.#calls.report('full') : success(snapshot);
    return withDigest.ok && this.isWanted(withDigest.value);
  }

  /** True if the row has the requested digest, or none was requested. */
  async isWanted(snapshot: ReportSnapshot): Promise<boolean> {
    if (!this.#wait.hasDigest) return true;
    return snapshot.kind === 'row' && this.#wait.isWanted(snapshot.row);
  }

  #lacksDigest(snapshot: ReportSnapshot): boolean {
    return this.#wait.hasDigest && snapshot.kind === 'row' && snapshot.row.digests.length === 0;
  }
}

/** The report, if it shows a row that decides something and so justifies a call to the registry. */
export function decisiveRow(
  state: OpenState,
  report: Observation['report'],
  history: History,
): ReportSnapshot | undefined {
  if (report === 'not-polled' || !report.ok) return undefined;
  const isThere = state.phase === 'over-before' && !isSuperseded(report.value, history.snapshot);
  return isThere || hasNewerRow(report.value, history) ? report.value : undefined;
}

function findingsOf(snapshot: ReportSnapshot): number {
  if (snapshot.kind !== 'row') return 0;
  const { vulnerabilityCounts, complianceCounts } = snapshot.row;
  return (vulnerabilityCounts?.total ?? 0) + (complianceCounts?.total ?? 0);
}
