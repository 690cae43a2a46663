import type { ConsoleCaller } from '../console/caller.ts';
import { answeredAtMs } from '../http/date.ts';
import { isPage } from '../http/decode.ts';
import { type Answer, answeredValue, answerTo } from './answer.ts';

/** The answer to `GET _ping`, which needs no log-in. */
interface Ping {
  readonly answer: Answer<{ readonly isPage: boolean }>;
  /** Undefined if the answer has no date, or there is none. */
  readonly clock: ClockSample | undefined;
}

/** The Console's clock beside the runner's, in epoch milliseconds. */
export interface ClockSample {
  readonly consoleMs: number;
  /** The runner's time half-way between request and answer. */
  readonly runnerMs: number;
}

/** The API version for the other calls. */
export type Route =
  | { readonly kind: 'open'; readonly apiVersion: string }
  /** No other call is made. */
  | { readonly kind: 'closed' };

/** Version 1 exists on every Console, and stands for its own version. */
export const OWN_VERSION = '1';

/** Pings the API of this version. `now` is the runner's wall clock, in epoch milliseconds. */
export async function ping(
  caller: ConsoleCaller,
  apiVersion: string,
  signal: AbortSignal,
  now: () => number,
): Promise<Ping> {
  const startedAtMs = now();
  const call = caller.callWithoutToken({ method: 'GET', path: '_ping', apiVersion }, signal, (response) => ({
    isPage: isPage(response.body),
    consoleMs: answeredAtMs(response.headers),
  }));
  const answer = await answerTo(call);
  const consoleMs =
    answeredValue(answer)?.consoleMs ?? (answer.kind === 'refused' ? answer.error.dateMs : undefined);
  const clock = consoleMs === undefined ? undefined : { consoleMs, runnerMs: (startedAtMs + now()) / 2 };
  return { answer, clock };
}

/** Both pings: of the given version, and of the Console's own. */
export interface Pings {
  readonly given: Ping;
  readonly own: Ping;
}

/**
 * The API version for the other calls. If the given version does not exist but the Console does, its own version is
 * used, so that a wrong `api-version` hides no other mistakes. A Console without any `_ping` may still answer the
 * other calls.
 */
export function routeOf({ given, own }: Pings, apiVersion: string): Route {
  if (isAbsent(given) && !isAbsent(own) && mayAnswerCalls(own))
    return { kind: 'open', apiVersion: OWN_VERSION };
  return mayAnswerCalls(given) ? { kind: 'open', apiVersion } : { kind: 'closed' };
}

/** True if the path does not exist. */
export function isAbsent({ answer }: Ping): boolean {
  return answer.kind === 'refused' && answer.error.kind === 'not-found';
}

/**
 * True if other calls may be answered: a server that refuses the ping with 401, 403 or 404 may answer another call.
 */
function mayAnswerCalls({ answer }: Ping): boolean {
  switch (answer.kind) {
    case 'answered':
      return !answer.value.isPage;
    case 'not-asked':
      return false;
    case 'refused':
      return ['unauthorized', 'forbidden', 'not-found', 'bad-request', 'rate-limited'].includes(
        answer.error.kind,
      );
  }
}
