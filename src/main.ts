import { announce } from './action/announce.ts';
import { InputError, type Inputs, parseInputs } from './action/inputs.ts';
import { WaitLog } from './action/log.ts';
import { publish, summarize } from './action/publish.ts';
import { Cancelled, type Runner } from './action/runner.ts';
import type { Secrets } from './action/secrets.ts';
import { consoleHost } from './console/address.ts';
import { ConsoleClient } from './console/client.ts';
import { Endpoint } from './console/endpoint.ts';
import { ConsoleError } from './console/failure.ts';
import { logInAt } from './console/login.ts';
import { wordsOf } from './console/plain-text.ts';
import { Session } from './console/session.ts';
import { isAnyGateSet } from './gate/gates.ts';
import { type Judged, judge, judgeBrokenOff } from './gate/judge.ts';
import { type Decision, decision, type Verdict } from './gate/verdict.ts';
import { type Asked, recordOf, recordOfFailure, type StepRecord } from './report/record.ts';
import { withTexts } from './report/texts.ts';
import { Timeline } from './report/timeline.ts';
import { Deadline } from './scan/deadline.ts';
import type { WaitEvent } from './scan/event.ts';
import type { ProgressAnswer } from './scan/evidence.ts';
import { awaitScan, type Wait } from './scan/wait.ts';

/**
 * The whole story: inputs → console → wait → verdict → outputs → summary. Gives the verdict; rejects only where
 * the outputs cannot be written.
 */
export async function main(runner: Runner): Promise<Verdict> {
  const record = struck(await decideStep(runner), runner.secrets);
  publish(runner, record);
  await summarize(runner, record);
  return record.decision.verdict;
}

/**
 * The end of a run that broke in a way nobody foresaw: never a pass. Writes what can still be written; of an
 * output that is written twice, the later value counts.
 */
export function crash(runner: Runner, error: unknown): Verdict {
  // The clock of the process began with it.
  const run = { durationMs: runner.clock.nowMs(), timeline: [] };
  const record = struck(recordOfFailure(decisionOn(error, runner), run), runner.secrets);
  publish(runner, record);
  return record.decision.verdict;
}

async function decideStep(runner: Runner): Promise<StepRecord> {
  const startedAtMs = runner.clock.nowMs();
  const timeline = new Timeline();
  const run = () => ({ durationMs: runner.clock.nowMs() - startedAtMs, timeline: timeline.entries() });
  try {
    const inputs = parseInputs(runner.inputs, runner.readFile);
    announce(runner, inputs);
    const judged = await waitAndJudge(runner, inputs, timeline);
    return recordOf([judged], askedIn(inputs), runner.today(), run());
  } catch (error) {
    return recordOfFailure(decisionOn(error, runner), run());
  }
}

async function waitAndJudge(runner: Runner, inputs: Inputs, timeline: Timeline): Promise<Judged> {
  const { clock, random, signal } = runner;
  const { subject, limits, gates } = inputs;
  const deadline = new Deadline(clock, limits.timeoutMs);
  const log = new WaitLog(runner.log, limits.timeoutMs);
  let seen: ProgressAnswer = [];
  const onEvent = (event: WaitEvent) => {
    timeline.note(event);
    log.note(event);
    if (event.kind === 'looked') seen = event.state.entries;
  };
  try {
    const wait = waitFor(connect(runner, inputs, deadline), inputs);
    const ending = await awaitScan(wait, { clock, deadline, random, signal, onEvent });
    return judge(subject, ending, { limits, gates, today: runner.today() });
  } catch (error) {
    return judgeBrokenOff(subject, seen, decisionOn(error, runner));
  }
}

/** The record with no secret in any text: some of their words are the Console's. */
function struck(record: StepRecord, secrets: Secrets): StepRecord {
  return withTexts(record, (text) => secrets.strike(text));
}

function connect(runner: Runner, inputs: Inputs, deadline: Deadline): ConsoleClient {
  const endpoint = new Endpoint(inputs.address, runner.connect(inputs.trust), deadline, (text) =>
    runner.secrets.strike(text),
  );
  const logIn = logInAt(endpoint, (token) => runner.secrets.add(token));
  const session = new Session(inputs.credentials, logIn, runner.clock, runner.signal);
  return new ConsoleClient(endpoint, session);
}

/** However little patience there is for the scan, the request itself is given this long. */
const TRIGGER_AT_LEAST_MS = 1_000;

/** The trigger may block for minutes; but of the time to start enough must be left for asking once more. */
function waitFor(client: ConsoleClient, inputs: Inputs): Wait {
  const { subject, startedBy, limits, interval, gates, maxScanAgeMs } = inputs;
  const needsFindings = isAnyGateSet(gates);
  if (subject === 'regular-scan') {
    const source = client.regularScan();
    return { source, start: undefined, limits, interval, recent: undefined, needsFindings };
  }
  const start =
    startedBy === 'us'
      ? client.starterOf(subject, Math.max(limits.startTimeoutMs / 4, TRIGGER_AT_LEAST_MS))
      : undefined;
  const recent =
    maxScanAgeMs === undefined ? undefined : { maxAgeMs: maxScanAgeMs, digest: subject.requiredDigest };
  return { source: client.scanOf(subject), start, limits, interval, recent, needsFindings };
}

function askedIn({ subject, startedBy, address, gates, maxScanAgeMs }: Inputs): Asked {
  return {
    mode: subject === 'regular-scan' ? 'await-regular' : startedBy === 'us' ? 'trigger' : 'await',
    consoleHost: consoleHost(address),
    apiVersion: address.apiVersion,
    project: address.project,
    gates,
    maxScanAgeMs,
  };
}

function decisionOn(error: unknown, { signal, debug }: Runner): Decision {
  if (signal.aborted)
    return decision('signal', signal.reason instanceof Cancelled ? signal.reason.message : 'Stopped.');
  if (error instanceof InputError) return decision('invalid-input', error.message);
  if (error instanceof ConsoleError) return decision(error.reason, error.message);
  if (error instanceof Error) debug(error.stack ?? error.message);
  return decision('internal', wordsOf(error));
}
