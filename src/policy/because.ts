import type { FailedRead } from '../image/manifests.ts';
import type { CallCounts, CallFailure } from '../scan/call-failure.ts';
import type { WaitSeen } from '../scan/timeline.ts';
import type { GateResult } from './gates.ts';
import type { WaitMode } from './given-up.ts';
import type { Proof } from './proof.ts';

/**
 * The facts behind a decision, as plain data. `src/text/catalogue.ts` turns them into sentences; nothing else does.
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
  | SecretLate
  | OutputsLost
  | Defect;

/** The scan is proven finished, and every gate is met. */
export interface ScanFinished {
  readonly kind: 'scan-finished';
  readonly mode: WaitMode;
  readonly proof: Proof;
  /** The Console's time of the scan; undefined if no row gives one. */
  readonly scanTime: string | undefined;
  /** `registry/repo@sha256:…`, to promote; undefined if the report gives no digest. */
  readonly imageByDigest: string | undefined;
}

/** A platform required by `platforms` is not in the image. */
export interface PlatformAbsent {
  readonly kind: 'platform-absent';
  /** Its name; undefined if the image has no runnable platform at all. */
  readonly platform: string | undefined;
  /** The reason why a part of the image, perhaps that platform, could not be read; undefined if all was read. */
  readonly registryError: FailedRead | undefined;
}

/** The registry had to be asked before the wait, and could not be. */
export interface RegistryUnread {
  readonly kind: 'registry-unread';
  readonly question: 'digest' | 'platforms';
  readonly registryError: FailedRead;
}

/** A gate is not met or unknown. */
interface GatesNotMet {
  readonly kind: 'gates-not-met';
  /** Every gate in force, in the order in which they decide. */
  readonly gates: readonly GateResult[];
}

/** A call of the Console failed finally. */
export interface CallFailed {
  readonly kind: 'call-failed';
  readonly failure: CallFailure;
  readonly seen: WaitSeen;
  /** The calls of the wait; undefined if the failure ended it at once. */
  readonly calls: CallCounts | undefined;
}

interface WrongInput {
  readonly kind: 'wrong-input';
  readonly message: string;
}

/** The run was cancelled. */
export interface Stopped {
  readonly kind: 'stopped';
  /** `SIGTERM`; undefined if the signal is unknown. */
  readonly signal: string | undefined;
  readonly seen: WaitSeen;
}

/** The checks of a preflight are done. */
export interface ChecksDone {
  readonly kind: 'checks-done';
  readonly failed: readonly string[];
  readonly counts: Readonly<Record<'ok' | 'failed' | 'cannot-tell', number>>;
}

/** A secret from a pipe did not end within its time: that of the step, or of a preflight. */
export interface SecretLate {
  readonly kind: 'secret-late';
  /** The flag that names the pipe, such as `--password-file`. */
  readonly flag: string;
  readonly timeoutMs: number;
}

/** The scan passed, but the outputs could not be written. */
export interface OutputsLost {
  readonly kind: 'outputs-lost';
  /** The error of the machine. */
  readonly message: string;
}

/** An error of no known class: a defect of this program. */
interface Defect {
  readonly kind: 'defect';
  readonly message: string;
}
