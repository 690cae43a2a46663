import { CallError, failureOf } from '../http/call-error.ts';
import { backoffMs, repeat } from '../http/repeat.ts';
import { TransportError } from '../http/transport-error.ts';
import type { FailedRead, ImageManifests } from '../image/manifests.ts';
import type { Clock } from '../scan/clock.ts';
import type { ImageRegistry } from './registry.ts';

/** The limits of retries when a registry cannot be read. All times are in milliseconds. */
export interface RetryLimits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly forMs: number;
  /** The time left for the whole run. */
  readonly leftMs: () => number;
  /** Called before each pause with the reason and the number of failed attempts. */
  readonly onPause: (why: FailedRead, pauseMs: number, failures: number) => void;
}

const FIRST_PAUSE_MS = 1_000;
/** The scan itself needs most of the time that is left. */
const SHARE_FOR_REGISTRY = 0.25;

/** The pause after this many failures in a row, in milliseconds: it doubles each time, up to a limit. */
export function pauseAfterMs(failures: number): number {
  return backoffMs(failures, FIRST_PAUSE_MS);
}

/** True if a retry may succeed: an invalid request or a nonexistent host stays as it is. */
export function mayBeAnswered(error: CallError): boolean {
  const { kind, cause } = error;
  return kind !== 'unsupported' && !(cause instanceof TransportError && cause.kind === 'unresolved');
}

/** A registry client that retries with growing pauses before it gives up. */
export function retrying(registry: ImageRegistry, retry: RetryLimits): ImageRegistry {
  return {
    resolveTag: (image, tag) => askAgain(() => registry.resolveTag(image, tag), retry),
    manifestsOf: (image, digest) => askAgain(() => registry.manifestsOf(image, digest), retry),
  };
}

/** A registry client that retries until every platform is known; in the end, it returns what is known. */
export function retryingForPlatforms(registry: ImageRegistry, retry: RetryLimits): ImageRegistry {
  const missingIn = ({ unread }: ImageManifests) => unread;
  return {
    ...retrying(registry, retry),
    manifestsOf: (image, digest) => askAgain(() => registry.manifestsOf(image, digest), retry, missingIn),
  };
}

async function askAgain<T>(
  attempt: () => Promise<T>,
  { clock, signal, forMs, leftMs, onPause }: RetryLimits,
  missingIn: (answer: T) => FailedRead | undefined = () => undefined,
): Promise<T> {
  const endMs = clock.nowMs() + Math.min(forMs, leftMs() * SHARE_FOR_REGISTRY);
  const pauseAfter = (outcome: T | CallError, failures: number): number | undefined => {
    const why = outcome instanceof CallError ? failureOf(outcome) : missingIn(outcome);
    const pauseMs = Math.min(pauseAfterMs(failures), endMs - clock.nowMs());
    const isFinal = outcome instanceof CallError && !mayBeAnswered(outcome);
    if (why === undefined || isFinal || pauseMs <= 0) return undefined;
    onPause(why, pauseMs, failures);
    return pauseMs;
  };
  return repeat(attempt, { clock, signal, pauseAfter });
}
