import { constants, openSync, readFileSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SecretLateError } from '../config/input-reader.ts';
import type { InputName } from '../config/inputs.ts';
import { askWithoutEcho, type Terminal } from './prompt.ts';

/** A secret that cannot be read. The message continues “--password-file”, and never has the path in it. */
export class SecretError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretError';
  }
}

/** What reading secrets needs of the process. */
export interface SecretSources {
  /** Ends the reading when the run is to end. */
  readonly signal: AbortSignal;
  /** How long secrets may take in all, in milliseconds. */
  readonly timeoutMs: number;
  /** Opened when it is needed only: an open standard input keeps a process alive. */
  readonly terminal: () => Terminal;
}

/** What was read, and one line for each secret that could not be. */
export interface ReadSecrets {
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

/** No secret is longer; a pipe may be endless. */
const MOST_BYTES = 1_000_000;

/**
 * Reads a secret from a file, a pipe or standard input (`-`), without white space around it. A terminal is asked, and
 * shows nothing of what is typed. Rejects with a `SecretError`, with a `SecretLateError` after `timeoutMs`, or with the
 * reason of the signal.
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
  return input.isTTY === true ? askWithoutEcho(`${name}: `, terminal, end) : textOf(input, end);
}

async function textOfFile(path: string, end: AbortSignal): Promise<string> {
  const stats = opened(() => statSync(path));
  if (stats.isFIFO()) return textOf(pipeAt(path), end);
  if (!stats.isFile()) throw new SecretError('is neither a file nor a pipe');
  if (stats.size > MOST_BYTES) throw new SecretError(`is longer than any secret (${MOST_BYTES} bytes)`);
  return opened(() => readFileSync(path, 'utf8'));
}

/** Opened without waiting for a writer, which would block a thread and with it the end of the process. */
function pipeAt(path: string): Readable {
  const fd = opened(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  return new Socket({ fd, readable: true, writable: false });
}

/** An error of the system has the path in its message, which may be the secret itself. */
function opened<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be opened';
    throw new SecretError(`cannot be read (${code})`);
  }
}

async function textOf(stream: Readable, end: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stop = () => stream.destroy();
  end.addEventListener('abort', stop);
  try {
    for await (const chunk of stream) {
      const part = Buffer.from(chunk);
      bytes += part.length;
      if (bytes > MOST_BYTES) throw new SecretError(`is longer than any secret (${MOST_BYTES} bytes)`);
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
  // A part of a secret must not be taken for all of it.
  end.throwIfAborted();
  return Buffer.concat(chunks).toString('utf8');
}
