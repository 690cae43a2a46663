import type { Credentials } from '../console/session.ts';
import { formatDuration } from '../scan/duration.ts';
import { firstOf, plural } from '../text/plural.ts';
import { sanitize } from '../text/sanitize.ts';
import { type Answer, answeredValue, ifAnswered, isLogInError } from './answer.ts';
import { type CheckResult, cannotTell, failed, ok } from './check-result.ts';
import type { ReportRead } from './report-question.ts';
import { type ClockSample, isAbsent, type Pings, type Route } from './route.ts';

/** Older versions have no `registry/progress`. */
const FIRST_WITH_PROGRESS = '30.02';

/** Checks that the API version exists; if not, suggests one by the Console's own version. */
export function checkApiVersion(
  apiVersion: string,
  route: Route,
  pings: Pings,
  version: Answer<string>,
): CheckResult {
  if (route.kind === 'closed') return cannotTell('Not asked: the Console cannot be reached.');
  const shown = answeredValue(version);
  const own = apiVersionIn(shown);
  const console = shown === undefined ? 'The Console' : `The Console is ${sanitize(shown)} and`;
  if (route.apiVersion !== apiVersion) return failed(`${console} has no API ${apiVersion}.`, versionFix(own));
  if (isAbsent(pings.given) && shown === undefined) {
    return cannotTell(`The Console has no _ping for API ${apiVersion}, and its version could not be read.`);
  }
  if (own === undefined) return ok(`API ${apiVersion} is there; the version of the Console is not known.`);
  if (isNewerVersion(FIRST_WITH_PROGRESS, own)) {
    return failed(
      `The Console is ${sanitize(shown ?? '')}, which has no progress of scans in its API.`,
      `Update the Console; ${FIRST_WITH_PROGRESS} and later have it.`,
    );
  }
  return isNewerVersion(apiVersion, own)
    ? ok(`${console} answers API ${apiVersion} all the same.`, `Give api-version ${own}.`)
    : ok(`${console} answers API ${apiVersion}.`);
}

function versionFix(own: string | undefined): string {
  return own === undefined
    ? 'Give the version that the Console shows behind the user menu, its first two numbers, in api-version.'
    : `Give api-version ${own}.`;
}

/** The first two numbers of a version. */
function apiVersionIn(shown: string | undefined): string | undefined {
  return /^v?(\d{1,3}\.\d{1,3})/.exec(shown ?? '')?.[1];
}

function isNewerVersion(one: string, other: string): boolean {
  const [major = 0, minor = 0] = one.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major > otherMajor || (major === otherMajor && minor > otherMinor);
}

/** The outcome of the log-in as one answer shows it; undefined if it shows none. A 403 proves the token. */
export function logInShownBy(answer: Answer<unknown>): Answer<unknown> | undefined {
  if (answer.kind === 'not-asked') return undefined;
  if (answer.kind === 'answered' || isLogInError(answer.error)) return answer;
  return answer.error.kind === 'forbidden' ? { kind: 'answered', value: undefined } : undefined;
}

/** The answer that shows most about the log-in, if none shows its outcome. */
export function likeliestLogIn(answers: readonly Answer<unknown>[]): Answer<unknown> | undefined {
  const refusals = answers.filter((answer) => answer.kind === 'refused');
  return refusals.find(({ error }) => error.kind === 'unauthorized') ?? refusals[0] ?? answers[0];
}

/** Checks the log-in. */
export function checkLogIn({ kind }: Credentials, logIn: Answer<unknown>): CheckResult {
  const what = kind === 'token' ? 'The token' : 'The log-in';
  if (logIn.kind === 'answered') return ok(`${what} is accepted.`);
  if (logIn.kind === 'not-asked') return cannotTell(`Not asked: ${logIn.why}.`);
  const { error } = logIn;
  const isOfLogIn = isLogInError(error);
  switch (error.kind) {
    case 'unauthorized':
      return failed(error.what, unauthorizedFix(kind, isOfLogIn));
    case 'forbidden':
      return failed(
        error.what,
        'The user or access key is not allowed to log in here; check its role, and the networks from which it is allowed.',
      );
    case 'not-found':
      return isOfLogIn ? cannotTell('There is no log-in at this address; see address.') : unshown(kind);
    case 'bad-request':
    case 'unsupported':
    case 'tls':
    case 'unreachable':
    case 'invalid-response':
    case 'rate-limited':
      return isOfLogIn
        ? failed(
            error.what,
            'The Console answers, but not its log-in; look at the Console and at proxies in front of it.',
          )
        : unshown(kind);
  }
}

/** No call was answered after the log-in, which shows whether a user and a password are accepted, but not a token. */
function unshown(kind: Credentials['kind']): CheckResult {
  return kind === 'token'
    ? cannotTell('No call was answered that would have shown whether the token is accepted.')
    : ok('The log-in is accepted.');
}

function unauthorizedFix(kind: Credentials['kind'], isOfLogIn: boolean): string {
  if (kind === 'token') return 'The token has expired or is of another Console; obtain a new one.';
  return isOfLogIn
    ? 'Check username and password, or access key id and secret key; a key can be disabled or expired.'
    : 'The log-in gives a token that the Console then refuses; a proxy may drop the authorization.';
}

const SHOWN = {
  any: 'it shows this user',
  repository: 'of the repository it shows this user',
  names: 'of the images asked for it shows this user',
} as const satisfies Record<ReportRead['of'], string>;

/** Checks that the user is allowed to read the report. */
export function checkReport({ of, totalCount, rateLimit }: ReportRead): CheckResult {
  const count = totalCount === 0 ? 'no image' : plural(totalCount ?? 0, 'image');
  const shown = totalCount === undefined ? '' : `; ${SHOWN[of]} ${count}`;
  const limit = rateLimit === undefined ? '' : ` Requests left before the limit: ${sanitize(rateLimit)}.`;
  return ok(
    `The user can read the report${shown}.${limit}`,
    of === 'any' && totalCount === 0
      ? 'If the Console has scanned images, give the user collections that cover them.'
      : undefined,
  );
}

/** Starting a scan cannot be checked without doing it. */
export function checkStart(progress: Answer<unknown>): CheckResult {
  const isReader = progress.kind === 'answered';
  return cannotTell(
    'Not tried: that would start a scan.',
    isReader ? 'The role needs write access to Monitor (registry images); mode await needs none.' : undefined,
  );
}

/** The largest allowed difference between the clocks of a Defender and a Console, and of a runner and a Console. */
const MAX_SKEW_MS = 5 * 60_000;
/** A date has whole seconds, and the network takes some time. */
const NO_SKEW_MS = 5_000;

/** Compares the Console's clock with the runner's. */
export function checkClock(sample: ClockSample | undefined, hasAnswered: boolean): CheckResult {
  if (sample === undefined) {
    return cannotTell(
      hasAnswered
        ? 'The Console sends no Date, so only a row that is later than the one before proves a new scan.'
        : 'Not asked: the Console cannot be reached.',
    );
  }
  const skewMs = sample.consoleMs - sample.runnerMs;
  if (Math.abs(skewMs) <= NO_SKEW_MS) return ok("The Console's clock agrees with the runner's.");
  const differs = `The Console's clock is ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} the runner's.`;
  return Math.abs(skewMs) <= MAX_SKEW_MS
    ? ok(`${differs} That does not matter: only times of the Console are compared.`)
    : failed(differs, 'Correct whichever clock is wrong: tokens, certificates and exceptions depend on it.');
}

/** Checks that a Defender is connected; if the list is not readable, by the errors of the last regular scan. */
export function checkDefender(
  defenders: Answer<readonly string[]>,
  scanErrors: Answer<readonly string[]>,
): CheckResult {
  const missing = (answeredValue(scanErrors) ?? []).find((error) => /no available defender/i.test(error));
  const fix = 'Connect a Defender that can reach the registry, in the collections of its registry settings.';
  const lastScan = missing && `last regular scan: ${sanitize(missing)}`;
  if (lastScan !== undefined && defenders.kind !== 'answered') return failed(`The ${lastScan}`, fix);
  return ifAnswered(defenders, 'the list of Defenders', (names) => {
    if (names.length === 0) return failed('No Defender is connected.', fix);
    const connected = `Connected: ${firstOf(names.map(sanitize), 3)}`;
    return lastScan === undefined ? ok(`${connected}.`) : failed(`${connected}; but the ${lastScan}`, fix);
  });
}
