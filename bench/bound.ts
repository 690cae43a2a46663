/**
 * The minimum cost of any rule that only knows that a scan ends within a window, at a uniformly distributed time.
 * Gaps g₁, g₂ … that fill a window W add Σg²/2W to the wait, and Σi·gᵢ/W polls. A Lagrange multiplier shows that the
 * best gaps shrink evenly, by the same step in every window.
 */
export interface Price {
  /** Seconds from the end of a scan until it is known, on average. */
  readonly latency: number;
  /** The number of requests, with two for the final poll: progress shows the end, and the report the row. */
  readonly requests: number;
}

/** Seconds from the end to the row; a poll in between repeats the request. */
const ROW_LAG = 0.5;
/** More windows than about this many do not change the result. */
const SAMPLE = 100;

/** Prices of a request, in seconds. */
export const STEPS = Array.from({ length: 60 }, (_none, at) => 0.02 * 1.15 ** at);

/** The best price for a step, in seconds, over all windows. */
export function bestPrice(windows: readonly number[], step: number): Price {
  const every = Math.ceil(windows.length / SAMPLE);
  const some = windows.toSorted((a, b) => a - b).filter((_window, at) => at % every === every >> 1);
  const prices = some.map((window) => windowPrice(window, step));
  const mean = (of: (price: Price) => number) =>
    prices.reduce((sum, each) => sum + of(each), 0) / prices.length;
  return { latency: mean(({ latency }) => latency), requests: mean(({ requests }) => requests) };
}

/**
 * A lower bound for the requests of any rule with this latency: whatever the price of a request in seconds, no rule
 * has a smaller sum of both than the best one at that price.
 */
export function fewestRequests(windows: readonly number[], latency: number): number {
  return Math.max(
    ...STEPS.map((step) => {
      const best = bestPrice(windows, step);
      return best.requests - (latency - best.latency) / step;
    }),
  );
}

/**
 * The price with the optimal number of gaps: one more gap must save more time than its requests cost, at the price of
 * the step.
 */
function windowPrice(window: number, step: number): Price {
  const most = Math.max(1, Math.floor((1 + Math.sqrt(1 + (8 * window) / step)) / 2 - 1e-9));
  let best = priceOf(window, step, 1);
  for (let gaps = 2; gaps <= most; gaps += 1) {
    const price = priceOf(window, step, gaps);
    if (price.latency + step * price.requests < best.latency + step * best.requests) best = price;
  }
  return best;
}

function priceOf(window: number, step: number, gaps: number): Price {
  const last = (window - (step * gaps * (gaps - 1)) / 2) / gaps;
  let [latency, requests] = [0, 1];
  for (let at = 1; at <= gaps; at += 1) {
    const gap = last + step * (gaps - at);
    const inLag = Math.min(gap, ROW_LAG);
    latency += (gap ** 2 + inLag ** 2) / (2 * window);
    requests += (at * gap + inLag) / window;
  }
  return { latency, requests };
}
