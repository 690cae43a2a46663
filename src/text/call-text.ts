import type { FailedRead } from '../image/manifests.ts';
import type { CallFailed } from '../policy/because.ts';
import type { CallCounts, CallFailure, CallFailureKind } from '../scan/call-failure.ts';
import { formatDuration } from '../scan/duration.ts';
import type { WaitSeen } from '../scan/timeline.ts';
import type { Description } from './description.ts';
import { joined } from './joined.ts';

/** A failed call and its hint, as sentences. */
export function withHint({ what, hint }: Pick<CallFailure, 'what' | 'hint'>): string {
  return joined([`${what}.`, hint]);
}

/** The cause of a call's final failure, and the evidence of the scan until then. */
export function callFailedText({ failure, seen, calls }: CallFailed, name: string): Description {
  const join = isRefusedRequest(failure) ? '' : joinTodo(seen);
  const todo = joined([callTodo(failure), join]);
  return {
    what: `${failure.what}.${refusedText(failure, calls)}${streakText(failure)}${runningText(seen, name)}`,
    todo,
    brief: failure.what,
  };
}

/** True if the Console refused to start the scan, so there is none to join. */
function isRefusedRequest({ call, status }: CallFailure): boolean {
  return call === 'POST registry/scan' && status !== undefined && status < 500;
}

function callTodo({ kind, call, hint, status }: CallFailure): string {
  if (hint !== undefined) return hint;
  if (kind === 'forbidden' && call === 'POST authenticate') return LOG_IN_FORBIDDEN;
  if (kind === 'rate-limited') {
    return 'The network is fine: the Console limits its callers. Start fewer jobs at once, or run again later.';
  }
  if (kind === 'unreachable' && status !== undefined) {
    return 'The network is fine: the Console or what stands before it answers. See its log, then run again.';
  }
  return CALL_TODO[kind];
}

/** An unknown user gets a 401, and roles matter only after the log-in, so a 403 is not the Console's. */
const LOG_IN_FORBIDDEN =
  'Check console-url, and what stands before the Console: a firewall or proxy may refuse this machine.';

const CALL_TODO = {
  unauthorized:
    'Check the secrets: username and password (or access key id and secret key), or the token, which may have expired or belong to another Console.',
  forbidden: 'Give the Console user a role that can read and write Monitor; CI User lacks that permission.',
  'not-found': 'Check console-url, with its path on SaaS, and api-version.',
  unsupported: 'This version cannot read an answer of this form. Please report it with this log.',
  'bad-request': 'Check repo, tag and api-version against the version of the Console.',
  unreachable: 'Check that this machine can reach the Console (network, firewall, proxy), then run again.',
  tls: 'For a private CA, set ca-cert. Fix any other certificate error on the Console.',
  'invalid-response': 'Check console-url: a proxy or a log-in page may be answering instead of the Console.',
} as const satisfies Record<Exclude<CallFailureKind, 'rate-limited'>, string>;

/** The refusals that used up the time, even if there were other failures. */
export function refusedText({ kind }: CallFailure, calls: CallCounts | undefined): string {
  if (calls === undefined || kind !== 'rate-limited') return '';
  return ` The Console refused ${calls.refused} of ${calls.made} calls of this wait.`;
}

function streakText({ streak }: CallFailure): string {
  return streak === undefined
    ? ''
    : ` It was tried ${streak.times} times in ${formatDuration(wholeSeconds(streak.lastedMs))}.`;
}

function runningText({ running }: WaitSeen, name: string): string {
  if (running === undefined) return '';
  const { atMs, counts } = running;
  const progress = counts === undefined ? '' : `, with ${counts.scanned} of ${counts.total} scanned`;
  return ` The scan of ${name} was last seen running ${formatDuration(wholeSeconds(atMs))} after the start${progress}.`;
}

/** The advice for a scan that was seen or requested: it continues without this step. */
function joinTodo({ running, wasRequested }: WaitSeen): string {
  if (running === undefined && !wasRequested) return '';
  return running === undefined
    ? 'The scan may have started: run again with mode await to join it.'
    : 'The scan may go on meanwhile: run again with mode await and max-scan-age to take its result.';
}

function wholeSeconds(ms: number): number {
  return Math.round(ms / 1_000) * 1_000;
}

/** The announcement of another attempt to read a registry. */
export function registryPauseText(failure: FailedRead, pauseMs: number): string {
  return `The registry is asked again in ${pauseMs / 1_000} s. ${withHint(failure)}`;
}
