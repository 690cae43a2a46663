import {
  type Answer,
  answer,
  type ProgressAnswer,
  type ReportReading,
  type ReportRow,
} from '../scan/evidence.ts';
import { canonicalRepository, type Image } from '../scan/image.ts';
import type { ScanSource, StartScan } from '../scan/source.ts';
import type { Call, Decode, Endpoint } from './endpoint.ts';
import { ConsoleError, NoAnswerError } from './failure.ts';
import { decodeProgress } from './progress.ts';
import { decodeReportPage, laterRow, type ReportPage, reportNames } from './report.ts';
import type { Session } from './session.ts';

type Query = readonly (readonly [string, string])[];

/** SaaS gives at most 50 rows at a time (seen in client code). */
const PAGE = 50;
/** A Console that does not know `offset` would give the same page for ever. */
const MAX_PAGES = 100;

/**
 * The Console's API in the terms of a wait. Each question is one attempt: what may help when asked again comes
 * back as `no-answer`, what cannot is thrown as a `ConsoleError`. Only a rejected token is renewed on the spot.
 */
export class ConsoleClient {
  readonly #endpoint: Endpoint;
  readonly #session: Session;

  constructor(endpoint: Endpoint, session: Session) {
    this.#endpoint = endpoint;
    this.#session = session;
  }

  /** The evidence about the on-demand scan of one image. */
  scanOf(image: Image): ScanSource {
    const registry: Query = image.registry === '' ? [] : [['registry', image.registry]];
    // The same values as in the trigger, which calls `onDemandScan` what is `onDemand` here.
    const query: Query = [
      ['onDemand', 'true'],
      ...registry,
      ['repo', image.repository],
      ...Object.entries(image.scanBy),
    ];
    return {
      progress: (signal) => this.#progress(query, signal),
      report: (detail, signal) => this.#reportOf(image, detail, signal),
    };
  }

  /** The evidence about the regular scan of the registries, of which the report keeps no row. */
  regularScan(): ScanSource {
    return { progress: (signal) => this.#progress([], signal), report: undefined };
  }

  /** Asks for an on-demand scan of one image, and waits `atMostMs` for the answer; with any less in the body the Console would rescan everything. */
  starterOf(image: Image, atMostMs: number): StartScan {
    const tag = { registry: image.registry, repo: image.repository, ...image.scanBy };
    const call: Call = {
      method: 'POST',
      path: 'registry/scan',
      body: { onDemandScan: true, tag },
      answers: 'nothing',
      atMostMs,
    };
    return (signal) => this.#ask(call, signal, () => 'accepted');
  }

  #progress(query: Query, signal: AbortSignal): Promise<Answer<ProgressAnswer>> {
    const call: Call = { method: 'GET', path: 'registry/progress', query, answers: 'json' };
    return this.#ask(call, signal, decodeProgress);
  }

  async #reportOf(
    image: Image,
    detail: 'compact' | 'full',
    signal: AbortSignal,
  ): Promise<Answer<ReportReading>> {
    const filter = rowFilter(image);
    const compact: Query = detail === 'compact' ? [['compact', 'true']] : [];
    let row: ReportRow | undefined;
    let atEpochMs: number | undefined;
    try {
      for (let offset = 0; offset < PAGE * MAX_PAGES; offset += PAGE) {
        const query: Query = [...filter, ...compact, ['limit', String(PAGE)], ['offset', String(offset)]];
        const call: Call = { method: 'GET', path: 'registry', query, answers: 'json' };
        const decode: Decode<ReportPage> = (json, date) => {
          atEpochMs = date;
          return decodeReportPage(json, image, detail);
        };
        const page = await this.#ask(call, signal, decode);
        if (page.kind === 'no-answer') return page;
        row = laterRow(row, page.value.row);
        if (page.value.length !== PAGE) break;
      }
    } catch (error) {
      // Of a log-in that fails on the way these would mean something else.
      const why =
        error instanceof ConsoleError && error.attempt === 'GET registry' ? error.reason : undefined;
      if (why === 'forbidden' || why === 'not-found') return answer({ kind: 'unreadable', why });
      throw error;
    }
    return answer<ReportReading>(row === undefined ? { kind: 'absent' } : { kind: 'row', row, atEpochMs });
  }

  async #ask<T>(call: Call, signal: AbortSignal, decode: Decode<T>): Promise<Answer<T>> {
    try {
      return answer(await this.#authorized(call, signal, decode));
    } catch (error) {
      if (error instanceof NoAnswerError) return error.noAnswer;
      throw error;
    }
  }

  async #authorized<T>(call: Call, signal: AbortSignal, decode: Decode<T>): Promise<T> {
    const token = await this.#session.token();
    try {
      return await this.#endpoint.call(call, `Bearer ${token}`, signal, decode);
    } catch (error) {
      if (!(error instanceof ConsoleError) || error.reason !== 'unauthorized') throw error;
      const renewed = await this.#session.tokenInsteadOf(token);
      if (renewed === undefined) throw error;
      return this.#endpoint.call(call, `Bearer ${renewed}`, signal, decode);
    }
  }
}

/**
 * Which rows may be the image's. A tag is found by its full name, in every spelling the report may know it by;
 * a digest has no name, so the repository is searched. The same question every time: were it another, an old
 * row could turn up where there seemed to be none, and pass for a new one.
 */
function rowFilter(image: Image): Query {
  if ('tag' in image.scanBy) return reportNames(image, image.scanBy.tag).map((name) => ['name', name]);
  const repository = canonicalRepository(image.registry, image.repository);
  const spellings = new Set([repository, image.repository]);
  return [...spellings].map((spelling) => ['repository', spelling]);
}
