import process from 'node:process';
import type { Decision } from './policy/decision.ts';

/** The run was asked to end, by a signal of the operating system. */
export class CancelledError extends Error {
  readonly signalName: string;

  constructor(signalName: string) {
    super(`Stopped by ${signalName}.`);
    this.signalName = signalName;
    this.name = 'CancelledError';
  }
}

/** Kills a process that leads a group of its own, and all that it has started. Windows knows no such groups. */
export function killGroup(leaderPid: number): void {
  try {
    process.kill(process.platform === 'win32' ? leaderPid : -leaderPid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** One run of a shell: what it does, and what it does where an error escapes that. */
export interface Run {
  /** Gives the decision; rejects only where the outputs cannot be written. */
  readonly main: (signal: AbortSignal) => Promise<Decision>;
  /** Writes what can still be written after a defect, and gives a decision that is never `passed`. */
  readonly crash: (error: unknown, signal: AbortSignal) => Decision;
  /** 0 for `passed`, and only for that. */
  readonly exitCodeOf: (decision: Decision) => number;
  /** The exit code where the process ends without a decision. */
  readonly brokenExitCode: number;
  /** The stream that has the log: a run whose log cannot be written fails. */
  readonly log: 'stdout' | 'stderr';
  /** Resolves when what was written elsewhere has arrived, or is given up. */
  readonly written: () => Promise<unknown>;
}

/** Signals that end a run: Ctrl-C, a stop of the job, a terminal that closes, Ctrl-\. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** How long the end waits until what was written is read. */
const LAST_WRITES_MS = 5_000;

/**
 * Runs a shell from start to exit. The process starts out failed, and only a verdict of `passed` makes its exit code 0:
 * a crash, a lost connection and an event loop that runs dry end as failures. Signals cancel the run; the process ends
 * once, and what failed once stays failed. A log without a reader neither keeps the process nor lets it pass.
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
    // Open connections must not keep the process; it ends once its output has been written.
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
  // A log that cannot be written is a broken connection: the run fails at once. Only the first error counts.
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

/** Resolves when the stream has written all, or cannot write. */
function streamWritten(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

/** True if it was done before the end gives up on it. */
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
 * Prepares the process for requests. Only the input turns certificate checks off, and says so; a variable of the job
 * would do it silently. The HTTP client uses a proxy in a way that Node deprecates, which is nothing for a job's log.
 */
export function prepareProcess(): void {
  process.noDeprecation = true;
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
}
