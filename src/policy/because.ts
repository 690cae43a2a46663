import type { Digest } from '../image/image.ts';
import type { GivenUp } from '../scan/state.ts';
import type { WaitSeen } from '../scan/timeline.ts';
import type { Counts } from '../scan/types.ts';
import type { Proof } from './proof.ts';
import type { Violation } from './violation.ts';

/** How the scan of a step begins: by its own request, by somebody else's, or by the schedule of the registries. */
export type WaitMode = 'trigger' | 'await' | 'await-regular';

/**
 * The facts that a decision stands on, as plain data. `src/text/catalogue.ts` makes every sentence about a result of
 * them; nothing else does.
 */
export type Because =
  | ScanFinished
  | ScanFailed
  | WaitGivenUp
  | PlatformNotScanned
  | DigestDiffers
  | PlatformsMissing
  | RegistryUnread
  | GatesNotMet
  | ReportUnreadable
  | CallFailed
  | WrongInput
  | Stopped
  | ChecksDone
  | Defect;

/** The scan is proven finished, and every gate is met. */
export interface ScanFinished {
  readonly kind: 'scan-finished';
  readonly mode: WaitMode;
  readonly proof: Proof;
  /** The Console's time of the scan; undefined where no row gives one. */
  readonly scanTime: string | undefined;
  /** `registry/repo@sha256:…`, to promote; undefined where the report gives no digest. */
  readonly imageByDigest: string | undefined;
}

/** The Console reports an error of this scan. */
export interface ScanFailed {
  readonly kind: 'scan-failed';
  readonly error: string;
}

/** The wait ended without a proof. */
export interface WaitGivenUp {
  readonly kind: 'wait-given-up';
  readonly mode: WaitMode;
  readonly why: GivenUp['why'];
  /** The phase in which the wait ended. */
  readonly from: GivenUp['from'];
  /** The time that ran out, in milliseconds: that of the step, to start, or for the report. */
  readonly waitedMs: number;
  /** The value of `max-scan-age`; undefined where only a new scan counts. */
  readonly maxScanAgeMs: number | undefined;
  /** The counts of the last progress that had entries. */
  readonly discovery: Counts;
  readonly imageScan: Counts;
  readonly shown: ShownInstead;
}

/** What the report shows instead of the scan that was waited for. */
export type ShownInstead =
  | { readonly kind: 'scan'; readonly scanTime: string; readonly ageMs: number | undefined }
  /** A newer row whose scan was over before the step read the report first. */
  | { readonly kind: 'outdated-scan'; readonly scanTime: string; readonly baselineAtMs: number | undefined }
  | { readonly kind: 'unscanned-row' }
  | { readonly kind: 'no-row' }
  | { readonly kind: 'unreadable' };

/** The Console did not scan one platform of a multi-platform image. */
export interface PlatformNotScanned {
  readonly kind: 'platform-not-scanned';
  readonly because: WaitGivenUp;
}

/** The row of the report is not proven to be of the digest asked for. */
export interface DigestDiffers {
  readonly kind: 'digest-differs';
  readonly why: 'other-digest' | 'no-digest' | 'architecture' | 'registry-unread' | 'report-unreadable';
  /** The digests that the row shows. */
  readonly shown: readonly Digest[];
  /** `architecture`: the platforms that the digest asked for is of, and the architecture that was scanned. */
  readonly platforms: readonly string[];
  readonly isArm64: boolean | undefined;
  /** Why the registry could not be asked; undefined where it was, or was not needed. */
  readonly registryError: string | undefined;
}

/** Platforms that `platforms` asks for were not scanned, or are not in the image. */
export interface PlatformsMissing {
  readonly kind: 'platforms-missing';
  readonly why: 'not-scanned' | 'not-in-image';
  /** Their names; none where the image has no platform that can run at all. */
  readonly platforms: readonly string[];
  readonly registryError: string | undefined;
}

/** The registry had to be asked before the wait, and could not be. */
export interface RegistryUnread {
  readonly kind: 'registry-unread';
  readonly question: 'digest' | 'platforms';
  readonly registryError: string;
}

/** A gate is not met, or it is unknown if it is. */
export interface GatesNotMet {
  readonly kind: 'gates-not-met';
  /** The decisive one first. */
  readonly gates: readonly Violation[];
  /** Why the findings could not be read; undefined where they were. */
  readonly unread: string | undefined;
}

/** A gate is set, and the Console user is not allowed to read the report. */
export interface ReportUnreadable {
  readonly kind: 'report-unreadable';
}

export type CallFailureKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'bad-request'
  | 'unsupported'
  | 'tls'
  | 'unreachable'
  | 'rate-limited'
  | 'invalid-response';

/** A call of the Console failed for good. */
export interface CallFailed {
  readonly kind: 'call-failed';
  readonly failure: {
    readonly kind: CallFailureKind;
    /** What was attempted and what came back: sentences. */
    readonly what: string;
    /** What a user can do; undefined if only the kind says it. */
    readonly hint: string | undefined;
    /** The status that the Console answered with; undefined where it did not answer. */
    readonly status: number | undefined;
  };
  readonly seen: WaitSeen;
}

export interface WrongInput {
  readonly kind: 'wrong-input';
  readonly message: string;
}

/** The run was asked to end. */
export interface Stopped {
  readonly kind: 'stopped';
  /** `SIGTERM`; undefined where it is not known who stopped it. */
  readonly signal: string | undefined;
  readonly seen: WaitSeen;
}

/** The checks of a preflight are done. */
export interface ChecksDone {
  readonly kind: 'checks-done';
  readonly failed: readonly string[];
  readonly counts: Readonly<Record<'ok' | 'failed' | 'cannot-tell', number>>;
}

/** An error of no known class: a defect of ours. */
export interface Defect {
  readonly kind: 'defect';
  readonly message: string;
}
