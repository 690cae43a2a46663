import type { Duration, Options } from './part.ts';
import { logNormal, seededRandom } from './seeded-random.ts';

/** Scans to wait for. */
export interface Distribution {
  readonly name: string;
  readonly scans: readonly Required<Duration>[];
}

const SCANS = 10_000;
/** The largest relative difference between two scans of an image. */
const OFF_BY = 0.15;

const KINDS: readonly { readonly name: string; readonly draw: (random: () => number) => number }[] = [
  { name: 'short, around 25 s', draw: (random) => logNormal(25, 0.2, random) },
  { name: 'medium, around 90 s', draw: (random) => logNormal(90, 0.2, random) },
  { name: 'long, around 8 min', draw: (random) => logNormal(480, 0.15, random) },
  {
    name: 'a queue, around 40 s or 4 min',
    draw: (random) => (random() < 0.5 ? logNormal(40, 0.2, random) : logNormal(240, 0.2, random)),
  },
];

/** The seeded distributions, or the given scans instead. */
export function distributionsOf({ seed, durations }: Options): readonly Distribution[] {
  if (durations !== undefined) {
    const random = seededRandom(seed);
    const scans = durations.map(({ seconds, previousSeconds }) => ({
      seconds,
      previousSeconds: previousSeconds ?? seconds * offBy(random),
    }));
    return [{ name: 'the durations given', scans }];
  }
  return KINDS.map(({ name, draw }, at) => {
    const random = seededRandom(seed + at);
    const scans = Array.from({ length: SCANS }, () => {
      const seconds = draw(random);
      return { seconds, previousSeconds: seconds * offBy(random) };
    });
    return { name, scans };
  });
}

function offBy(random: () => number): number {
  return 1 - OFF_BY + 2 * OFF_BY * random();
}
