import { digestOf } from '../../emulator/builders.ts';
import type { Findings } from '../../emulator/findings.ts';
import { finding } from '../../emulator/findings.ts';

export const IMAGE = { registry: 'registry.example.com', repo: 'shop/cart', tag: '7' };

const DIGEST = digestOf(`${IMAGE.registry}/${IMAGE.repo}:${IMAGE.tag}`);
const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/**
 * What becomes of an image when nothing goes wrong: its scan finishes and it passes; the scan fails; it is not over
 * in time; or it finishes, and a gate objects.
 */
export type Fate = 'passes' | 'fails' | 'never ends' | 'is held';

/** An image of a step, and what the Console has in store for it. */
export interface Outlook {
  readonly repo: string;
  readonly fate: Fate;
  readonly findings: Findings;
  readonly earlierAgoMs: number;
  readonly earlierFindings: Findings;
}

/** What the Console has in store, and what the gate is told to make of it. */
interface Plan {
  /** What a table says of it. */
  readonly text: string;
  readonly images: readonly [Outlook, ...Outlook[]];
  readonly inputs: Readonly<Record<string, string>>;
  /** Whether findings decide. */
  readonly isGated?: true;
  /** A scan of before is accepted that is no older; undefined where none is. */
  readonly maxScanAgeMs?: number;
}

const plain: Outlook = {
  repo: IMAGE.repo,
  fate: 'passes',
  findings: [],
  earlierAgoMs: DAY_MS,
  earlierFindings: [],
};

const HIGH = finding({
  cve: 'CVE-2099-0001',
  severity: 'high',
  packageName: 'openssl',
  packageVersion: '3.0.1',
  fixedIn: '3.0.2',
});

/** A report of about 10 MB. */
const MANY: Findings = { seed: 7, count: 20_000 };

const gated = { isGated: true, inputs: { 'severity-cutoff': 'high' } } as const;
const recency = { maxScanAgeMs: HOUR_MS, inputs: { 'max-scan-age': '1h', digest: DIGEST } } as const;

export const PROSPECTS = {
  good: { text: 'finishes', images: [plain], inputs: {} },
  failing: { text: 'fails', images: [{ ...plain, fate: 'fails' }], inputs: {} },
  endless: { text: 'is not over in time', images: [{ ...plain, fate: 'never ends' }], inputs: {} },
  clean: { text: 'finishes, and a gate finds nothing', images: [plain], ...gated },
  // The earlier row is clean: whoever takes it for the new one passes.
  vulnerable: {
    text: 'finishes, and a gate objects',
    images: [{ ...plain, fate: 'is held', findings: [HIGH] }],
    ...gated,
  },
  large: {
    text: 'finishes, and a gate objects to some of 20,000 findings',
    images: [{ ...plain, fate: 'is held', findings: MANY }],
    ...gated,
  },
  recent: {
    text: 'was over within `max-scan-age`',
    images: [{ ...plain, earlierAgoMs: HOUR_MS / 2 }],
    ...recency,
  },
  stale: {
    text: 'was over before `max-scan-age`, and another finishes',
    images: [{ ...plain, earlierAgoMs: 3 * HOUR_MS }],
    ...recency,
  },
  'recent-vulnerable': {
    text: 'was over within `max-scan-age`, and a gate objects',
    images: [
      {
        ...plain,
        fate: 'is held',
        earlierAgoMs: HOUR_MS / 2,
        earlierFindings: [HIGH],
        findings: [HIGH],
      },
    ],
    isGated: true,
    maxScanAgeMs: HOUR_MS,
    inputs: { ...gated.inputs, ...recency.inputs },
  },
  several: {
    text: 'of three images fails for one',
    images: [plain, { ...plain, repo: 'shop/pay', fate: 'fails' }, { ...plain, repo: 'shop/stock' }],
    inputs: {},
  },
  'several-gated': {
    text: 'of three images finishes, and a gate objects to one',
    images: [
      plain,
      { ...plain, repo: 'shop/pay', fate: 'is held', findings: [HIGH] },
      { ...plain, repo: 'shop/stock' },
    ],
    ...gated,
  },
} as const satisfies Record<string, Plan>;

export type Prospect = keyof typeof PROSPECTS;

/** What the prospect is made of. */
export function planOf(prospect: Prospect): Plan {
  return PROSPECTS[prospect];
}

/** The inputs that name the images of a prospect. */
export function imageInputs(prospect: Prospect): Readonly<Record<string, string>> {
  const { images } = planOf(prospect);
  if (images.length === 1) return IMAGE;
  return { images: images.map(({ repo }) => `${IMAGE.registry}/${repo}:${IMAGE.tag}`).join('\n') };
}
