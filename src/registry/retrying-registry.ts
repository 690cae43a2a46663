import { CallError, withHint } from '../http/call-error.ts';
import { TransportError } from '../http/transport-error.ts';
import type { ImageManifests } from '../image/manifests.ts';
import type { Clock } from '../scan/clock.ts';
import type { ImageRegistry } from './registry.ts';

/** How long a registry that cannot be asked is asked again. All times are in milliseconds. */
export interface RetryLimits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly forMs: number;
  /** How long everything may still take. */
  readonly leftMs: () => number;
  /** Gets the reason before each pause, and how many attempts have failed. */
  readonly onPause: (why: string, pauseMs: number, failures: number) => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** The scan itself needs most of the time that is left. */
const SHARE_OF_TIME_LEFT = 0.25;

/** The pause after so many failures in a row, in milliseconds: it doubles, and stays below a limit. */
export function pauseAfterMs(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

/** True if asking again may be answered: a request that makes no sense, or a host that is none, stays so. */
export function mayBeAnswered(error: CallError): boolean {
  const { kind, cause } = error;
  return kind !== 'unsupported' && !(cause instanceof TransportError && cause.kind === 'unresolved');
}

/** A registry that asks again, with growing pauses, before it gives up. */
export function retrying(registry: ImageRegistry, retry: RetryLimits): ImageRegistry {
  return {
    resolveTag: (image, tag) => repeat(() => registry.resolveTag(image, tag), retry),
    manifestsOf: (image, digest) => repeat(() => registry.manifestsOf(image, digest), retry),
  };
}

/** The same for a registry whose answers have to name every platform; in the end, what is known is given. */
export function retryingForPlatforms(registry: ImageRegistry, retry: RetryLimits): ImageRegistry {
  const missingIn = ({ unread }: ImageManifests) => unread;
  return {
    ...retrying(registry, retry),
    manifestsOf: (image, digest) => repeat(() => registry.manifestsOf(image, digest), retry, missingIn),
  };
}

async function repeat<T>(
  ask: () => Promise<T>,
  { clock, signal, forMs, leftMs, onPause }: RetryLimits,
  missingIn: (answer: T) => string | undefined = () => undefined,
): Promise<T> {
  const endMs = clock.nowMs() + Math.min(forMs, leftMs() * SHARE_OF_TIME_LEFT);
  for (let failures = 1; ; failures += 1) {
    const answer = await ask().catch(orCallError);
    const why = answer instanceof CallError ? withHint(answer) : missingIn(answer);
    const pauseMs = Math.min(pauseAfterMs(failures), endMs - clock.nowMs());
    const isOver = pauseMs <= 0 || (answer instanceof CallError && !mayBeAnswered(answer));
    if (why === undefined || isOver) {
      if (answer instanceof CallError) throw answer;
      return answer;
    }
    onPause(why, pauseMs, failures);
    await clock.sleep(pauseMs, signal);
    signal.throwIfAborted();
  }
}

function orCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  throw error;
}
