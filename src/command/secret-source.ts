import { constants, openSync, readFileSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SecretLateError } from '../config/input-reader.ts';
import { type InputName, inputDefinition } from '../config/inputs.ts';
import { PREFLIGHT_MS } from '../config/limits.ts';
import { parseDuration } from '../scan/duration.ts';
import { askWithoutEcho, type Terminal } from './prompt.ts';

/** A secret that cannot be read. The message continues “--password-file”, and never contains the path. */
class SecretError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretError';
  }
}

/** The parts of the process that reading secrets needs. */
interface SecretSources {
  /** Aborts the read when the run ends. */
  readonly signal: AbortSignal;
  /** Time limit for all secrets together, in milliseconds. */
  readonly timeoutMs: number;
  /** Opened only when it is needed: an open standard input keeps the process alive. */
  readonly terminal: () => Terminal;
}

/** The secrets, and one line for each that could not be read. */
interface ReadSecrets {
  readonly values: ReadonlyMap<InputName, string>;
  readonly problems: readonly string[];
}

/**
 * Reads the secrets one after the other, by input and path. Rejects with the reason of the signal when that aborts, and
 * with a `SecretLateError` if one has no end.
 */
export async function readSecrets(
  files: ReadonlyMap<InputName, string>,
  sources: SecretSources,
): Promise<ReadSecrets> {
  const values = new Map<InputName, string>();
  const problems: string[] = [];
  let isInputTaken = false;
  for (const [name, path] of files) {
    try {
      if (path === '-' && isInputTaken)
        throw new SecretError('is standard input, which another secret was read from');
      isInputTaken ||= path === '-';
      values.set(name, await readSecret(name, path, sources));
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      problems.push(
        `--${name}-file ${error.message}. Its value is the path of a file, or - for standard input.`,
      );
    }
  }
  return { values, problems };
}

/** Used if `timeout` is not given, or is not a duration; that mistake ends the run anyway. */
const DEFAULT_TIMEOUT_MS = parseDuration(inputDefinition('timeout').default ?? '') ?? 0;

/** The time limit for secrets, in milliseconds: `timeout`, or the time of a preflight if that is shorter. */
export function secretLimitMs(inputs: ReadonlyMap<string, string>): number {
  const timeoutMs = parseDuration(inputs.get('timeout')?.trim() ?? '') ?? DEFAULT_TIMEOUT_MS;
  return inputs.get('mode')?.trim() === 'check' ? Math.min(timeoutMs, PREFLIGHT_MS) : timeoutMs;
}

/** A limit for endless pipes; no secret is longer. */
const MOST_SECRET_BYTES = 1_000_000;

/**
 * Reads a secret from a file, a pipe or standard input (`-`), without surrounding white space. On a terminal, it asks
 * for the secret without showing the input. Rejects with a `SecretError`, with a `SecretLateError` after `timeoutMs`,
 * or with the reason of the signal.
 */
async function readSecret(name: InputName, path: string, sources: SecretSources): Promise<string> {
  const { signal, timeoutMs } = sources;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return (await textFrom(name, path, sources, AbortSignal.any([signal, timeout]))).trim();
  } catch (error) {
    if (signal.aborted || !timeout.aborted) throw error;
    throw new SecretLateError(`--${name}-file`, timeoutMs);
  }
}

async function textFrom(
  name: InputName,
  path: string,
  sources: SecretSources,
  end: AbortSignal,
): Promise<string> {
  if (path !== '-') return textOfFile(path, end);
  const terminal = opened(sources.terminal);
  const { input } = terminal;
  return input.isTTY === true ? askWithoutEcho(`${name}: `, terminal, end) : streamText(input, end);
}

async function textOfFile(path: string, end: AbortSignal): Promise<string> {
  const stats = opened(() => statSync(path));
  if (stats.isFIFO()) return streamText(pipeAt(path), end);
  if (!stats.isFile()) throw new SecretError('is neither a file nor a pipe');
  if (stats.size > MOST_SECRET_BYTES)
    throw new SecretError(`is longer than any secret (${MOST_SECRET_BYTES} bytes)`);
  return opened(() => readFileSync(path, 'utf8'));
}

/** Opens a pipe without waiting for a writer: waiting would block a thread, and so the end of the process. */
function pipeAt(path: string): Readable {
  const fd = opened(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  return new Socket({ fd, readable: true, writable: false });
}

/** Replaces an error of the system: its message contains the path, which may be the secret itself. */
function opened<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be opened';
    throw new SecretError(`cannot be read (${code})`);
  }
}

async function streamText(stream: Readable, end: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stop = () => stream.destroy();
  end.addEventListener('abort', stop);
  try {
    for await (const chunk of stream) {
      const part = Buffer.from(chunk);
      bytes += part.length;
      if (bytes > MOST_SECRET_BYTES)
        throw new SecretError(`is longer than any secret (${MOST_SECRET_BYTES} bytes)`);
      chunks.push(part);
    }
  } catch (error) {
    if (end.aborted) throw end.reason;
    if (error instanceof SecretError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it broke off';
    throw new SecretError(`cannot be read (${code})`);
  } finally {
    end.removeEventListener('abort', stop);
  }
  // A part of a secret must not count as the whole.
  end.throwIfAborted();
  return Buffer.concat(chunks).toString('utf8');
}
