import { type Answer, answer, type NoAnswer, type ReportReading } from '../scan/evidence.ts';
import type { Image } from '../scan/image.ts';
import { DecodeError } from './decode.ts';
import type { Query } from './endpoint.ts';
import { bodyFailure, ConsoleError } from './failure.ts';
import type { Ration } from './ration.ts';
import { type ReportRows, rowOf } from './report.ts';
import { batchOf, type Detail, type Inquiry, queryFor, shareInFull } from './report-batch.ts';
import type { ClientSurroundings } from './surroundings.ts';

/** Asks for one page of the report, as one attempt; throws a `ConsoleError` for what is final. */
export type AskPage = (query: Query, signal: AbortSignal) => Promise<Answer<ReportPage>>;

export interface ReportPage {
  readonly rows: ReportRows;
  /** When the Console answered, by its own clock; undefined where it does not say. */
  readonly atEpochMs: number | undefined;
}

interface Pages extends ReportPage {
  readonly areAll: boolean;
}

const REPORT_CALL = 'GET registry';

/** SaaS gives at most 50 rows at a time (seen in client code). */
const PAGE = 50;
/** A Console that does not know `offset` would give the same page for ever. */
const MAX_PAGES = 100;

/** A full call of one image cannot be made smaller. */
const MOST_CAUTION = 64;
/** How much of the caution is left after a full call that was answered. */
const REGAINED = 0.8;

/** The larger the crowd, the more likely others ask soon as well, and then one call serves all. */
const GATHERING_EACH_MS = 15;
const GATHERING_AT_MOST_MS = 600;

interface Waiting extends Inquiry {
  readonly reply: PromiseWithResolvers<Answer<ReportReading>>;
}

/**
 * Reads the report for all images of a step. Who asks while others are waiting for their turn is answered by the same
 * call, since `name` can be given many times over: the calls grow with the images by the page, not one by one.
 */
export class ReportDesk {
  readonly #ask: AskPage;
  readonly #ration: Ration;
  readonly #around: ClientSurroundings;
  #waiting: readonly Waiting[] = [];
  #isServing = false;
  #servedLast: Detail = 'compact';
  /** What the compact rows counted, so that no call asks for too much in full. */
  readonly #findings = new WeakMap<Image, number>();
  /** Grows when a full call fails that was made for several. */
  #caution = 1;

  constructor(ask: AskPage, ration: Ration, around: ClientSurroundings) {
    this.#ask = ask;
    this.#ration = ration;
    this.#around = around;
  }

  /** What the report says of an image. Rejects with what is final, and with the step's reason when it is aborted. */
  read(image: Image, detail: Detail): Promise<Answer<ReportReading>> {
    const reply = Promise.withResolvers<Answer<ReportReading>>();
    this.#waiting = [...this.#waiting, { image, detail, reply }];
    if (!this.#isServing) void this.#serve();
    return reply.promise;
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    while (this.#waiting.length > 0) {
      if (this.#nextBatch().length === this.#waiting.length) await this.#gather();
      await this.#ration.turn(this.#around.signal);
      // Nobody waits for the answer here: the next call is made when its turn has come.
      const batch = this.#nextBatch();
      this.#servedLast = batch[0]?.detail ?? 'compact';
      this.#waiting = this.#waiting.filter((inquiry) => !batch.includes(inquiry));
      void this.#answer(batch);
    }
    this.#isServing = false;
  }

  /** Waits a little for others to ask. */
  async #gather(): Promise<void> {
    const { clock, deadline, crowd, signal } = this.#around;
    if (crowd.size <= 1) return;
    const ms = Math.min(crowd.size * GATHERING_EACH_MS, GATHERING_AT_MOST_MS, deadline.leftMs());
    await clock.sleep(ms, signal);
  }

  /** Those whose scan is over are served every other time: else they would queue behind all that are looked at. */
  #nextBatch(): readonly Waiting[] {
    const others = this.#waiting.filter(({ detail }) => detail !== this.#servedLast);
    return batchOf(
      others.length > 0 ? others : this.#waiting,
      ({ image }) => shareInFull(this.#findings.get(image) ?? 0) * this.#caution,
    );
  }

  async #answer(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    try {
      const report = await this.#allPages(queryFor(batch), first.detail);
      if (first.detail === 'full') this.#learnSize(report, batch.length);
      for (const { image, detail, reply } of batch) {
        const reading = report.kind === 'answer' ? readingIn(report.value, image, detail) : report;
        this.#learn(image, reading);
        reply.resolve(reading);
      }
    } catch (error) {
      const why = unreadable(error);
      for (const { reply } of batch) {
        if (why === undefined) reply.reject(error);
        else reply.resolve(answer({ kind: 'unreadable', why }));
      }
    }
  }

  #learn(image: Image, reading: Answer<ReportReading>): void {
    if (reading.kind !== 'answer' || reading.value.kind !== 'row') return;
    this.#findings.set(image, reading.value.row.counts?.total ?? 0);
  }

  /** What failed may have been too much for one call; but an outage must not make all calls small for ever. */
  #learnSize(report: Answer<unknown>, images: number): void {
    if (report.kind === 'answer') this.#caution = Math.max(1, this.#caution * REGAINED);
    else if (images > 1 && report.isTooMuch !== true) {
      this.#caution = Math.min(this.#caution * 2, MOST_CAUTION);
    }
  }

  async #allPages(filter: Query, detail: Detail): Promise<Answer<Pages>> {
    const compact: Query = detail === 'compact' ? [['compact', 'true']] : [];
    const rows: ReportRows[] = [];
    let atEpochMs: number | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      if (page > 0) await this.#ration.turn(this.#around.signal);
      const query: Query = [...filter, ...compact, ['limit', String(PAGE)], ['offset', String(page * PAGE)]];
      const given = await this.#ask(query, this.#around.signal);
      // A single image slows down by itself.
      if (this.#around.crowd.size > 1) this.#ration.note(given);
      if (given.kind === 'no-answer') return given;
      rows.push(given.value.rows);
      atEpochMs = given.value.atEpochMs;
      if (given.value.rows.length !== PAGE) return answer({ rows: rows.flat(), atEpochMs, areAll: true });
    }
    return answer({ rows: rows.flat(), atEpochMs, areAll: false });
  }
}

/** Of what concerns one image only, the others must not suffer. */
function readingIn({ rows, atEpochMs, areAll }: Pages, image: Image, detail: Detail): Answer<ReportReading> {
  try {
    const row = rowOf(rows, image, detail);
    if (row !== undefined) return answer({ kind: 'row', row, atEpochMs });
    // Called absent, an old row that turns up later would pass for a new one.
    if (!areAll) throw new DecodeError('report', 'a row of this image', `${rows.length} of others`);
    return answer({ kind: 'absent' });
  } catch (error) {
    if (error instanceof DecodeError) return noAnswerOf(error);
    throw error;
  }
}

function noAnswerOf(error: DecodeError): NoAnswer {
  return bodyFailure(REPORT_CALL, error).noAnswer;
}

/** Of a log-in that fails on the way these would mean something else. */
function unreadable(error: unknown): 'forbidden' | 'not-found' | undefined {
  if (!(error instanceof ConsoleError) || error.attempt !== REPORT_CALL) return undefined;
  return error.reason === 'forbidden' || error.reason === 'not-found' ? error.reason : undefined;
}
