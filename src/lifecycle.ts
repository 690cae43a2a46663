import process from 'node:process';
import type { Decision } from './policy/decision.ts';

/** The run was cancelled by a signal of the operating system. */
export class CancelledError extends Error {
  readonly signalName: string;

  constructor(signalName: string) {
    super(`Stopped by ${signalName}.`);
    this.signalName = signalName;
    this.name = 'CancelledError';
  }
}

/** Kills the leader of a process group, and all processes that it has started. Windows has no such groups. */
export function killGroup(leaderPid: number): void {
  try {
    process.kill(process.platform === 'win32' ? leaderPid : -leaderPid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

/** One run of a shell: its work, and its reaction to an error that escapes. */
interface Run {
  /** Returns the decision; rejects only if the outputs cannot be written. */
  readonly main: (signal: AbortSignal) => Promise<Decision>;
  /** Writes the outputs that can still be written after a defect, and returns a decision that is never `passed`. */
  readonly crash: (error: unknown, signal: AbortSignal) => Decision;
  /** 0 for `passed`, and only for that. */
  readonly exitCodeOf: (decision: Decision) => number;
  /** The exit code if the process ends without a decision. */
  readonly brokenExitCode: number;
  /** The stream that has the log: a run whose log cannot be written fails. */
  readonly log: 'stdout' | 'stderr';
  /** Resolves when texts written to other places have arrived, or are given up. */
  readonly written: () => Promise<unknown>;
}

/** Signals that end a run: Ctrl-C, a stop of the job, a terminal that closes, Ctrl-\. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** The time that the end waits for written texts to be read. */
export const LAST_WRITES_MS = 5_000;

/**
 * Runs a shell from start to exit. The process starts out failed, and only a verdict of `passed` makes its exit code
 * 0: a crash, a lost connection and an event loop that runs dry end as failures. Signals cancel the run; the process
 * ends once, and a failure is final. A log without a reader neither delays the end nor allows a pass.
 */
export async function runToExit(run: Run): Promise<void> {
  let exitCode: number | undefined;
  process.exitCode = run.brokenExitCode;
  process.on('exit', () => {
    process.exitCode = exitCode ?? run.brokenExitCode;
  });
  const cancellation = new AbortController();
  const end = (decision: Decision) => {
    if (exitCode === undefined || exitCode === 0) exitCode = run.exitCodeOf(decision);
    // Open connections must not keep the process alive; it ends once its output has been written.
    const log = inTime(Promise.all([process.stdout, process.stderr].map(streamWritten)));
    Promise.all([log, inTime(run.written())]).then(([isLogWritten]) => {
      if (!isLogWritten && exitCode === 0) exitCode = run.brokenExitCode;
      process.exit(exitCode);
    }, crash);
  };
  const crash = (error: unknown) => end(run.crash(error, cancellation.signal));

  process.on('uncaughtException', crash);
  process.on('beforeExit', () => crash(new Error('The event loop ran dry before there was a verdict.')));
  for (const name of SIGNALS) {
    process.on(name, () => cancellation.abort(new CancelledError(name)));
  }
  // A log that cannot be written is a broken connection, so the run fails at once. Only the first error counts.
  process[run.log].once('error', (error) => {
    crash(new Error(`The log cannot be written (${error.message}).`, { cause: error }));
  });
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    end(await run.main(cancellation.signal));
  } catch (error) {
    crash(error);
  }
}

/** Resolves when the stream has written everything, or cannot write. */
function streamWritten(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

/** True if it was done within the time limit of the end. */
async function inTime(done: Promise<unknown>): Promise<boolean> {
  const isDone = done.then(
    () => true,
    () => true,
  );
  const isLate = new Promise<boolean>((resolve) => {
    setTimeout(resolve, LAST_WRITES_MS, false);
  });
  return Promise.race([isDone, isLate]);
}

/**
 * Prepares the process for requests. Only the input turns certificate checks off, with a warning; a variable of the
 * job would do so silently. The HTTP client uses a proxy in a way that Node deprecates, which does not concern a
 * job's log.
 */
export function prepareProcess(): void {
  process.noDeprecation = true;
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
}
