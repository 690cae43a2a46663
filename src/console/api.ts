import { CallError, failureOf } from '../http/call-error.ts';
import { answeredAtMs } from '../http/date.ts';
import { DecodeError, isPage, parseJson } from '../http/decode.ts';
import { LARGE_BODY_BYTES, otherWork } from '../http/event-loop.ts';
import type { Image } from '../image/image.ts';
import type { RetryableFailure } from '../scan/call-failure.ts';
import type { ActiveScans } from '../scan/clock.ts';
import { type Progress, type Result, retryable, success } from '../scan/evidence.ts';
import type { Detail, ScanSource, StartScan } from '../scan/wait.ts';
import type { ConsoleAddress, Query } from './address.ts';
import { type CallDependencies, ConsoleCaller, type Decode, type Request } from './caller.ts';
import { isRefusal, retryableFailureOf } from './errors.ts';
import { MAX_PAGE_BYTES, MOST_PAGE_VALUES, totalCountOf } from './paging.ts';
import { decodeProgress } from './progress.ts';
import { RateLimiter, SPACED_RATE } from './rate-limiter.ts';
import { ReportBatcher } from './report-batcher.ts';
import { decodeReport, type ReportPage } from './report-row.ts';
import type { Aliases } from './row-image.ts';
import type { Credentials } from './session.ts';

export interface ConsoleDependencies extends CallDependencies {
  readonly activeScans: ActiveScans;
  /** In [0, 1). */
  readonly random: () => number;
}

/** If a call that was answered before is refused for this long, the refusal is final. */
const OUTAGE_MS = 60_000;

/**
 * The Console's API in the terms of a wait. Each call is one attempt: it returns a failure if another attempt may
 * succeed, and throws a `CallError` if not.
 */
export class ConsoleApi {
  readonly #caller: ConsoleCaller;
  readonly #deps: ConsoleDependencies;
  readonly #reports: ReportBatcher;
  readonly #triggers: RateLimiter;
  readonly #progress: RateLimiter;
  /** The time of the first refusal in a row, by request. */
  readonly #refusedSinceMs = new Map<string, number>();

  constructor(address: ConsoleAddress, credentials: Credentials, deps: ConsoleDependencies) {
    this.#caller = new ConsoleCaller(address, credentials, deps);
    this.#deps = deps;
    this.#reports = new ReportBatcher(
      (query, signal, detail) => this.#reportPage(query, signal, detail),
      deps,
    );
    this.#triggers = new RateLimiter(SPACED_RATE, deps.clock, deps.deadline);
    this.#progress = new RateLimiter(SPACED_RATE, deps.clock, deps.deadline);
  }

  /** The evidence about the on-demand scan of one image. `aliases` are digests that stand for the requested one. */
  scanOf(image: Image, aliases: Aliases): ScanSource {
    const registry: Query = image.registry === '' ? [] : [['registry', image.registry]];
    // The same values as in the trigger, in which `onDemand` is called `onDemandScan`.
    const query: Query = [
      ['onDemand', 'true'],
      ...registry,
      ['repo', image.repository],
      ...Object.entries(image.scanBy),
    ];
    return {
      progress: (signal) => this.#readProgress(query, signal),
      report: (detail) => this.#reports.request(image, detail, aliases),
      consoleTimeMs: () => this.#caller.answeredAtMs(),
    };
  }

  /** The evidence about the regular scan of the registries, of which the report keeps no row. */
  regularScan(): ScanSource {
    return {
      progress: (signal) => this.#readProgress([], signal),
      report: async () => success({ kind: 'unreadable', why: 'regular-scan', readAtMs: undefined }),
      consoleTimeMs: () => this.#caller.answeredAtMs(),
    };
  }

  /**
   * Requests an on-demand scan of one image, and waits `limitMs` for the response. With fewer fields in the body, the
   * Console would rescan everything. A 200 means accepted, whatever its body, unless that is a page of HTML: a proxy
   * answered.
   */
  starterOf(image: Image, limitMs: number): StartScan {
    const tag = { registry: image.registry, repo: image.repository, ...image.scanBy };
    const request: Request = {
      method: 'POST',
      path: 'registry/scan',
      body: { onDemandScan: true, tag },
      limitMs,
    };
    return async (signal) => {
      await this.#triggers.acquire(signal);
      return this.#attempt(request, signal, ({ body: answered }) => {
        if (isPage(answered)) throw new DecodeError('body', 'an acceptance', 'a page of HTML');
        return 'accepted' as const;
      });
    };
  }

  /** When the Console answered last, by its own clock, in epoch milliseconds; undefined if it sends no `Date`. */
  answeredAtMs(): number | undefined {
    return this.#caller.answeredAtMs();
  }

  async #readProgress(query: Query, signal: AbortSignal): Promise<Result<Progress>> {
    await this.#progress.acquire(signal);
    const request: Request = { method: 'GET', path: 'registry/progress', query };
    const { redact } = this.#deps;
    return this.#attempt(request, signal, ({ body }) => decodeProgress(parseJson(body), redact), query);
  }

  async #reportPage(query: Query, signal: AbortSignal, detail: Detail): Promise<Result<ReportPage>> {
    const request: Request = { method: 'GET', path: 'registry', query, maxBytes: MAX_PAGE_BYTES[detail] };
    const { redact } = this.#deps;
    return this.#attempt(request, signal, async (response) => {
      const json = parseJson(response.body, MOST_PAGE_VALUES[detail]);
      if (response.body.byteLength > LARGE_BODY_BYTES) await otherWork();
      signal.throwIfAborted();
      return {
        rows: decodeReport(json, redact),
        readAtMs: answeredAtMs(response.headers),
        totalCount: totalCountOf(response),
      };
    });
  }

  /**
   * One attempt. Except for a trigger, the refusal of a call that was answered before counts as an outage for a
   * minute.
   */
  async #attempt<T>(
    request: Request,
    signal: AbortSignal,
    decode: Decode<T>,
    subject: Query = [],
  ): Promise<Result<T>> {
    const asked = JSON.stringify([request.path, subject]);
    try {
      const value = await this.#caller.call(request, signal, decode);
      this.#refusedSinceMs.delete(asked);
      return success(value);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const failure = retryableFailureOf(error) ?? this.#outageOf(error, asked);
      if (failure === undefined) throw error;
      return retryable(failure);
    }
  }

  /** The minute is counted for each image: answers for other images do not excuse a refusal of this one. */
  #outageOf(error: CallError, asked: string): RetryableFailure | undefined {
    if (!isRefusal(error) || !this.#caller.hasAnswered(error.call) || error.call === TRIGGER_CALL)
      return undefined;
    const nowMs = this.#deps.clock.nowMs();
    const sinceMs = this.#refusedSinceMs.get(asked) ?? nowMs;
    this.#refusedSinceMs.set(asked, sinceMs);
    if (nowMs - sinceMs >= OUTAGE_MS) return undefined;
    return { ...failureOf(error), kind: 'unreachable', status: undefined };
  }
}

const TRIGGER_CALL = 'POST registry/scan';
