import type { Cost } from './simulated-wait.ts';

/** The costs of the waits of one policy, times in seconds. */
export interface Figures {
  readonly latencyMean: number;
  readonly latency95th: number;
  readonly requests: number;
  readonly polls: number;
}

export function figuresOf(costs: readonly Cost[]): Figures {
  const latencies = costs.map(({ latencyMs }) => latencyMs / 1_000).sort((a, b) => a - b);
  return {
    latencyMean: mean(latencies),
    latency95th: latencies[Math.ceil(latencies.length * 0.95) - 1] ?? 0,
    requests: mean(costs.map(({ requests }) => requests)),
    polls: mean(costs.map(({ polls }) => polls)),
  };
}

/** True if one policy is better than another in both respects. */
export function beats(one: Figures, other: Figures): boolean {
  return one.latencyMean < other.latencyMean && one.requests < other.requests;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
