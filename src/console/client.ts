import { type Answer, answer, type ProgressAnswer } from '../scan/evidence.ts';
import type { Image } from '../scan/image.ts';
import type { ScanSource, StartScan } from '../scan/source.ts';
import { unlessAborted } from './abort.ts';
import type { Call, Decode, Endpoint, Query } from './endpoint.ts';
import { ConsoleError, NoAnswerError } from './failure.ts';
import { decodeProgress } from './progress.ts';
import { Ration } from './ration.ts';
import { decodeReport } from './report.ts';
import { type AskPage, ReportDesk } from './report-desk.ts';
import type { Session } from './session.ts';
import type { ClientSurroundings } from './surroundings.ts';
import { Turnstile } from './turnstile.ts';

/** Between two questions of a kind, where many images ask at once: 40 a second. */
const SPACING_MS = 25;

/**
 * The Console's API in the terms of a wait. Each question is one attempt: what may help when asked again comes
 * back as `no-answer`, what cannot is thrown as a `ConsoleError`. Only a rejected token is renewed on the spot.
 */
export class ConsoleClient {
  readonly #endpoint: Endpoint;
  readonly #session: Session;
  readonly #reports: ReportDesk;
  readonly #triggers: Turnstile;
  readonly #progresses: Turnstile;

  constructor(endpoint: Endpoint, session: Session, around: ClientSurroundings) {
    const { clock, deadline } = around;
    this.#endpoint = endpoint;
    this.#session = session;
    this.#reports = new ReportDesk(this.#askPage, new Ration(clock, deadline), around);
    this.#triggers = new Turnstile(clock, deadline, SPACING_MS);
    this.#progresses = new Turnstile(clock, deadline, SPACING_MS);
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
      report: (detail, signal) => unlessAborted(signal, this.#reports.read(image, detail)),
    };
  }

  /** The evidence about the regular scan of the registries, of which the report keeps no row. */
  regularScan(): ScanSource {
    return { progress: (signal) => this.#progress([], signal), report: undefined };
  }

  /**
   * Asks for an on-demand scan of one image, and waits `atMostMs` for the answer; with any less in the body the
   * Console would rescan everything.
   */
  starterOf(image: Image, atMostMs: number): StartScan {
    const tag = { registry: image.registry, repo: image.repository, ...image.scanBy };
    const call: Call = {
      method: 'POST',
      path: 'registry/scan',
      body: { onDemandScan: true, tag },
      answers: 'nothing',
      atMostMs,
    };
    return async (signal) => {
      await this.#triggers.pass(signal);
      return this.#ask(call, signal, () => 'accepted');
    };
  }

  async #progress(query: Query, signal: AbortSignal): Promise<Answer<ProgressAnswer>> {
    const call: Call = { method: 'GET', path: 'registry/progress', query, answers: 'json' };
    await this.#progresses.pass(signal);
    return this.#ask(call, signal, decodeProgress);
  }

  readonly #askPage: AskPage = (query, signal) => {
    const call: Call = { method: 'GET', path: 'registry', query, answers: 'json' };
    return this.#ask(call, signal, (json, atEpochMs) => ({ rows: decodeReport(json), atEpochMs }));
  };

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
