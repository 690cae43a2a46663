import { type Distribution, distributionsOf } from './distributions.ts';
import { heapInUse } from './heap.ts';
import type { Duration, Options, Outcome } from './part.ts';
import { seededRandom } from './seeded-random.ts';
import { type Moment, type ReleaseCost, simulateRelease } from './simulated-release.ts';
import { table } from './table.ts';

const SIZES = [1, 10, 50, 200, 1_000];
const KIND = 'medium';

/** The cost of one step for this number of images; times in seconds. */
export interface Scale {
  readonly images: number;
  readonly isPreviousKnown: boolean;
  readonly requests: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly mostInASecond: number;
  readonly mostReportsIn30Seconds: number;
  readonly refusals: number;
  readonly latencyMean: number;
  readonly latency95th: number;
  /** Time from the end of the last scan until the step knew. */
  readonly latencyOfAll: number;
  readonly seconds: number;
  /** The growth of the heap, including the Console's, when half of the scans are over. */
  readonly heapKb: number;
}

/**
 * The maximum numbers of requests of a step that waits this long for this number of images, if the Console answers.
 */
export function mostRequests(images: number, seconds: number) {
  return {
    authenticate: 1 + seconds / 480,
    scan: images,
    progress: 2 * images + 4 * seconds,
    registry: 5 + seconds / 1.2,
  };
}

/** Measures how the cost of a step grows with its images. */
export async function scale(options: Options): Promise<Outcome> {
  const { seed } = options;
  const { name, scans } = scansOf(options);
  const all: Scale[] = [];
  // The first run fills caches that the others use as well.
  await measure(scans.slice(0, 10), true, seed);
  for (const isPreviousKnown of [true, false]) {
    for (const images of SIZES) all.push(await measure(scans.slice(0, images), isPreviousKnown, seed));
  }
  const short = await measureShortScans(seed);
  return {
    name: 'scale',
    data: { scans: name, steps: all, shortScans: short },
    lines: [
      `One step for many images whose scans are ${name}. Latency in seconds; report calls at worst in 30 s.`,
      '',
      ...table(HEAD, all.map(cellsOf)),
      '',
      `A step for ${SHORT_SCANS.images} new images whose scans take 2 to 8 s, ${SHORT_SCANS.steps} times with other durations:`,
      `  done after ${Math.min(...short).toFixed(1)} to ${Math.max(...short).toFixed(1)} s (goal: ${SHORT_SCANS.goalSeconds} s)`,
    ],
  };
}

/** Many images with scans so short that the report's limit determines the duration of the step. */
export const SHORT_SCANS = { images: 120, steps: 20, goalSeconds: 15 } as const;

/** The durations in seconds of steps for short scans of images without an earlier scan. */
export async function measureShortScans(seed: number, steps: number = SHORT_SCANS.steps): Promise<number[]> {
  const seconds: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const random = seededRandom(seed + step);
    const scans = Array.from({ length: SHORT_SCANS.images }, () => ({
      seconds: 2 + 6 * random(),
      previousSeconds: undefined,
    }));
    seconds.push((await simulateRelease(scans, random)).seconds);
  }
  return seconds;
}

function scansOf(options: Options): Distribution {
  const distributions = distributionsOf(options);
  const kind = distributions.find(({ name }) => name.startsWith(KIND)) ?? distributions[0];
  if (kind === undefined) throw new Error('there are no scans');
  const { name, scans } = kind;
  const most = Math.max(...SIZES);
  return {
    name,
    scans: Array.from({ length: most }, (_none, at) => scans[at % scans.length]).flatMap(
      (scan) => scan ?? [],
    ),
  };
}

/** Measures one step; the same seed gives the same step. */
export async function measure(
  scans: readonly Required<Duration>[],
  isPreviousKnown: boolean,
  seed: number,
): Promise<Scale> {
  const given = isPreviousKnown ? scans : scans.map((scan) => ({ ...scan, previousSeconds: undefined }));
  const heap: Partial<Record<Moment, number>> = {};
  const cost = await simulateRelease(given, seededRandom(seed), async (moment) => {
    heap[moment] = await heapInUse();
  });
  const heapKb = ((heap.halfway ?? 0) - (heap.begun ?? 0)) / 1_024;
  return { images: given.length, isPreviousKnown, ...figuresOf(cost), heapKb };
}

function figuresOf({ requests, latenciesMs, lastLatencyMs, seconds }: ReleaseCost) {
  const latencies = latenciesMs.map((ms) => ms / 1_000).sort((a, b) => a - b);
  const times = requests.map(({ atMs }) => atMs);
  const reports = requests.filter(({ call }) => call === 'registry').map(({ atMs }) => atMs);
  const calls = [...Map.groupBy(requests, ({ call }) => call)].map(
    ([call, each]) => [call, each.length] as const,
  );
  return {
    requests: requests.length,
    calls: Object.fromEntries(calls),
    mostInASecond: mostWithin(times, 1_000),
    mostReportsIn30Seconds: mostWithin(reports, 30_000),
    refusals: requests.filter(({ status }) => status !== 200).length,
    latencyMean: latencies.reduce((sum, each) => sum + each, 0) / latencies.length,
    latency95th: latencies[Math.ceil(latencies.length * 0.95) - 1] ?? 0,
    latencyOfAll: lastLatencyMs / 1_000,
    seconds,
  };
}

/** The largest number of these sorted times within any window. */
function mostWithin(times: readonly number[], windowMs: number): number {
  let [most, first] = [0, 0];
  for (const [at, time] of times.entries()) {
    while ((times[first] ?? time) <= time - windowMs) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

const HEAD = [
  'images',
  'previous',
  'requests',
  'an image',
  'progress',
  'report',
  'in 1 s',
  'report in 30 s',
  'refused',
  'latency',
  '95th %',
  'of all',
  'heap kB',
];

function cellsOf(step: Scale): string[] {
  const { images, requests, calls } = step;
  return [
    String(images),
    step.isPreviousKnown ? 'known' : 'unknown',
    String(requests),
    (requests / images).toFixed(2),
    String(calls.progress ?? 0),
    String(calls.registry ?? 0),
    String(step.mostInASecond),
    String(step.mostReportsIn30Seconds),
    String(step.refusals),
    step.latencyMean.toFixed(2),
    step.latency95th.toFixed(2),
    step.latencyOfAll.toFixed(2),
    step.heapKb.toFixed(0),
  ];
}
