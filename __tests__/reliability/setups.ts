import { type Findings, finding } from 'compute-console-emulator';

export const IMAGE = { registry: 'registry.example.com', repo: 'shop/cart', tag: '7' };

/**
 * The result of an image without a fault: its scan finishes and it passes; the scan fails; it is not over in time; or
 * it finishes, and a gate is not met.
 */
export type ExpectedEnd = 'passes' | 'fails' | 'never ends' | 'violates';

/** An image of a step, and what the Console has in store for it. */
export interface ImageSetup {
  readonly repo: string;
  readonly end: ExpectedEnd;
  readonly findings: Findings;
}

/** The scans of the Console, and the inputs of the gate. */
interface Setup {
  /** The description in a table. */
  readonly text: string;
  readonly images: readonly [ImageSetup, ...ImageSetup[]];
  readonly inputs: Readonly<Record<string, string>>;
  /** True if findings decide. */
  readonly isGated?: true;
}

const plain: ImageSetup = { repo: IMAGE.repo, end: 'passes', findings: [] };

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

export const SETUPS = {
  good: { text: 'finishes', images: [plain], inputs: {} },
  failing: { text: 'fails', images: [{ ...plain, end: 'fails' }], inputs: {} },
  endless: { text: 'is not over in time', images: [{ ...plain, end: 'never ends' }], inputs: {} },
  clean: { text: 'finishes, and a gate finds nothing', images: [plain], ...gated },
  // The earlier row is clean, so that a pass shows that it was taken for the new one.
  vulnerable: {
    text: 'finishes, and a gate objects',
    images: [{ ...plain, end: 'violates', findings: [HIGH] }],
    ...gated,
  },
  large: {
    text: 'finishes, and a gate objects to some of 20,000 findings',
    images: [{ ...plain, end: 'violates', findings: MANY }],
    ...gated,
  },
  several: {
    text: 'of three images fails for one',
    images: [plain, { ...plain, repo: 'shop/pay', end: 'fails' }, { ...plain, repo: 'shop/stock' }],
    inputs: {},
  },
  'several-gated': {
    text: 'of three images finishes, and a gate objects to one',
    images: [
      plain,
      { ...plain, repo: 'shop/pay', end: 'violates', findings: [HIGH] },
      { ...plain, repo: 'shop/stock' },
    ],
    ...gated,
  },
} as const satisfies Record<string, Setup>;

export type SetupName = keyof typeof SETUPS;

/** The parts of the setup. */
export function setupOf(setup: SetupName): Setup {
  return SETUPS[setup];
}

/** The inputs that name the images of a setup. */
export function imageInputs(setup: SetupName): Readonly<Record<string, string>> {
  const { images } = setupOf(setup);
  if (images.length === 1) return IMAGE;
  return { images: images.map(({ repo }) => `${IMAGE.registry}/${repo}:${IMAGE.tag}`).join('\n') };
}
