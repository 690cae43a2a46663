import type { ConsoleAddress } from '../console/address.ts';
import type { Credentials } from '../console/session.ts';
import type { TlsOptions } from '../http/tls.ts';
import type { Image } from '../image/image.ts';
import type { RequiredPlatforms } from '../image/platform.ts';
import type { Policy } from '../policy/policy.ts';
import type { ExceptionFile } from '../policy/waivers/exception.ts';
import type { Limits, PollInterval } from '../scan/limits.ts';

/** The parsed inputs of a run, without contradictions between them. */
export interface Config {
  readonly address: ConsoleAddress;
  readonly credentials: Credentials;
  readonly tls: TlsOptions;
  readonly task: Task;
  readonly limits: Limits;
  readonly pollInterval: PollInterval;
  /** Maximum age of an accepted scan; undefined if only a new scan is accepted. */
  readonly maxScanAgeMs: number | undefined;
  readonly policy: Policy;
  /** The files of exceptions, with the digest of each. */
  readonly exceptionFiles: readonly ExceptionFile[];
  /** Warnings although nothing is wrong, such as an input without effect. */
  readonly warnings: readonly string[];
}

/** The scans to wait for, and who starts them. */
export type Task =
  | ({ readonly mode: 'trigger' | 'await' } & ImageSelection)
  | { readonly mode: 'await-regular' }
  /** The preflight; the list of images may be empty. */
  | ({ readonly mode: 'check' } & ImageSelection);

export interface ImageSelection {
  readonly images: readonly Image[];
  /** `registry`: the digest of each image is the one that its tag names in the registry when the step begins. */
  readonly digestSource: 'input' | 'registry';
  readonly platforms: RequiredPlatforms;
}
