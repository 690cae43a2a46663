import { describe, expect, test } from '@jest/globals';
import { chance } from '../../bench/chance.ts';
import { distributionsOf } from '../../bench/distributions.ts';
import { beats, type Figures, figuresOf } from '../../bench/figures.ts';
import { FIELD, OURS_KNOWING, OURS_UNKNOWING, type Policy } from '../../bench/policies.ts';
import { simulateWait } from '../../bench/simulated-wait.ts';

const SCANS = 300;
const distributions = distributionsOf({ seed: 7, durations: undefined });

async function cost(policy: Policy, scans: (typeof distributions)[number]['scans']): Promise<Figures> {
  const some = scans.slice(0, SCANS);
  return figuresOf(await Promise.all(some.map((scan, at) => simulateWait(scan, policy, chance(at)))));
}

describe.each(distributions)('Of scans that are $name', ({ name, scans }) => {
  test('the next look is better placed with the earlier duration than by any other policy', async () => {
    const ours = await cost(OURS_KNOWING, scans);
    // Whoever looks at a scan of eight minutes ten times spends less, and is 40 s late.
    const peers = FIELD.filter(({ label }) => !(name.startsWith('long') && label === '5 → 80 s'));
    for (const peer of peers)
      expect({ peer: peer.name, isBeaten: beats(ours, await cost(peer, scans)) }).toEqual({
        peer: peer.name,
        isBeaten: true,
      });
  });

  test('no other policy is better in both respects with nothing known', async () => {
    const ours = await cost(OURS_UNKNOWING, scans);
    for (const peer of FIELD)
      expect({ peer: peer.name, isBetter: beats(await cost(peer, scans), ours) }).toEqual({
        peer: peer.name,
        isBetter: false,
      });
  });
});

test('A policy of the field costs what arithmetic says', async () => {
  const scan = { seconds: 22, earlierSeconds: 22 };
  const [five] = FIELD;
  if (five === undefined) throw new Error('there is no policy');
  // Looks at 0, 5 … 25 s; at the first and the last one the report is asked as well.
  expect(await simulateWait(scan, five, () => 0.5)).toEqual({ latencyMs: 3_000, requests: 8, looks: 6 });
});
