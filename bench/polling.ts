import pMap from 'p-map';
import { fewestRequests } from './bound.ts';
import { type Distribution, distributionsOf } from './distributions.ts';
import { beats, type Figures, figuresOf } from './figures.ts';
import type { Duration, Options, Outcome } from './part.ts';
import { OURS_WITH_PREVIOUS, OURS_WITHOUT_PREVIOUS, PEERS, POLICIES, type Policy } from './policies.ts';
import { seededRandom } from './seeded-random.ts';
import { type Cost, simulateWait } from './simulated-wait.ts';
import { table } from './table.ts';

/** The cost of a policy over one distribution. */
export interface Polled {
  readonly name: string;
  readonly scans: number;
  readonly policies: Readonly<Record<string, Figures>>;
  /** The lower bound for any rule that knows the previous duration and has the latency of the best peer. */
  readonly bound: { readonly latency: number; readonly requests: number };
}

/** Number of parallel waits, each with its own clock. More would take memory and save no time. */
const CONCURRENCY = 100;
/** Before the first poll: log-in, report, progress, trigger. */
const FIXED_REQUESTS = 4;

/** The latency of each policy after the end of a scan, and its number of requests. */
export async function polling(options: Options): Promise<Outcome> {
  const distributions = distributionsOf(options);
  const polled: Polled[] = [];
  for (const distribution of distributions) {
    const policies: Record<string, Figures> = {};
    for (const policy of POLICIES) {
      policies[policy.name] = figuresOf(await costsOf(distribution, policy, options.seed));
    }
    const { name, scans } = distribution;
    polled.push({ name, scans: scans.length, policies, bound: boundFor(distribution, policies) });
  }
  return {
    name: 'polling',
    data: { fixedRequests: FIXED_REQUESTS, distributions: polled },
    lines: [
      `Added latency in seconds, requests a scan. Each wait has ${FIXED_REQUESTS} more: log-in, report, progress, trigger.`,
      ...polled.flatMap(linesOf),
    ],
  };
}

/**
 * The costs of all waits. Each wait has its own random numbers, so that no result depends on the order of the waits.
 */
function costsOf({ scans }: Distribution, policy: Policy, seed: number): Promise<readonly Cost[]> {
  const cost = (scan: Required<Duration>, index: number) =>
    simulateWait(scan, policy, seededRandom(seed + index));
  return pMap(scans, cost, { concurrency: CONCURRENCY });
}

/** The width in seconds of the window in which each scan ends, if its duration is known to within 15 %. */
function windowsOf({ scans }: Distribution): readonly number[] {
  return scans.map(
    ({ seconds, previousSeconds = seconds }) => previousSeconds / 0.85 - previousSeconds / 1.15,
  );
}

function boundFor(distribution: Distribution, policies: Polled['policies']): Polled['bound'] {
  const windows = windowsOf(distribution);
  const latency = Math.min(...PEERS.flatMap(({ name }) => policies[name]?.latencyMean ?? []));
  return { latency, requests: fewestRequests(windows, latency) };
}

function linesOf({ name, scans, policies, bound }: Polled): string[] {
  const rows = Object.entries(policies).map(([policy, figures]) => [
    policy,
    ...[figures.latencyMean, figures.latency95th, figures.requests, figures.polls].map((each) =>
      each.toFixed(2),
    ),
  ]);
  const peers = PEERS.map((peer) => ({ name: peer.name, figures: policies[peer.name] }));
  const named = (test: (figures: Figures) => boolean) =>
    peers.flatMap((peer) => (peer.figures !== undefined && test(peer.figures) ? [peer.name] : []));
  const withPrevious = policies[OURS_WITH_PREVIOUS.name];
  const withoutPrevious = policies[OURS_WITHOUT_PREVIOUS.name];
  const unbeaten = named((peer) => withPrevious === undefined || !beats(withPrevious, peer));
  const better = named((peer) => withoutPrevious === undefined || beats(peer, withoutPrevious));
  const fewest = Math.min(...peers.map(({ figures }) => figures?.requests ?? Number.POSITIVE_INFINITY));
  return [
    '',
    `${name} (${scans} scans)`,
    ...table(['policy', 'latency', '95th %', 'requests', 'polls'], rows),
    `  with the previous duration, ours is better on both than ${unbeaten.length === 0 ? 'every policy' : `all but ${unbeaten.join(', ')}`}`,
    `  without a previous scan, better than ours on both: ${better.join(', ') || 'no policy'}`,
    `  below ${bound.latency.toFixed(2)} s no rule that knows ±15 % needs fewer than ${bound.requests.toFixed(2)} requests; the most frugal policy has ${fewest.toFixed(2)}`,
  ];
}
