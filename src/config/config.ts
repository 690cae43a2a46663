import type { ConsoleAddress } from '../console/address.ts';
import type { Credentials } from '../console/session.ts';
import type { TlsOptions } from '../http/tls.ts';
import type { Image } from '../image/image.ts';
import type { RequiredPlatforms } from '../image/platform.ts';
import type { ExceptionFile } from '../policy/exception-file.ts';
import type { Policy } from '../policy/policy.ts';
import type { Limits, PollInterval } from '../scan/limits.ts';

/** What the run is asked to do: every input parsed, and no contradictions between them. */
export interface Config {
  readonly address: ConsoleAddress;
  readonly credentials: Credentials;
  readonly tls: TlsOptions;
  readonly task: Task;
  readonly limits: Limits;
  readonly pollInterval: PollInterval;
  /** How long ago an accepted scan may have finished; undefined where only a new scan is accepted. */
  readonly maxScanAgeMs: number | undefined;
  readonly policy: Policy;
  /** The files of exceptions, with the digest of each. */
  readonly exceptionFiles: readonly ExceptionFile[];
  /** What the user should know although nothing is wrong, such as an input without effect. */
  readonly warnings: readonly string[];
}

/** What to wait for, and who starts it. */
export type Task =
  | ({ readonly mode: 'trigger' | 'await' } & ImageSelection)
  | { readonly mode: 'await-regular' }
  /** The preflight; the list of images may be empty. */
  | ({ readonly mode: 'check' } & ImageSelection);

export interface ImageSelection {
  readonly images: readonly Image[];
  /** `registry`: the digest of each image is what its tag holds in the registry when the step begins. */
  readonly digestSource: 'input' | 'registry';
  readonly platforms: RequiredPlatforms;
}
