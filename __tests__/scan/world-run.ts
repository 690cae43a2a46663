import { ConsoleModel } from 'compute-console-emulator';
import { ConsoleApi } from '../../src/console/api.ts';
import { decodeProgress } from '../../src/console/progress.ts';
import { parseJson } from '../../src/http/decode.ts';
import type { HttpRequest, HttpResponse } from '../../src/http/transport.ts';
import { TransportError } from '../../src/http/transport-error.ts';
import type { Image } from '../../src/image/image.ts';
import { ActiveScans } from '../../src/scan/clock.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import type { PollEvent } from '../../src/scan/events.ts';
import type { Progress } from '../../src/scan/evidence.ts';
import { waitForScan } from '../../src/scan/poller.ts';
import type { EvaluableOutcome } from '../../src/scan/wait.ts';
import { FakeClock } from '../builders/fake-clock.ts';
import { activeAt, type Outage, PUSHED, REPOSITORY, scenarioOf, TAG, type World } from './world.ts';

/** A request to the Console, and what came of it. All times are counted from the start of the step. */
export interface Call {
  readonly name: 'progress' | 'report';
  readonly sentAtMs: number;
  /** When it reached the Console; undefined if it never did. */
  readonly heardAtMs: number | undefined;
  readonly overAtMs: number;
  /** Undefined if there was no response, or an error page instead. */
  readonly status: number | undefined;
  /** The entries of a valid response of progress. */
  readonly entries: Progress | undefined;
}

export interface Post {
  readonly sentAtMs: number;
  readonly settlesAtMs: number;
  readonly outcome: 'accepted' | 'unclear' | 'refused';
  /** When the Console took it as a request for a scan; undefined if it did not. */
  readonly acceptedAtMs: number | undefined;
}

export interface Run {
  readonly world: World;
  readonly model: ConsoleModel;
  readonly calls: readonly Call[];
  readonly posts: readonly Post[];
  readonly events: readonly PollEvent[];
  readonly overAtMs: number;
  readonly end:
    | { readonly kind: 'outcome'; readonly outcome: EvaluableOutcome }
    | { readonly kind: 'thrown'; readonly error: unknown };
}

/** The Console's clock has nothing to do with ours. */
export const CONSOLE_STARTS_AT_MS = Date.UTC(2026, 10, 2, 9);
const OUR_CLOCK_STARTS_AT_MS = 4_711.25;

const ERROR_PAGE = '<html></html>';

/** How many scans a step waits for at this moment, as a world says. */
class ActiveInWorld extends ActiveScans {
  readonly #sizeNow: () => number;

  constructor(sizeNow: () => number) {
    super();
    this.#sizeNow = sizeNow;
  }

  override get size(): number {
    return this.#sizeNow();
  }
}

/** Lets a step wait in a world until it is over; perhaps broken off at a time. */
export async function runIn(
  world: World,
  abort?: { readonly atMs: number; readonly reason: unknown },
): Promise<Run> {
  const clock = new FakeClock(OUR_CLOCK_STARTS_AT_MS);
  const deadline = new Deadline(clock, world.timeoutMs);
  const elapsedMs = () => deadline.elapsedMs();
  const model = new ConsoleModel({
    now: () => CONSOLE_STARTS_AT_MS + elapsedMs(),
    scenario: scenarioOf(world),
    journalLimit: 0,
  });
  const network = new Network(world, clock, deadline, model);
  const events: PollEvent[] = [];
  const broken = new AbortController();
  const over = new AbortController();
  if (abort !== undefined) {
    void clock.sleep(abort.atMs, over.signal).then(() => broken.abort(abort.reason));
  }
  const activeScans = new ActiveInWorld(() => activeAt(world, elapsedMs()));
  const signal = broken.signal;
  const api = new ConsoleApi(
    { base: 'https://console.example', apiVersion: '32.07', project: undefined },
    { kind: 'token', token: 'token' },
    {
      transport: (request) => network.send(request),
      clock,
      deadline,
      activeScans,
      random: () => world.rolls[0] ?? 0,
      signal,
      redact: (text) => text,
      addSecret: () => undefined,
      debug: () => undefined,
    },
  );
  const image: Image = {
    registry: world.registry,
    repository: REPOSITORY,
    tag: TAG,
    digest: world.hasDigest ? PUSHED : undefined,
    scanBy: { tag: TAG },
    platform: undefined,
  };
  const isRegular = world.mode === 'await-regular';
  let rolled = 0;
  const waiting = waitForScan(
    {
      source: isRegular ? api.regularScan() : api.scanOf(image, () => []),
      scan: isRegular ? 'regular' : 'on-demand',
      start:
        world.mode === 'trigger'
          ? api.starterOf(image, Math.max(world.startTimeoutMs / 4, 1_000))
          : undefined,
      limits: world,
      pollInterval: world.interval,
      maxScanAgeMs: world.maxScanAgeMs,
      hasDigest: world.hasDigest,
      isWanted: async ({ digests }) => !world.hasDigest || digests.includes(PUSHED),
      needsFindings: world.needsFindings,
    },
    {
      clock,
      deadline,
      random: () => world.rolls[rolled++ % world.rolls.length] ?? 0,
      signal,
      activeScans,
      emit: (event) => events.push(event),
    },
  );
  const end = await clock.run(
    waiting.then(
      (outcome) =>
        outcome.kind === 'refused'
          ? ({ kind: 'thrown', error: outcome.error } as const)
          : ({ kind: 'outcome', outcome } as const),
      (error: unknown) => ({ kind: 'thrown', error }) as const,
    ),
  );
  over.abort();
  const { calls, posts } = network;
  return { world, model, calls, posts, events, overAtMs: elapsedMs(), end };
}

/** The way between a step and the Console: it takes time, and sometimes loses things. */
class Network {
  readonly calls: Call[] = [];
  readonly posts: Post[] = [];
  readonly #world: World;
  readonly #clock: FakeClock;
  readonly #deadline: Deadline;
  readonly #model: ConsoleModel;
  #sent = 0;

  constructor(world: World, clock: FakeClock, deadline: Deadline, model: ConsoleModel) {
    this.#world = world;
    this.#clock = clock;
    this.#deadline = deadline;
    this.#model = model;
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    request.signal.throwIfAborted();
    const path = request.url.pathname.replace('/api/v32.07/', '');
    if (path === 'registry/scan') return this.#trigger(request);
    const isProgress = path === 'registry/progress';
    const name = isProgress ? 'progress' : 'report';
    const sentAtMs = this.#deadline.elapsedMs();
    const call = { name, sentAtMs, heardAtMs: undefined, status: undefined, entries: undefined } as const;
    let heardAtMs: number | undefined;
    try {
      const response = await this.#exchange(request, name, () => {
        heardAtMs = this.#deadline.elapsedMs();
        return isProgress ? this.#progress(request.url) : this.#report(request.url);
      });
      const entries = isProgress && response.status === 200 ? entriesOf(response) : undefined;
      this.calls.push({
        ...call,
        heardAtMs,
        overAtMs: this.#deadline.elapsedMs(),
        status: isErrorPage(response) ? undefined : response.status,
        entries,
      });
      return response;
    } catch (error) {
      this.calls.push({ ...call, heardAtMs, overAtMs: this.#deadline.elapsedMs() });
      throw error;
    }
  }

  async #trigger({ signal, limitMs }: HttpRequest): Promise<HttpResponse> {
    const { triggers, settings } = this.#world;
    const fate = triggers[this.posts.length] ?? triggers.at(-1);
    if (fate === undefined) throw new Error('The world says nothing of triggers.');
    const sentAtMs = this.#deadline.elapsedMs();
    const isCut = fate.answerAfterMs > limitMs;
    const isUnclear = isCut || fate.answer === 'lost';
    const tag = { registry: this.#world.registry, repo: REPOSITORY, tag: TAG };
    if (fate.accepted) this.#model.scan({ onDemandScan: true, tag });
    this.posts.push({
      sentAtMs,
      settlesAtMs: sentAtMs + Math.min(fate.answerAfterMs, limitMs),
      outcome: isUnclear ? 'unclear' : fate.answer === 'refused' ? 'refused' : 'accepted',
      acceptedAtMs: fate.accepted ? sentAtMs : undefined,
    });
    await this.#pass(Math.min(fate.answerAfterMs, limitMs), signal);
    if (isUnclear) throw new TransportError(isCut ? 'timeout' : 'connection', '', 'no response');
    return this.#response(fate.answer === 'refused' ? 400 : 200, settings.triggerBody);
  }

  async #exchange(
    { signal, limitMs }: HttpRequest,
    name: Call['name'],
    answer: () => HttpResponse,
  ): Promise<HttpResponse> {
    const { latenciesMs } = this.#world;
    const latencyMs = latenciesMs[this.#sent++ % latenciesMs.length] ?? 0;
    const outage = this.#outage(name, this.#deadline.elapsedMs());
    if (outage?.how === 'stalled' || latencyMs / 2 > limitMs) {
      await this.#pass(limitMs, signal);
      throw new TransportError('timeout', '', 'no response');
    }
    await this.#pass(latencyMs / 2, signal);
    if (outage?.how === 'refused') return this.#response(outage.status, '{"err":"refused"}');
    if (outage?.how === 'unheard') return this.#instead(outage);
    const response = answer();
    await this.#pass(Math.min(latencyMs / 2, limitMs - latencyMs / 2), signal);
    if (latencyMs > limitMs) throw new TransportError('timeout', '', 'no response');
    return outage === undefined ? response : this.#instead(outage);
  }

  #instead({ instead, retryAfterSeconds }: Outage): HttpResponse {
    const retryAfter = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    switch (instead) {
      case 'nothing':
        throw new TransportError('connection', 'ECONNRESET', 'no response');
      case 'error-page':
        return this.#response(200, ERROR_PAGE);
      case 'unavailable':
        return this.#response(503, '', retryAfter);
    }
  }

  #outage(name: Call['name'], atMs: number): Outage | undefined {
    return this.#world.outages.find(
      ({ fromMs, toMs, of }) => fromMs <= atMs && atMs < toMs && (of === 'everything' || of === name),
    );
  }

  async #pass(ms: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, signal);
    signal.throwIfAborted();
  }

  #progress({ searchParams: query }: URL): HttpResponse {
    const given = Object.fromEntries([...query].filter(([name]) => name !== 'onDemand'));
    const result = this.#model.progress(
      query.has('onDemand') ? { ...given, repo: query.get('repo') ?? '', onDemand: true } : {},
    );
    return this.#response(result.status, JSON.stringify(result.body));
  }

  #report({ searchParams: query }: URL): HttpResponse {
    const result = this.#model.report({
      name: query.getAll('name'),
      compact: query.has('compact'),
      limit: Number(query.get('limit')),
      offset: Number(query.get('offset')),
    });
    if (result.status === 429) {
      const { retryAfterSeconds } = result;
      return this.#response(
        429,
        '',
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
      );
    }
    const count = result.status === 200 ? result.totalCount : undefined;
    return this.#response(
      result.status,
      JSON.stringify(result.body),
      count === undefined ? {} : { 'total-count': String(count) },
    );
  }

  #response(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
    const { dateHeader, cacheAgeSeconds } = this.#world.settings;
    const shownAtMs = this.#model.shownTimeMs - cacheAgeSeconds * 1_000;
    const date = dateHeader ? { date: new Date(shownAtMs).toUTCString() } : {};
    const age = cacheAgeSeconds > 0 ? { age: String(cacheAgeSeconds) } : {};
    return { status, headers: { ...date, ...age, ...headers }, body: new TextEncoder().encode(body) };
  }
}

function isErrorPage({ status, body }: HttpResponse): boolean {
  return status === 200 && new TextDecoder().decode(body) === ERROR_PAGE;
}

function entriesOf({ body }: HttpResponse): Progress | undefined {
  try {
    return decodeProgress(parseJson(body), (text) => text);
  } catch {
    return undefined;
  }
}
