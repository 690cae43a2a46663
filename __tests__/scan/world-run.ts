import { ConsoleModel } from '../../emulator/model.ts';
import { decodeProgress } from '../../src/console/progress.ts';
import { decodeReport, reportNames, rowOf } from '../../src/console/report.ts';
import { type Judged, judge } from '../../src/gate/judge.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import type { Ending, WaitEvent } from '../../src/scan/event.ts';
import {
  type Answer,
  answer,
  type NoAnswer,
  type ProgressAnswer,
  type ReportReading,
} from '../../src/scan/evidence.ts';
import type { Image } from '../../src/scan/image.ts';
import type { ScanSource, StartScan } from '../../src/scan/source.ts';
import { awaitScan } from '../../src/scan/wait.ts';
import { rules } from '../gate/rules.ts';
import { FakeClock } from './fake-clock.ts';
import { crowdAt, image, type Outage, scenarioOf, type World } from './world.ts';

/** A question to the Console, and what came of it. All times are counted from the start of the step. */
export interface Asked<Question extends string, T> {
  readonly question: Question;
  readonly askedAtMs: number;
  /** When it reached the Console; undefined where it never did. */
  readonly heardAtMs: number | undefined;
  readonly overAtMs: number;
  readonly given: Answer<T>;
}

export type Call = Asked<'progress', ProgressAnswer> | Asked<'report', ReportReading>;

export interface Posted {
  readonly sentAtMs: number;
  readonly settlesAtMs: number;
  readonly outcome: 'accepted' | 'unclear' | 'refused';
  /** When the Console took it as a request for a scan; undefined where it did not. */
  readonly acceptedAtMs: number | undefined;
}

export interface Run {
  readonly world: World;
  readonly model: ConsoleModel;
  readonly calls: readonly Call[];
  readonly posts: readonly Posted[];
  readonly events: readonly WaitEvent[];
  readonly overAtMs: number;
  /** How many calls were begun although the wait had been broken off. */
  readonly belated: number;
  readonly end:
    | { readonly kind: 'ending'; readonly ending: Ending; readonly judged: Judged }
    | { readonly kind: 'thrown'; readonly error: unknown };
}

/** What a refused trigger throws. */
export class Refused extends Error {}

/** The Console's clock has nothing to do with ours. */
export const CONSOLE_STARTS_AT_MS = Date.UTC(2026, 10, 2, 9);
const OUR_CLOCK_STARTS_AT_MS = 4_711.25;
const TRIGGER_AT_MOST_MS = 300_000;

const awaited: Image = {
  registry: image.registry,
  repository: image.repo,
  scanBy: { tag: image.tag },
  requiredDigest: undefined,
};

/** Lets somebody wait in a world until it is over; perhaps broken off at a time. */
export async function runIn(
  world: World,
  abort?: { readonly atMs: number; readonly reason: unknown },
): Promise<Run> {
  const clock = new FakeClock(OUR_CLOCK_STARTS_AT_MS);
  const deadline = new Deadline(clock, world.timeoutMs);
  const seconds = () => deadline.elapsedMs();
  const model = new ConsoleModel({
    now: () => CONSOLE_STARTS_AT_MS + seconds(),
    scenario: scenarioOf(world),
    journalLimit: 0,
  });
  const line = new Line(world, clock, deadline, model);
  const events: WaitEvent[] = [];
  const broken = new AbortController();
  const over = new AbortController();
  if (abort !== undefined) {
    void clock.sleep(abort.atMs, over.signal).then(() => broken.abort(abort.reason));
  }
  let rolls = 0;
  const random = () => world.dice[rolls++ % world.dice.length] ?? 0;
  const waiting = awaitScan(
    {
      source: line.source(),
      start: world.mode === 'trigger' ? line.start : undefined,
      limits: world,
      interval: world.interval,
      requiredDigest: undefined,
      maxScanAgeMs: undefined,
      needsFindings: false,
    },
    {
      clock,
      deadline,
      random,
      signal: broken.signal,
      onEvent: (event) => events.push(event),
      crowdSize: () => crowdAt(world, seconds()),
    },
  );
  const subject = world.mode === 'await-regular' ? 'regular-scan' : awaited;
  const end = await clock.run(
    waiting.then(
      (ending) => ({ kind: 'ending', ending, judged: judge(subject, ending, rules(world)) }) as const,
      (error: unknown) => ({ kind: 'thrown', error }) as const,
    ),
  );
  over.abort();
  return {
    world,
    model,
    calls: line.calls,
    posts: line.posts,
    belated: line.belated,
    events,
    overAtMs: seconds(),
    end,
  };
}

/** The way between somebody who waits and the Console: it takes time, and sometimes loses things. */
class Line {
  readonly calls: Call[] = [];
  readonly posts: Posted[] = [];
  belated = 0;
  readonly #world: World;
  readonly #clock: FakeClock;
  readonly #deadline: Deadline;
  readonly #model: ConsoleModel;
  #asked = 0;
  #reports = 0;

  constructor(world: World, clock: FakeClock, deadline: Deadline, model: ConsoleModel) {
    this.#world = world;
    this.#clock = clock;
    this.#deadline = deadline;
    this.#model = model;
  }

  source(): ScanSource {
    const isRegular = this.#world.mode === 'await-regular';
    return {
      progress: async (signal) => {
        const asked = await this.#ask('progress', signal, () => this.#progress(isRegular));
        this.calls.push({ question: 'progress', ...asked });
        return asked.given;
      },
      report: isRegular
        ? undefined
        : async (detail, signal) => {
            const asked = await this.#ask('report', signal, () => this.#report(detail));
            this.calls.push({ question: 'report', ...asked });
            return asked.given;
          },
    };
  }

  readonly start: StartScan = async (signal) => {
    if (signal.aborted) this.belated += 1;
    const { triggers } = this.#world;
    const fate = triggers[this.posts.length] ?? triggers.at(-1);
    if (fate === undefined) throw new Error('The world says nothing of triggers.');
    const sentAtMs = this.#deadline.elapsedMs();
    const limitMs = Math.min(TRIGGER_AT_MOST_MS, this.#deadline.leftMs());
    const isCut = fate.answerAfterMs > limitMs;
    const isUnclear = isCut || fate.answer === 'lost';
    if (fate.accepted) this.#model.scan({ onDemandScan: true, tag: image });
    this.posts.push({
      sentAtMs,
      settlesAtMs: sentAtMs + Math.min(fate.answerAfterMs, limitMs),
      outcome: isUnclear ? 'unclear' : fate.answer === 'refused' ? 'refused' : 'accepted',
      acceptedAtMs: fate.accepted ? sentAtMs : undefined,
    });
    await this.#clock.sleep(Math.min(fate.answerAfterMs, limitMs), signal);
    signal.throwIfAborted();
    if (isUnclear) return noAnswer(isCut ? 'unreachable' : fate.reason, undefined);
    if (fate.answer === 'refused') throw new Refused();
    return answer('accepted');
  };

  async #ask<T>(
    question: Call['question'],
    signal: AbortSignal,
    ask: () => Answer<T>,
  ): Promise<Omit<Asked<never, T>, 'question'>> {
    if (signal.aborted) this.belated += 1;
    const { latenciesMs } = this.#world;
    const askedAtMs = this.#deadline.elapsedMs();
    const limitMs = this.#deadline.requestMs();
    const latencyMs = latenciesMs[this.#asked++ % latenciesMs.length] ?? 0;
    const outage = this.#outage(question, askedAtMs);
    const over = (heardAtMs: number | undefined, given: Answer<T>) => ({
      askedAtMs,
      heardAtMs,
      overAtMs: this.#deadline.elapsedMs(),
      given,
    });
    if (outage?.how === 'stalled') {
      await this.#pass(limitMs, signal);
      return over(undefined, noAnswer('unreachable', undefined));
    }
    await this.#pass(Math.min(latencyMs / 2, limitMs), signal);
    if (latencyMs / 2 > limitMs) return over(undefined, noAnswer('unreachable', undefined));
    if (outage?.how === 'unheard') return over(undefined, noAnswer(outage.reason, outage.retryAfterMs));
    const heardAtMs = this.#deadline.elapsedMs();
    const given = ask();
    await this.#pass(Math.min(latencyMs / 2, limitMs - latencyMs / 2), signal);
    if (latencyMs > limitMs) return over(heardAtMs, noAnswer('unreachable', undefined));
    return over(heardAtMs, outage === undefined ? given : noAnswer(outage.reason, outage.retryAfterMs));
  }

  #outage(question: Call['question'], atMs: number): Outage | undefined {
    return this.#world.outages.find(
      ({ fromMs, toMs, of }) => fromMs <= atMs && atMs < toMs && (of === 'everything' || of === question),
    );
  }

  async #pass(ms: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, signal);
    signal.throwIfAborted();
  }

  #progress(isRegular: boolean): Answer<ProgressAnswer> {
    const { registry: _leftOutForDockerHub, ...query } = image;
    const result = this.#model.progress(isRegular ? {} : { onDemand: true, ...query });
    if (result.status !== 200) throw new Error(`The model answered ${result.status}.`);
    return answer(decodeProgress(overTheWire(result.body)));
  }

  #report(detail: 'compact' | 'full'): Answer<ReportReading> {
    const { refusals = 0, absences = 0 } = this.#world.veil ?? {};
    this.#reports += 1;
    if (this.#reports <= refusals) return answer({ kind: 'unreadable', why: 'forbidden' });
    if (this.#reports <= refusals + absences) return answer({ kind: 'absent' });
    const compact = detail === 'compact';
    const result = this.#model.report({ name: reportNames(awaited, image.tag), compact, limit: 50 });
    switch (result.status) {
      case 200: {
        const row = rowOf(decodeReport(overTheWire(result.body)), awaited, detail);
        return answer<ReportReading>(
          row === undefined ? { kind: 'absent' } : { kind: 'row', row, atEpochMs: undefined },
        );
      }
      case 403:
        return answer({ kind: 'unreadable', why: 'forbidden' });
      case 404:
        return answer({ kind: 'unreadable', why: 'not-found' });
      case 429: {
        const { retryAfterSeconds } = result;
        return noAnswer(
          'unreachable',
          retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1_000,
        );
      }
    }
  }
}

function noAnswer(reason: NoAnswer['reason'], retryAfterMs: number | undefined): NoAnswer {
  return { kind: 'no-answer', reason, message: 'no answer', retryAfterMs };
}

function overTheWire(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body));
}
