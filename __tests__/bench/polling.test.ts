import { describe, expect, test } from '@jest/globals';
import { distributionsOf } from '../../bench/distributions.ts';
import { beats, type Figures, figuresOf } from '../../bench/figures.ts';
import { OURS_WITH_PREVIOUS, OURS_WITHOUT_PREVIOUS, PEERS, type Policy } from '../../bench/policies.ts';
import { seededRandom } from '../../bench/seeded-random.ts';
import { simulateWait } from '../../bench/simulated-wait.ts';
import { FULL } from '../sample.ts';

const SCANS = 300;
const distributions = distributionsOf({ seed: 7, durations: undefined });

async function cost(policy: Policy, scans: (typeof distributions)[number]['scans']): Promise<Figures> {
  const some = scans.slice(0, SCANS);
  return figuresOf(await Promise.all(some.map((scan, at) => simulateWait(scan, policy, seededRandom(at)))));
}

describe.each(FULL ? distributions : distributions.slice(0, 1))('Of scans that are $name', ({ scans }) => {
  test('with the previous duration every other policy is later, and has more requests or is three times as late', async () => {
    const ours = await cost(OURS_WITH_PREVIOUS, scans);
    for (const peer of PEERS) {
      const theirs = await cost(peer, scans);
      const isLate = theirs.latencyMean > 3 * ours.latencyMean;
      expect({ peer: peer.name, isBeaten: beats(ours, theirs) || isLate }).toEqual({
        peer: peer.name,
        isBeaten: true,
      });
    }
  });

  test('without a previous scan no other policy has lower latency and fewer requests', async () => {
    const ours = await cost(OURS_WITHOUT_PREVIOUS, scans);
    for (const peer of PEERS)
      expect({ peer: peer.name, isBetter: beats(await cost(peer, scans), ours) }).toEqual({
        peer: peer.name,
        isBetter: false,
      });
  });
});

test('A fixed interval costs what arithmetic says', async () => {
  const scan = { seconds: 22, previousSeconds: 22 };
  const [five] = PEERS;
  if (five === undefined) throw new Error('there is no policy');
  // Polls at 0, 5 … 25 s. The row is read in full once the end was seen, as for every policy, so that it is not counted.
  expect(await simulateWait(scan, five, () => 0.5)).toEqual({ latencyMs: 3_000, requests: 6, polls: 6 });
});
