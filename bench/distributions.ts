import { around, chance } from './chance.ts';
import type { Duration, Options } from './part.ts';

/** Scans to wait for. */
export interface Distribution {
  readonly name: string;
  readonly scans: readonly Required<Duration>[];
}

const SCANS = 10_000;
/** How far off an earlier duration may be. */
const OFF_BY = 0.15;

const KINDS: readonly { readonly name: string; readonly draw: (random: () => number) => number }[] = [
  { name: 'short, around 25 s', draw: (random) => around(25, 0.2, random) },
  { name: 'medium, around 90 s', draw: (random) => around(90, 0.2, random) },
  { name: 'long, around 8 min', draw: (random) => around(480, 0.15, random) },
  {
    name: 'a queue, around 40 s or 4 min',
    draw: (random) => (random() < 0.5 ? around(40, 0.2, random) : around(240, 0.2, random)),
  },
];

/** The seeded distributions, or the given scans in their place. */
export function distributionsOf({ seed, durations }: Options): readonly Distribution[] {
  if (durations !== undefined) {
    const random = chance(seed);
    const scans = durations.map(({ seconds, earlierSeconds }) => ({
      seconds,
      earlierSeconds: earlierSeconds ?? seconds * offBy(random),
    }));
    return [{ name: 'the durations given', scans }];
  }
  return KINDS.map(({ name, draw }, at) => {
    const random = chance(seed + at);
    const scans = Array.from({ length: SCANS }, () => {
      const seconds = draw(random);
      return { seconds, earlierSeconds: seconds * offBy(random) };
    });
    return { name, scans };
  });
}

function offBy(random: () => number): number {
  return 1 - OFF_BY + 2 * OFF_BY * random();
}
