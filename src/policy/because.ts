import type { CallCounts } from '../scan/failure-tracker.ts';
import type { WaitSeen } from '../scan/timeline.ts';
import type { FailureStreak } from '../scan/types.ts';
import type { GateResult } from './gates.ts';
import type { WaitMode } from './given-up.ts';
import type { Proof } from './proof.ts';

/**
 * The facts that a decision stands on, as plain data. `src/text/catalogue.ts` makes every sentence about a result of
 * them; nothing else does.
 */
export type Because =
  | ScanFinished
  | GatesNotMet
  | PlatformAbsent
  | RegistryUnread
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

/** A platform that `platforms` asks for is not in the image. */
export interface PlatformAbsent {
  readonly kind: 'platform-absent';
  /** Its name; undefined if the image has no platform that can run at all. */
  readonly platform: string | undefined;
  /** Why the registry could not read a part of the image, which may be that platform; undefined if it read all. */
  readonly registryError: string | undefined;
}

/** The registry had to be asked before the wait, and could not be. */
export interface RegistryUnread {
  readonly kind: 'registry-unread';
  readonly question: 'digest' | 'platforms';
  readonly registryError: string;
}

/** A gate is not met, or it is unknown if it is. */
interface GatesNotMet {
  readonly kind: 'gates-not-met';
  /** Every gate in force, in the order in which they decide. */
  readonly gates: readonly GateResult[];
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
    /** The call, such as `POST authenticate`; undefined if only its failure is known. */
    readonly call: string | undefined;
    /** What was attempted and what came back: sentences. */
    readonly what: string;
    /** What a user can do; undefined if only the kind says it. */
    readonly hint: string | undefined;
    /** The status that the Console answered with; undefined where it did not answer. */
    readonly status: number | undefined;
    /** How often and how long it was tried; undefined for one attempt. */
    readonly streak: FailureStreak | undefined;
  };
  readonly seen: WaitSeen;
  /** The calls of the wait; undefined if the failure ended it at once. */
  readonly calls: CallCounts | undefined;
}

interface WrongInput {
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
interface Defect {
  readonly kind: 'defect';
  readonly message: string;
}
