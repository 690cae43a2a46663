import { buildScenario, ConsoleModel } from 'compute-console-emulator';
import { FakeClock } from '../__tests__/builders/fake-clock.ts';
import type { HttpTransport } from '../src/http/transport.ts';
import { ActiveScans } from '../src/scan/clock.ts';
import { Deadline } from '../src/scan/deadline.ts';
import { waitForScan } from '../src/scan/poller.ts';
import {
  apiOver,
  CONSOLE_STARTS_AT_MS,
  imageOf,
  type RecordedRequest,
  scriptOf,
  transportTo,
} from './simulated-release.ts';
import { type Limit, WindowLimit } from './window-limit.ts';

/** Parallel jobs of several pipelines, each with one image, that share the limit of one Console's report. */
export interface Fleet {
  readonly jobs: number;
  readonly limit: Limit;
  /** True if another client constantly reads the report at half of the limit. */
  readonly hasThirdParty: boolean;
}

/** The cost of a fleet. */
export interface FleetCost {
  /** Time from the first start until the last job was done. */
  readonly seconds: number;
  /** Reads of the report by the jobs. */
  readonly answered: number;
  readonly refused: number;
  /** Jobs that did not end with a proven scan and its findings. */
  readonly failures: number;
}

const SCAN_SECONDS = 4;
/** All jobs begin within this time. */
const BEGIN_WITHIN_MS = 2_000;
/** Limits so long that only the rate limit determines the duration of a job. */
const LIMITS = { timeoutMs: 86_400_000, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 };
const TRIGGER_AT_MOST_MS = 75_000;
const MOST_SLEEPS = 20_000_000;

/** Runs the real loop with its own client in each job, in virtual time. */
export async function simulateFleet(fleet: Fleet, random: () => number): Promise<FleetCost> {
  const clock = new FakeClock(0, MOST_SLEEPS);
  const limit = new WindowLimit(fleet.limit);
  const places = Array.from({ length: fleet.jobs }, (_none, at) => at);
  const scenario = buildScenario({
    images: places.map((at) => scriptOf({ seconds: SCAN_SECONDS, previousSeconds: undefined }, at)),
    settings: { rateLimit: null },
  });
  const model = new ConsoleModel({
    now: () => CONSOLE_STARTS_AT_MS + clock.nowMs(),
    scenario,
    journalLimit: 0,
  });
  const requests: RecordedRequest[] = [];
  let refused = 0;
  const limited = limitedBy(limit, clock, transportTo(scenario, model, clock, requests), () => {
    refused += 1;
  });
  if (fleet.hasThirdParty) void askForever(fleet.limit, limit, clock);
  const results = await clock.run(Promise.all(places.map((at) => job(at, clock, limited, random))));
  return {
    seconds: clock.nowMs() / 1_000,
    answered: requests.filter(({ call }) => call === 'registry').length,
    refused,
    failures: results.filter((isProven) => !isProven).length,
  };
}

/** Waits for one image in its own job; true if its scan is proven finished and its findings are read. */
async function job(
  at: number,
  clock: FakeClock,
  transport: HttpTransport,
  random: () => number,
): Promise<boolean> {
  await clock.sleep(BEGIN_WITHIN_MS * random());
  const { signal } = new AbortController();
  const deadline = new Deadline(clock, LIMITS.timeoutMs);
  const activeScans = new ActiveScans();
  const api = apiOver(transport, { clock, deadline, activeScans, random, signal });
  const image = imageOf(at);
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
  return (
    outcome.kind === 'ended' &&
    outcome.state.phase === 'finished' &&
    outcome.state.row?.findings !== undefined
  );
}

function limitedBy(
  limit: WindowLimit,
  clock: FakeClock,
  transport: HttpTransport,
  onRefusal: () => void,
): HttpTransport {
  return async (request) => {
    const isReport = request.method === 'GET' && request.url.pathname.endsWith('/registry');
    if (!isReport || limit.take(clock.nowMs())) return transport(request);
    onRefusal();
    return { status: 429, headers: {}, body: Buffer.from('{"err":"too many requests"}') };
  };
}

/** Another client that reads the report, as often as half of the limit allows. */
async function askForever(
  { requests, windowMs }: Limit,
  limit: WindowLimit,
  clock: FakeClock,
): Promise<never> {
  for (;;) {
    limit.take(clock.nowMs());
    await clock.sleep((2 * windowMs) / requests);
  }
}

/** Time limit of scripts. */
const SCRIPTS_END_AT_MS = 3_600_000;

/**
 * The same jobs as scripts: each triggers its scan and then reads the report every `everyMs` until a read after the end of
 * its scan is answered.
 */
export function simulateScripts(fleet: Fleet, everyMs: number, random: () => number): FleetCost {
  const limit = new WindowLimit(fleet.limit);
  const due = Array.from({ length: fleet.jobs }, () => BEGIN_WITHIN_MS * random());
  const scannedAtMs = due.map((atMs) => atMs + SCAN_SECONDS * 1_000);
  let [answered, refused, failures, atMs] = [0, 0, fleet.jobs, 0];
  while (failures > 0) {
    atMs = Math.min(...due);
    if (atMs > SCRIPTS_END_AT_MS) break;
    const next = due.indexOf(atMs);
    const isAnswered = limit.take(atMs);
    if (isAnswered) answered += 1;
    else refused += 1;
    const isDone = isAnswered && atMs >= (scannedAtMs[next] ?? 0);
    due[next] = isDone ? Number.POSITIVE_INFINITY : atMs + everyMs;
    if (isDone) failures -= 1;
  }
  return { seconds: atMs / 1_000, answered, refused, failures };
}
