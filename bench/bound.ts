/**
 * The least that any rule can cost which knows no more than that a scan ends somewhere in a window: each moment
 * of it as likely as the next. Looks after gaps g₁, g₂ … that fill a window W add Σg²/2W and are Σi·gᵢ/W in
 * number; a Lagrange multiplier shows that the best gaps shrink evenly, by the same step in every window.
 */
export interface Price {
  /** Seconds that looking adds, on average. */
  readonly latency: number;
  /** Looks in the window, the one that finds the end included, on average. */
  readonly looks: number;
}

/** The best that can be had at a step, in seconds, over all windows. */
export function bestPrice(windows: readonly number[], step: number): Price {
  const prices = windows.map((window) => windowPrice(window, step));
  const mean = (of: (price: Price) => number) =>
    prices.reduce((sum, each) => sum + of(each), 0) / prices.length;
  return { latency: mean(({ latency }) => latency), looks: mean(({ looks }) => looks) };
}

/** The fewest looks with which any rule stays below a latency. */
export function fewestLooks(windows: readonly number[], latency: number): number {
  let [fine, coarse] = [1e-6, Math.max(...windows)];
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = Math.sqrt(fine * coarse);
    if (bestPrice(windows, middle).latency < latency) fine = middle;
    else coarse = middle;
  }
  return bestPrice(windows, fine).looks;
}

function windowPrice(window: number, step: number): Price {
  const gaps = Math.max(1, Math.floor((1 + Math.sqrt(1 + (8 * window) / step)) / 2 - 1e-9));
  const last = (window - (step * gaps * (gaps - 1)) / 2) / gaps;
  let [latency, looks] = [0, 0];
  for (let at = 1; at <= gaps; at += 1) {
    const gap = last + step * (gaps - at);
    latency += gap ** 2 / (2 * window);
    looks += (at * gap) / window;
  }
  return { latency, looks };
}
