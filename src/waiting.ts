import type { Inputs } from './action/inputs.ts';
import { WaitLog } from './action/log.ts';
import { ReleaseLog } from './action/release-log.ts';
import type { Runner } from './action/runner.ts';
import { ConsoleClient } from './console/client.ts';
import { Endpoint } from './console/endpoint.ts';
import { logInAt } from './console/login.ts';
import { Session } from './console/session.ts';
import { decisionOn } from './failing.ts';
import { isAnyGateSet } from './gate/gates.ts';
import { type Judged, judge, judgeBrokenOff } from './gate/judge.ts';
import type { Timeline } from './report/timeline.ts';
import { Crowd } from './scan/crowd.ts';
import { Deadline } from './scan/deadline.ts';
import type { WaitEvent } from './scan/event.ts';
import type { ProgressAnswer } from './scan/evidence.ts';
import type { Subject } from './scan/image.ts';
import { awaitScan, type Wait } from './scan/wait.ts';

/**
 * Waits for every image by itself: one that fails, or of which nothing is known, does not end the wait for others.
 * `today` is the day that exceptions are held against, `2026-12-31`.
 */
export async function waitForAll(
  runner: Runner,
  inputs: Inputs,
  timeline: Timeline,
  today: string,
): Promise<readonly Judged[]> {
  const subjects: readonly Subject[] =
    inputs.task.mode === 'await-regular' ? ['regular-scan'] : inputs.task.images;
  const deadline = new Deadline(runner.clock, inputs.limits.timeoutMs, subjects.length);
  const crowd = new Crowd();
  const client = connect(runner, inputs, deadline, crowd);
  const step: Step = { runner, inputs, deadline, crowd, client, today };
  if (subjects.length === 1) {
    const log = new WaitLog(runner.log, inputs.limits.timeoutMs);
    const onEvent = (event: WaitEvent) => {
      timeline.note(event);
      log.note(event);
    };
    return Promise.all(subjects.map((subject) => waitAndJudge(step, subject, onEvent)));
  }
  const log = new ReleaseLog(runner.log, inputs.limits.timeoutMs, subjects.length);
  return Promise.all(
    subjects.map(async (subject) => {
      const image = log.begin(subject);
      const judged = await waitAndJudge(step, subject, image.note);
      image.end(judged.decision, deadline.elapsedMs());
      return judged;
    }),
  );
}

interface Step {
  readonly runner: Runner;
  readonly inputs: Inputs;
  readonly deadline: Deadline;
  readonly crowd: Crowd;
  readonly client: ConsoleClient;
  /** `2026-12-31` in UTC. */
  readonly today: string;
}

async function waitAndJudge(step: Step, subject: Subject, note: (event: WaitEvent) => void): Promise<Judged> {
  const { runner, inputs, deadline, crowd, today } = step;
  const { limits, gates } = inputs;
  const { clock, random, signal } = runner;
  let seen: ProgressAnswer = [];
  const onEvent = (event: WaitEvent) => {
    note(event);
    if (event.kind === 'looked') seen = event.state.entries;
  };
  const around = { clock, deadline, random, signal, onEvent, crowdSize: () => crowd.size };
  try {
    const ending = await crowd.with(() => awaitScan(waitFor(step.client, subject, inputs), around));
    return judge(subject, ending, { limits, gates, today });
  } catch (error) {
    return judgeBrokenOff(subject, seen, decisionOn(error, runner));
  }
}

function connect(runner: Runner, inputs: Inputs, deadline: Deadline, crowd: Crowd): ConsoleClient {
  const { clock, secrets, signal } = runner;
  const endpoint = new Endpoint(inputs.address, runner.connect(inputs.trust), deadline, (text) =>
    secrets.strike(text),
  );
  const logIn = logInAt(endpoint, (token) => secrets.add(token));
  const session = new Session(inputs.credentials, logIn, clock, signal);
  return new ConsoleClient(endpoint, session, { clock, deadline, crowd, signal });
}

/** However little patience there is for the scan, the request itself is given this long. */
const TRIGGER_AT_LEAST_MS = 1_000;

/** The trigger may block for minutes; but of the time to start enough must be left for asking once more. */
function waitFor(client: ConsoleClient, subject: Subject, inputs: Inputs): Wait {
  const { task, limits, interval, gates, maxScanAgeMs } = inputs;
  const usual = { limits, interval, needsFindings: isAnyGateSet(gates) };
  if (subject === 'regular-scan') {
    const nothing = { start: undefined, requiredDigest: undefined, maxScanAgeMs: undefined };
    return { ...usual, ...nothing, source: client.regularScan() };
  }
  const atMostMs = Math.max(limits.startTimeoutMs / 4, TRIGGER_AT_LEAST_MS);
  return {
    ...usual,
    source: client.scanOf(subject),
    start: task.mode === 'trigger' ? client.starterOf(subject, atMostMs) : undefined,
    requiredDigest: subject.requiredDigest,
    maxScanAgeMs,
  };
}
