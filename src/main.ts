import { InputError, type Inputs, parseInputs, secretsIn } from './action/inputs.ts';
import { WaitLog } from './action/log.ts';
import { outputsOf } from './action/outputs.ts';
import { consoleHost } from './console/address.ts';
import { ConsoleClient } from './console/client.ts';
import { Endpoint } from './console/endpoint.ts';
import type { Exchange } from './console/exchange.ts';
import { ConsoleError } from './console/failure.ts';
import { logInAt } from './console/login.ts';
import { plainText } from './console/plain-text.ts';
import { Session } from './console/session.ts';
import { ADVICE } from './gate/advice.ts';
import { type Judged, judge, judgeBrokenOff } from './gate/judge.ts';
import { type Decision, decision, type Verdict } from './gate/verdict.ts';
import { recordOf, recordOfFailure, type StepRecord } from './report/record.ts';
import { renderSummary } from './report/summary.ts';
import { Timeline } from './report/timeline.ts';
import type { Clock } from './scan/clock.ts';
import { Deadline } from './scan/deadline.ts';
import { formatDuration } from './scan/duration.ts';
import type { ProgressAnswer } from './scan/evidence.ts';
import { subjectName } from './scan/image.ts';
import { awaitScan, type Wait, type WaitEvent } from './scan/wait.ts';

/** The CI system that runs us, as far as we need one. */
export interface Runner {
  /** The inputs by name, trimmed. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly exchange: Exchange;
  /** Aborts with a `Cancelled` when the run is to end. */
  readonly signal: AbortSignal;
  /** Where the documentation of the reasons is. */
  readonly reasonsPage: string;
  readonly mask: (secret: string) => void;
  readonly log: (line: string) => void;
  readonly debug: (text: string) => void;
  readonly warn: (title: string, text: string) => void;
  readonly fail: (title: string, text: string) => void;
  readonly output: (name: string, value: string) => void;
  readonly summary: (markdown: string) => Promise<void>;
}

/** Somebody wants the run to end. */
export class Cancelled extends Error {
  constructor(signalName: string) {
    super(`Stopped by ${signalName}.`);
    this.name = 'Cancelled';
  }
}

/**
 * The whole story: inputs → console → wait → verdict → outputs → summary. Gives the verdict; rejects only where
 * the outputs cannot be written.
 */
export async function main(runner: Runner): Promise<Verdict> {
  for (const secret of secretsIn(runner.inputs)) runner.mask(secret);
  const record = await decideStep(runner);
  publish(runner, record);
  await summarize(runner, record);
  return record.decision.verdict;
}

/**
 * The end of a run that broke in a way nobody foresaw: never a pass. Writes what can still be written; of an
 * output that is written twice, the later value counts.
 */
export function crash(runner: Runner, error: unknown): Verdict {
  const record = recordOfFailure(decisionOn(error, runner), { durationMs: 0, timeline: [] });
  try {
    publish(runner, record);
  } catch (unwritable) {
    runner.fail('Registry scan gate', `The outputs could not be written: ${plainText(String(unwritable))}`);
  }
  return record.decision.verdict;
}

async function decideStep(runner: Runner): Promise<StepRecord> {
  const startedAtMs = runner.clock.nowMs();
  const timeline = new Timeline();
  const run = () => ({ durationMs: runner.clock.nowMs() - startedAtMs, timeline: timeline.entries() });
  try {
    const inputs = parseInputs(runner.inputs);
    announce(runner, inputs);
    const judged = await waitAndJudge(runner, inputs, timeline);
    return recordOf([judged], inputs.subject === 'regular-scan' ? 'regular-scan' : 'images', run());
  } catch (error) {
    return recordOfFailure(decisionOn(error, runner), run());
  }
}

async function waitAndJudge(runner: Runner, inputs: Inputs, timeline: Timeline): Promise<Judged> {
  const { clock, random, signal } = runner;
  const { subject, timeouts } = inputs;
  const deadline = new Deadline(clock, timeouts.timeoutMs);
  const log = new WaitLog(runner.log, timeouts.timeoutMs);
  let seen: ProgressAnswer = [];
  const onEvent = (event: WaitEvent) => {
    timeline.note(event);
    log.note(event);
    if (event.kind === 'looked') seen = event.state.entries;
  };
  try {
    const wait = waitFor(connect(runner, inputs, deadline), inputs);
    const ending = await awaitScan(wait, { clock, deadline, random, signal, onEvent });
    return judge(subject, ending, timeouts);
  } catch (error) {
    return judgeBrokenOff(subject, seen, decisionOn(error, runner));
  }
}

function connect(runner: Runner, inputs: Inputs, deadline: Deadline): ConsoleClient {
  const endpoint = new Endpoint(inputs.address, runner.exchange, deadline);
  const session = new Session(inputs.credentials, logInAt(endpoint, runner.mask), runner.clock);
  return new ConsoleClient(endpoint, session);
}

function waitFor(client: ConsoleClient, { subject, startedBy, timeouts, interval }: Inputs): Wait {
  if (subject === 'regular-scan') {
    return { source: client.regularScan(), start: undefined, limits: timeouts, interval };
  }
  const start = startedBy === 'us' ? client.starterOf(subject) : undefined;
  return { source: client.scanOf(subject), start, limits: timeouts, interval };
}

function decisionOn(error: unknown, { signal, debug }: Runner): Decision {
  if (signal.aborted)
    return decision('signal', signal.reason instanceof Cancelled ? signal.reason.message : 'Stopped.');
  if (error instanceof InputError) return decision('invalid-input', error.message);
  if (error instanceof ConsoleError) return decision(error.reason, error.message);
  if (error instanceof Error) debug(error.stack ?? error.message);
  return decision('internal', plainText(String(error)));
}

function announce({ log }: Runner, { address, subject, startedBy, timeouts }: Inputs): void {
  const what = {
    us: `Scan of ${subjectName(subject)}, started by this step`,
    'someone-else': `Scan of ${subjectName(subject)}, started by something else`,
  }[startedBy];
  log(what);
  log(
    `Console ${consoleHost(address)}, API ${address.apiVersion}; timeout ${formatDuration(timeouts.timeoutMs)}, ` +
      `to start ${formatDuration(timeouts.startTimeoutMs)}, for the report ${formatDuration(timeouts.reportTimeoutMs)}`,
  );
}

/** The verdict and the outputs come before anything that could fail. */
function publish(runner: Runner, record: StepRecord): void {
  for (const [name, value] of Object.entries(outputsOf(record))) runner.output(name, value);
  for (const warning of record.warnings) runner.warn('Registry scan gate', warning);

  const { verdict, reason, message } = record.decision;
  const promote = record.images.length === 1 ? record.images[0]?.imageByDigest : undefined;
  if (verdict === 'passed') {
    runner.log(`passed (${reason}): ${message}${promote === undefined ? '' : ` Promote ${promote}`}`);
    return;
  }
  const more = `See ${runner.reasonsPage}#${reason}`;
  runner.fail(
    `Registry scan gate: ${verdict} (${reason})`,
    `${verdict} (${reason}): ${message} ${ADVICE[reason]} ${more}`,
  );
}

/** A report that cannot be written is a warning: it has no part in the verdict. */
async function summarize(runner: Runner, record: StepRecord): Promise<void> {
  try {
    await runner.summary(renderSummary(record));
  } catch (error) {
    runner.warn('Registry scan gate', `The job summary could not be written: ${plainText(String(error))}`);
  }
}
