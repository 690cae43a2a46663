import {
  answer,
  buildEarlierScan,
  buildImage,
  buildScan,
  buildScenario,
  type Call,
  ConsoleModel,
  callOf,
  type Scenario,
  Sessions,
} from 'compute-console-emulator';
import { FakeClock } from '../__tests__/builders/fake-clock.ts';
import { ConsoleApi, type ConsoleDependencies } from '../src/console/api.ts';
import type { HttpResponse, HttpTransport } from '../src/http/transport.ts';
import { TransportError } from '../src/http/transport-error.ts';
import type { Image } from '../src/image/image.ts';
import { ActiveScans } from '../src/scan/clock.ts';
import { Deadline } from '../src/scan/deadline.ts';
import { waitForScan } from '../src/scan/poller.ts';
import type { Duration } from './part.ts';

/** One request as the Console received it. */
export interface RecordedRequest {
  readonly call: Call;
  readonly atMs: number;
  readonly status: number;
}

/** The cost of waiting for a release. */
export interface ReleaseCost {
  readonly requests: readonly RecordedRequest[];
  /** For each image, the time from the end of its scan until the wait knew. */
  readonly latenciesMs: readonly number[];
  /** For the whole release, the time from the end of its last scan. */
  readonly lastLatencyMs: number;
  readonly seconds: number;
}

export const CONSOLE_STARTS_AT_MS = Date.UTC(2026, 10, 2, 9);
const LIMITS = { timeoutMs: 1_800_000, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 };
const TRIGGER_AT_MOST_MS = 75_000;
/** Half of it on the way to the Console, half on the way back. */
const ROUND_TRIP_MS = 50;
const REGISTERS_AFTER_MS = 300;
const DISCOVERY_SHARE = 0.2;
const REGISTRY = 'registry.example.com';

/** Before the first request, and when half of the scans are finished. */
export type Moment = 'begun' | 'halfway';

/**
 * Runs the real loop and client for many parallel scans of the embedded Console, with its rate limit, in virtual
 * time. Images whose previous duration is undefined were not scanned before.
 */
export async function simulateRelease(
  scans: readonly Required<Duration>[],
  random: () => number,
  at: (moment: Moment) => Promise<void> = async () => undefined,
): Promise<ReleaseCost> {
  const clock = new FakeClock();
  const release = buildScenario({
    images: scans.map(scriptOf),
  });
  const model = new ConsoleModel({
    now: () => CONSOLE_STARTS_AT_MS + clock.nowMs(),
    scenario: release,
    journalLimit: 0,
  });
  const requests: RecordedRequest[] = [];
  const { signal } = new AbortController();
  const deadline = new Deadline(clock, LIMITS.timeoutMs, scans.length);
  const activeScans = new ActiveScans();
  const api = apiOver(transportTo(release, model, clock, requests), {
    clock,
    deadline,
    activeScans,
    random,
    signal,
  });
  await at('begun');
  let ended = 0;
  // Not awaited by the wait itself: the clock stops when no wait is sleeping.
  let measured = Promise.resolve();
  const latencyOf = async (_scan: Duration, place: number): Promise<number> => {
    const image = imageOf(place);
    const outcome = await activeScans.during(() =>
      waitForScan(
        {
          source: api.scanOf(image, () => []),
          scan: 'on-demand',
          start: api.starterOf(image, TRIGGER_AT_MOST_MS),
          limits: LIMITS,
          pollInterval: 'auto',
          maxScanAgeMs: undefined,
          hasDigest: false,
          isWanted: async () => true,
          needsFindings: true,
        },
        { clock, deadline, random, signal, activeScans, emit: () => undefined },
      ),
    );
    if (outcome.kind !== 'ended' || outcome.state.phase !== 'finished') {
      throw new Error(`${image.repository} ended with ${JSON.stringify(outcome)}`);
    }
    const atMs = clock.nowMs();
    ended += 1;
    if (ended === Math.ceil(scans.length / 2)) measured = at('halfway');
    return CONSOLE_STARTS_AT_MS + atMs - endOf(model, place);
  };
  const latenciesMs = await clock.run(Promise.all(scans.map(latencyOf)));
  await measured;
  const overAtMs = CONSOLE_STARTS_AT_MS + clock.nowMs();
  const lastEndMs = Math.max(...scans.map((_scan, place) => endOf(model, place)));
  return { requests, latenciesMs, lastLatencyMs: overAtMs - lastEndMs, seconds: clock.nowMs() / 1_000 };
}

function endOf(model: ConsoleModel, at: number): number {
  const scan = model.scansOf({ registry: REGISTRY, repo: repositoryOf(at), tag: '1.0' }).at(-1);
  if (scan === undefined) throw new Error(`${repositoryOf(at)} was not scanned`);
  return scan.finishedAtMs;
}

function repositoryOf(at: number): string {
  return `team/service-${at}`;
}

export function imageOf(at: number): Image {
  return {
    registry: REGISTRY,
    repository: repositoryOf(at),
    tag: '1.0',
    digest: undefined,
    scanBy: { tag: '1.0' },
    platform: undefined,
  };
}

export function scriptOf({ seconds, previousSeconds }: Required<Duration>, at: number) {
  const durationMs = seconds * 1_000;
  const discoveryMs = (durationMs - REGISTERS_AFTER_MS) * DISCOVERY_SHARE;
  const scanMs = durationMs - REGISTERS_AFTER_MS - discoveryMs;
  return buildImage({
    registry: REGISTRY,
    repo: repositoryOf(at),
    tag: '1.0',
    scans: [buildScan({ registerDelayMs: REGISTERS_AFTER_MS, discoveryMs, scanMs })],
    ...(previousSeconds === undefined
      ? {}
      : { earlier: buildEarlierScan({ scanMs: previousSeconds * 1_000 }) }),
  });
}

export function apiOver(
  transport: HttpTransport,
  dependencies: Pick<ConsoleDependencies, 'clock' | 'deadline' | 'activeScans' | 'random' | 'signal'>,
): ConsoleApi {
  const address = { base: 'https://console.example.com', apiVersion: '32.07', project: '' };
  const credentials = { kind: 'login', username: 'gate', password: 'let-me-scan' } as const;
  return new ConsoleApi(address, credentials, {
    ...dependencies,
    transport,
    redact: (text) => text,
    addSecret: () => undefined,
    debug: () => undefined,
  });
}

/** The path to a Console without a network; every request is recorded. `clock` is the simulation's. */
export function transportTo(
  release: Scenario,
  model: ConsoleModel,
  clock: FakeClock,
  requests: RecordedRequest[],
): HttpTransport {
  const sessions = new Sessions(release, () => model.nowMs);
  const console = { model, sessions, registries: undefined };
  return async ({ method, url, headers, body = '', limitMs }): Promise<HttpResponse> => {
    if (limitMs < ROUND_TRIP_MS) throw new TransportError('timeout', '', 'no time was left');
    await clock.sleep(ROUND_TRIP_MS / 2);
    const call = callOf(method, url.pathname, '', release.settings.apiVersions);
    const { authorization = '' } = headers;
    const reply = await answer({ call, params: url.searchParams, authorization, body }, console);
    requests.push({ call, atMs: clock.nowMs(), status: reply.status });
    await clock.sleep(ROUND_TRIP_MS / 2);
    const answered = { ...lowerCased(reply.headers), date: new Date(model.shownTimeMs).toUTCString() };
    return { status: reply.status, headers: answered, body: Buffer.from(reply.body) };
  };
}

/** Node returns the names of headers in lower case. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
