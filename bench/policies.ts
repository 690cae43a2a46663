import type { PollInterval } from '../src/scan/schedule.ts';

/** A rule that says when to look. */
export interface Policy {
  readonly name: string;
  /** What a plot calls it. */
  readonly label: string;
  readonly kind: 'peer' | 'unknowing' | 'knowing';
  /** A fresh one for each wait. */
  readonly interval: () => PollInterval;
}

/** What public scripts and actions do: look at once, and then again and again with these pauses. */
export const FIELD: readonly Policy[] = [
  ...[5, 10, 15, 30].map((seconds) => peer(`fixed ${seconds} s`, `${seconds} s`, () => seconds)),
  peer('3 to 15 s, doubling', '3 → 15 s', (look) => Math.min(3 * 2 ** look, 15)),
  // Its real form gives up at 155 s and lets the job go on; here it keeps its longest pause.
  peer('5 to 80 s, doubling', '5 → 80 s', (look) => Math.min(5 * 2 ** look, 80)),
];

export const OURS_UNKNOWING: Policy = {
  name: 'ours, nothing known',
  label: 'ours',
  kind: 'unknowing',
  interval: () => 'auto',
};
export const OURS_KNOWING: Policy = {
  name: 'ours, earlier duration known',
  label: 'ours, knowing',
  kind: 'knowing',
  interval: () => 'auto',
};

export const POLICIES: readonly Policy[] = [...FIELD, OURS_UNKNOWING, OURS_KNOWING];

function peer(name: string, label: string, secondsAfter: (look: number) => number): Policy {
  const interval = () => {
    let look = 0;
    return {
      // Read once for each pause.
      get everyMs() {
        return secondsAfter(look++) * 1_000;
      },
    };
  };
  return { name, label, kind: 'peer', interval };
}
