import { bestPrice, fewestRequests, STEPS } from './bound.ts';
import { simulateAll, type Task } from './crew.ts';
import { type Distribution, distributionsOf } from './distributions.ts';
import { beats, type Figures, figuresOf } from './figures.ts';
import { frontierPlot, type Panel } from './frontier-plot.ts';
import type { Options, Outcome } from './part.ts';
import { FIELD, OURS_KNOWING, OURS_UNKNOWING, POLICIES } from './policies.ts';
import { table } from './table.ts';

/** What each policy cost over one distribution. */
export interface Polled {
  readonly name: string;
  readonly scans: number;
  readonly policies: Readonly<Record<string, Figures>>;
  /** What nobody can undercut who knows the earlier duration, and stays below the latency of all peers. */
  readonly bound: { readonly latency: number; readonly requests: number };
}

const CHUNK = 1_000;
/** Before all waiting: log-in, the report before the trigger, and the trigger. */
const FIXED_REQUESTS = 3;

/** How long scans are waited for beyond their end, and with how many requests, under every policy. */
export async function polling(options: Options): Promise<Outcome> {
  const distributions = distributionsOf(options);
  const costs = await simulateAll(distributions.flatMap((each) => tasksFor(each, options.seed)));
  let taken = 0;
  const polled = distributions.map((distribution): Polled => {
    const chunks = Math.ceil(distribution.scans.length / CHUNK);
    const policies = Object.fromEntries(
      POLICIES.map(({ name }) => {
        const own = costs.slice(taken, taken + chunks).flat();
        taken += chunks;
        return [name, figuresOf(own)];
      }),
    );
    const { name, scans } = distribution;
    return { name, scans: scans.length, policies, bound: boundFor(distribution, policies) };
  });
  return {
    name: 'polling',
    data: { fixedRequests: FIXED_REQUESTS, distributions: polled },
    lines: [
      `Added latency in seconds, requests a scan. Beside these each wait has ${FIXED_REQUESTS}: log-in, report before, trigger.`,
      ...polled.flatMap(linesOf),
    ],
    files: {
      'frontier.svg': frontierPlot(polled.map((each, at) => panelOf(each, windowsOf(distributions[at])))),
    },
  };
}

function tasksFor({ scans }: Distribution, seed: number): Task[] {
  return POLICIES.flatMap(({ name }) =>
    Array.from({ length: Math.ceil(scans.length / CHUNK) }, (_none, at) => ({
      seed: seed + at * CHUNK,
      policy: name,
      scans: scans.slice(at * CHUNK, (at + 1) * CHUNK),
    })),
  );
}

/** Between which moments a scan ends whose duration is known to be within 15 %: how wide that is, in seconds. */
function windowsOf(distribution: Distribution | undefined): readonly number[] {
  return (distribution?.scans ?? []).map(
    ({ seconds, earlierSeconds = seconds }) => earlierSeconds / 0.85 - earlierSeconds / 1.15,
  );
}

function boundFor(distribution: Distribution, policies: Polled['policies']): Polled['bound'] {
  const windows = windowsOf(distribution);
  const latency = Math.min(...FIELD.flatMap(({ name }) => policies[name]?.latencyMean ?? []));
  return { latency, requests: fewestRequests(windows, latency) };
}

function linesOf({ name, scans, policies, bound }: Polled): string[] {
  const rows = Object.entries(policies).map(([policy, figures]) => [
    policy,
    ...[figures.latencyMean, figures.latency95th, figures.requests, figures.looks].map((each) =>
      each.toFixed(2),
    ),
  ]);
  const peers = FIELD.map((peer) => ({ name: peer.name, figures: policies[peer.name] }));
  const named = (test: (figures: Figures) => boolean) =>
    peers.flatMap((peer) => (peer.figures !== undefined && test(peer.figures) ? [peer.name] : []));
  const knowing = policies[OURS_KNOWING.name];
  const unknowing = policies[OURS_UNKNOWING.name];
  const unbeaten = named((peer) => knowing === undefined || !beats(knowing, peer));
  const better = named((peer) => unknowing === undefined || beats(peer, unknowing));
  const fewest = Math.min(...peers.map(({ figures }) => figures?.requests ?? Number.POSITIVE_INFINITY));
  return [
    '',
    `${name} (${scans} scans)`,
    ...table(['policy', 'latency', '95th %', 'requests', 'looks'], rows),
    `  with the earlier duration, ours beats on both: ${unbeaten.length === 0 ? 'every policy' : `all but ${unbeaten.join(', ')}`}`,
    `  with nothing known, better than ours on both: ${better.join(', ') || 'no policy'}`,
    `  below ${bound.latency.toFixed(2)} s no rule that knows ±15 % needs fewer than ${bound.requests.toFixed(2)} requests; the most frugal policy has ${fewest.toFixed(2)}`,
  ];
}

function panelOf({ name, policies }: Polled, windows: readonly number[]): Panel {
  return {
    title: name,
    marks: POLICIES.flatMap(({ name: policy, label, kind }) => {
      const figures = policies[policy];
      if (figures === undefined) return [];
      return [{ label, kind, requests: figures.requests, latency: figures.latencyMean }];
    }),
    frontier: STEPS.map((step) => bestPrice(windows, step)),
  };
}
