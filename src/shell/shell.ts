import type { Environment, Host, Log, RunHost } from '../host.ts';
import { createHttpTransport } from '../http/transport.ts';
import { killGroup, runToExit } from '../lifecycle.ts';
import type { Decision } from '../policy/decision.ts';
import { crash, run } from '../run.ts';
import { VERSION } from '../text/version.ts';
import { readRegularFile, systemClock, unwritten } from './machine.ts';
import { Redactor } from './redaction.ts';
import { secretsIn } from './secrets.ts';

/** The page on verdicts and reasons, below the root of the repository. */
export const REASONS_PAGE = 'docs/troubleshooting.md';

/** The parts of a run that differ between the shells. */
interface ShellParts {
  readonly inputs: ReadonlyMap<string, string>;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** Receives every secret before it can be printed, for the masks of a CI system. */
  readonly onSecret: (secret: string) => void;
  /** Creates the log; all of its texts have to pass through `redact`. */
  readonly logWith: (redact: (text: string) => string) => Log;
}

/** The host of a run on this machine. */
export function runHost({ inputs, environment, signal, onSecret, logWith }: ShellParts): RunHost {
  const redactor = new Redactor(onSecret, secretsIn(inputs, environment));
  return {
    inputs,
    environment,
    redactor: { add: (secret) => redactor.add(secret), redact: (text) => redactor.redact(text) },
    clock: systemClock,
    random: Math.random,
    signal,
    connect: (tls) => createHttpTransport(`registry-scan-gate/${VERSION}`, systemClock, tls),
    files: { read: readRegularFile },
    killGroup,
    log: logWith((text) => redactor.redact(text)),
    now: () => new Date(),
    startedAtMs: systemClock.nowMs(),
    problems: [],
  };
}

/** Exit statuses of a shell. */
interface ExitCodes {
  /** 0 for `passed`, and only for that. */
  readonly of: (decision: Decision) => number;
  /** The status if the process ends without a decision. */
  readonly broken: number;
}

/** A shell with its own process. */
interface Shell {
  readonly hostFor: (signal: AbortSignal) => Host;
  /** Adds the inputs that take time to read; after a failure, the run ends with the inputs of the host. */
  readonly complete?: (host: Host) => Promise<Host>;
  readonly exitCodes: ExitCodes;
  /** The stream that has the log. */
  readonly log: 'stdout' | 'stderr';
}

/** Runs the gate for a shell, from the start of the process to its exit. */
export async function runShell({
  hostFor,
  complete = async (host) => host,
  exitCodes,
  log,
}: Shell): Promise<void> {
  let host: Host | undefined;
  await runToExit({
    main: async (signal) => {
      host = hostFor(signal);
      return run(await complete(host));
    },
    crash: (error, signal) => crash(host ?? hostFor(signal), error),
    exitCodeOf: exitCodes.of,
    brokenExitCode: exitCodes.broken,
    log,
    written: unwritten,
  });
}
