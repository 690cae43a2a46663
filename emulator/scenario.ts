import type { Vulnerability } from './api-types.ts';
import type { Findings } from './findings.ts';
import type { Settings } from './settings.ts';

/** A Console as data: images, registries, users, settings and events. */
export type Scenario = {
  readonly settings: Settings;
  readonly images: readonly ImageSpec[];
  readonly registries: readonly RegistrySpec[];
  readonly users: readonly UserSpec[];
  readonly events: readonly ScenarioEvent[];
};

/** An image named by a query or an event; without a registry, any registry matches. */
export type ImageReference = {
  readonly registry?: string | undefined;
  readonly repo: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
};

export type Outcome = 'finished' | 'discovery-error' | 'scan-error' | 'report-error';

/** One scan of an image, from the trigger to the row. All times in milliseconds. */
export type ScanSpec = {
  /** From the trigger until progress shows the scan. */
  readonly registerDelayMs: number;
  readonly discoveryMs: number;
  readonly scanMs: number;
  /** How long the scan stays ongoing after its counts are complete. */
  readonly closingMs: number;
  /** Final count of progress. */
  readonly images: number;
  readonly outcome: Outcome;
  readonly errorText: string;
  /** false: progress never shows the scan; the row is written. */
  readonly shownInProgress: boolean;
  /** From the end to the row, overrides the setting; null: the row is never written. */
  readonly rowLagMs?: number | null;
  /** Another user reads the end this long after it; default: never. */
  readonly endReadByOtherAfterMs?: number;
  /** The digest found, if the tag has moved since the push. */
  readonly digest?: string;
  /** Image id: the digest of the configuration; default: derived from the manifest digest. */
  readonly imageId?: string;
  /** Overrides the image's `coverageMissing`. */
  readonly coverageMissing?: boolean;
  readonly findings: Findings;
  readonly complianceIssues: readonly Vulnerability[];
};

/** A scan before the start of the Console, which left a row. */
export type EarlierScan = {
  readonly agoMs: number;
  readonly scanMs: number;
  readonly digest?: string;
  readonly err: string;
  /** Whether its end is still unread. */
  readonly unread: boolean;
  readonly findings: Findings;
  readonly complianceIssues: readonly Vulnerability[];
};

export type ImageSpec = {
  /** As the Console stores it, possibly with `https://`; empty for Docker Hub. */
  readonly registry: string;
  readonly repo: string;
  readonly tag: string;
  /** Manifest digest that was pushed. */
  readonly digest: string;
  /** One entry per scan; the last one repeats. */
  readonly scans: readonly [ScanSpec, ...ScanSpec[]];
  readonly earlier?: EarlierScan;
  /** false: the user's collections hide the row. */
  readonly inReport: boolean;
  readonly distro: string;
  /** The Console has no vulnerability data for the image's system. */
  readonly coverageMissing: boolean;
  /** The image is in a real registry, where results are looked up; `scans` is the last result. */
  readonly real: boolean;
};

/** One registry in the regular scan. */
export type RegistrySpec = {
  readonly registry: string;
  readonly repositories: number;
  readonly images: number;
  readonly defenders: number;
  readonly discoveryMs: number;
  readonly scanMs: number;
  readonly closingMs: number;
  readonly outcome: 'finished' | 'discovery-error' | 'scan-error';
  readonly errorText: string;
};

export type Role = 'administrator' | 'reader' | 'ci';

export type UserSpec = { readonly username: string; readonly password: string; readonly role: Role };

/** An event at a time relative to the Console's start; negative: before the start. */
export type ScenarioEvent =
  | { readonly kind: 'restart'; readonly atMs: number }
  | { readonly kind: 'scan'; readonly atMs: number; readonly image: ImageReference }
  | { readonly kind: 'read'; readonly atMs: number; readonly image: ImageReference }
  | { readonly kind: 'regular-scan'; readonly atMs: number }
  | { readonly kind: 'read-regular'; readonly atMs: number };
