import type { ApiCall, Vulnerability } from './api-types.ts';
import type { FaultRule } from './faults.ts';
import type { Findings } from './findings.ts';
import type { Settings } from './settings.ts';

/** A Console as data: images, registries, users, settings and events. */
export interface Scenario {
  readonly settings: Settings;
  readonly images: readonly ImageSpec[];
  readonly registries: readonly RegistrySpec[];
  readonly users: readonly UserSpec[];
  readonly events: readonly ScenarioEvent[];
  /** Faults of the network and the server, by call. */
  readonly faults: readonly FaultRule[];
  /** Entries of the registry settings; null: one for each registry of the scenario. */
  readonly scopes: readonly ScopeSpec[] | null;
  readonly defenders: readonly DefenderSpec[];
  readonly collections: readonly CollectionSpec[];
}

/** An entry of the registry settings: what the regular scan covers. Patterns as the Console has them. */
export interface ScopeSpec {
  readonly registry: string;
  /** `shop/*`; empty: every repository. */
  readonly repository: string;
  readonly tag: string;
  readonly excludedRepositories: readonly string[];
  readonly excludedTags: readonly string[];
  /** Number of images per repository; 0: all. */
  readonly cap: number;
  readonly os: 'linux' | 'linuxARM64' | 'windows';
  /** Kind of registry: `2`, `aws`, `azure`, `gcr`, … */
  readonly version: string;
  readonly collections: readonly string[];
  readonly lastScanStatus: string;
  readonly scanError: string;
}

/** A scanner. Images are scanned only by a connected Defender of their own architecture. */
export interface DefenderSpec {
  readonly hostname: string;
  readonly connected: boolean;
  readonly arm64: boolean;
}

export interface CollectionSpec {
  readonly name: string;
  readonly color: string;
}

/** An image named by a query or an event; without a registry, any registry matches. */
export interface ImageReference {
  readonly registry?: string | undefined;
  readonly repo: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

export type Outcome = 'finished' | 'discovery-error' | 'scan-error' | 'report-error';

/** A package of an image. */
export interface PackageSpec {
  readonly name: string;
  readonly version: string;
  /** `package` for the system's packages (the default), `nodejs`, `python`, `jar`, `go`, `gem`, … */
  readonly type?: string;
  /** Default: follows from type, name, version and system. */
  readonly purl?: string;
  readonly path?: string;
  readonly license?: string;
  /** Binary packages of a source package. */
  readonly binaryPkgs?: readonly string[];
}

/** One scan of an image, from the trigger to the row. All times in milliseconds. */
export interface ScanSpec {
  /** From the trigger until progress shows the scan. */
  readonly registerDelayMs: number;
  readonly discoveryMs: number;
  readonly scanMs: number;
  /** How long the scan stays ongoing after its counts are complete. */
  readonly closingMs: number;
  /** Final count of progress. */
  readonly images: number;
  /** How many of `images` are scanned at the end; default: all. Fewer is an end without an error. */
  readonly scanned?: number;
  readonly outcome: Outcome;
  readonly errorText: string;
  /** Error code in the row; default: 1 with an error, 0 without. */
  readonly errCode?: number;
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
  /** Overrides the image's `arm64`. */
  readonly arm64?: boolean;
  /** Overrides the image's `coverageMissing`. */
  readonly coverageMissing?: boolean;
  readonly findings: Findings;
  readonly complianceIssues: readonly Vulnerability[];
  /** Default: some of the system. Packages that findings name are there as well. */
  readonly packages?: readonly PackageSpec[];
}

/** A scan before the start of the Console, which left a row. */
export interface EarlierScan {
  readonly agoMs: number;
  readonly scanMs: number;
  readonly digest?: string;
  readonly err: string;
  /** Default: 1 with an error, 0 without. */
  readonly errCode?: number;
  /** True if its end is still unread. */
  readonly unread: boolean;
  readonly findings: Findings;
  readonly complianceIssues: readonly Vulnerability[];
  readonly packages?: readonly PackageSpec[];
}

export interface ImageSpec {
  /** As the Console stores it, possibly with `https://`; empty for Docker Hub. */
  readonly registry: string;
  readonly repo: string;
  readonly tag: string;
  /** Manifest digest that was pushed. */
  readonly digest: string;
  /** One entry per scan; the last one repeats. */
  readonly scans: readonly [ScanSpec, ...ScanSpec[]];
  readonly earlier?: EarlierScan;
  /** Scans before `earlier`, whose rows a lagging replica of the report may still show. */
  readonly history?: readonly EarlierScan[];
  /** Other tags that the row lists among its `tags`. */
  readonly alsoTagged?: readonly string[];
  /** Other digests of the image, such as those of the platforms of an index. */
  readonly digests?: readonly string[];
  /** Built for ARM64. */
  readonly arm64?: boolean;
  /** Collections that contain the image; default: `All`. */
  readonly collections?: readonly string[];
  /** false: the user's collections hide the row. */
  readonly inReport: boolean;
  /** Such as `Debian GNU/Linux 12 (bookworm)`. */
  readonly distro: string;
  /** Version of the system; default: the one in `distro`. */
  readonly distroVersion?: string;
  /** The Console has no vulnerability data for the image's system. */
  readonly coverageMissing: boolean;
  /** The image is in a real registry, where results are looked up; `scans` is the last result. */
  readonly real: boolean;
}

/** One registry in the regular scan. */
export interface RegistrySpec {
  readonly registry: string;
  readonly repositories: number;
  readonly images: number;
  /** How many of `images` are scanned at the end; default: all. Fewer is an end without an error. */
  readonly scanned?: number;
  readonly defenders: number;
  readonly discoveryMs: number;
  readonly scanMs: number;
  readonly closingMs: number;
  readonly outcome: 'finished' | 'discovery-error' | 'scan-error';
  readonly errorText: string;
}

export type Role = 'administrator' | 'operator' | 'reader' | 'ci';

export interface UserSpec {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
  /** Calls that the role allows, but not this user. */
  readonly denied?: readonly ApiCall[];
  /** Collections that the user is limited to; default: all. */
  readonly collections?: readonly string[];
}

/** An event at a time relative to the Console's start; negative: before the start. */
export type ScenarioEvent =
  | { readonly kind: 'restart'; readonly atMs: number }
  | {
      /** Another user scans an image; `scan` replaces the next entry of the image's `scans`. */
      readonly kind: 'scan';
      readonly atMs: number;
      readonly image: ImageReference;
      readonly scan?: ScanSpec;
    }
  | { readonly kind: 'read'; readonly atMs: number; readonly image: ImageReference }
  | { readonly kind: 'regular-scan'; readonly atMs: number }
  | { readonly kind: 'read-regular'; readonly atMs: number }
  | { readonly kind: 'stop-regular'; readonly atMs: number }
  /** The tag is pushed again. */
  | { readonly kind: 'push'; readonly atMs: number; readonly image: ImageReference; readonly digest: string }
  /** The Console's clock is set ahead, or back if `byMs` is negative. */
  | { readonly kind: 'clock'; readonly atMs: number; readonly byMs: number };
