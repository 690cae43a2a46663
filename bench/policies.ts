/** A rule that decides when to poll. */
export interface Policy {
  readonly name: string;
  readonly kind: 'peer' | 'without previous' | 'with previous';
  /** Creates the interval of each wait: the estimate of the gate, or fixed delays. */
  readonly interval: () => 'auto' | { readonly everyMs: number };
}

/** Public scripts and actions, which poll at once, and then after each of these delays. */
export const PEERS: readonly Policy[] = [
  ...[5, 10, 15, 30].map((seconds) => peer(`fixed ${seconds} s`, () => seconds)),
  peer('3 to 15 s, doubling', (poll) => Math.min(3 * 2 ** poll, 15)),
  // The original stops at 155 s and lets the job continue; here it keeps its longest delay.
  peer('5 to 80 s, doubling', (poll) => Math.min(5 * 2 ** poll, 80)),
];

export const OURS_WITHOUT_PREVIOUS: Policy = {
  name: 'ours, no previous scan',
  kind: 'without previous',
  interval: () => 'auto',
};
export const OURS_WITH_PREVIOUS: Policy = {
  name: 'ours, previous duration known',
  kind: 'with previous',
  interval: () => 'auto',
};

export const POLICIES: readonly Policy[] = [...PEERS, OURS_WITHOUT_PREVIOUS, OURS_WITH_PREVIOUS];

function peer(name: string, secondsAfter: (poll: number) => number): Policy {
  const interval = () => {
    let poll = 0;
    return {
      // Read once for each delay.
      get everyMs() {
        return secondsAfter(poll++) * 1_000;
      },
    };
  };
  return { name, kind: 'peer', interval };
}
