import type { Findings } from './findings.ts';
import type { Settings } from './settings.ts';
import type { Vulnerability } from './wire.ts';

/** A Console as data: what it holds, who may use it, how it behaves, and what happens to it by itself. */
export type Scenario = {
  readonly settings: Settings;
  readonly images: readonly ImageScript[];
  readonly registries: readonly RegistryScript[];
  readonly users: readonly UserScript[];
  readonly events: readonly EventScript[];
};

/** An image as a query or an event names it; without a registry, the one of whichever registry has it. */
export type ImageReference = {
  readonly registry?: string | undefined;
  readonly repo: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
};

export type Outcome = 'finished' | 'discovery-error' | 'scan-error' | 'report-error';

/** One scan of an image, from the trigger to the row. All times in milliseconds. */
export type ScanScript = {
  /** From the trigger until progress can show the scan. */
  readonly registerDelayMs: number;
  readonly discoveryMs: number;
  readonly scanMs: number;
  /** How long the scan stays ongoing after its counts add up. */
  readonly closingMs: number;
  /** What the counts of progress go up to. */
  readonly images: number;
  readonly outcome: Outcome;
  readonly errorText: string;
  /** false: the scan runs and writes its row, and progress never shows it. */
  readonly shownInProgress: boolean;
  /** From the end to the row, instead of the setting; null: the row is never written. */
  readonly rowLagMs?: number | null;
  /** Someone else reads the end this long after it; never, where absent. */
  readonly readElsewhereAfterMs?: number;
  /** The digest found, where the tag has moved since the push. */
  readonly digest?: string;
  /** The image's id, which is the digest of its configuration; made up from the manifest's where left out. */
  readonly imageId?: string;
  /** Whether the Console has no vulnerability data for what was found, instead of what the image says. */
  readonly coverageMissing?: boolean;
  readonly findings: Findings;
  readonly complianceIssues: readonly Vulnerability[];
};

/** The scan that left a row before the Console of the scenario came up. */
export type EarlierScan = {
  readonly agoMs: number;
  readonly scanMs: number;
  readonly digest?: string;
  readonly err: string;
  /** Whether its end still waits for a reader. */
  readonly unread: boolean;
  readonly findings: Findings;
  readonly complianceIssues: readonly Vulnerability[];
};

export type ImageScript = {
  /** As the Console stores it, perhaps with `https://`; empty for Docker Hub. */
  readonly registry: string;
  readonly repo: string;
  readonly tag: string;
  /** Manifest digest that was pushed. */
  readonly digest: string;
  /** The first scan follows the first script, and so on; the last one repeats. */
  readonly scans: readonly [ScanScript, ...ScanScript[]];
  readonly earlier?: EarlierScan;
  /** false: the user's collections hide the row. */
  readonly inReport: boolean;
  readonly distro: string;
  /** The Console has no vulnerability data for the image's system. */
  readonly coverageMissing: boolean;
  /** In a real registry: what a scan finds is looked up there while it runs, and `scans` is what was found last. */
  readonly real: boolean;
};

/** One registry in the regular scan. */
export type RegistryScript = {
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

export type UserScript = { readonly username: string; readonly password: string; readonly role: Role };

/** Something that happens by itself, at a time counted from the Console's start; negative is before it. */
export type EventScript =
  | { readonly kind: 'restart'; readonly atMs: number }
  | { readonly kind: 'scan'; readonly atMs: number; readonly image: ImageReference }
  | { readonly kind: 'read'; readonly atMs: number; readonly image: ImageReference }
  | { readonly kind: 'regular-scan'; readonly atMs: number }
  | { readonly kind: 'read-regular'; readonly atMs: number };
