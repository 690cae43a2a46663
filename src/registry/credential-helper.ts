import { spawn } from 'node:child_process';
import { platform } from 'node:os';

/** A helper may request a token from a cloud; one that waits for a person at a keyboard must not delay the run. */
const HELPER_LIMIT_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

/** The inputs hold the Console's password, so other programs do not get them. */
const INPUT_VARIABLE = /^(?:INPUT|SCAN_GATE)_/i;

export interface HelperLimits {
  /** Aborts the helper when the run ends. */
  readonly signal: AbortSignal;
  /** Time limit of the helper, in milliseconds; never more than ten seconds. */
  readonly limitMs: number;
  readonly killGroup: (leaderPid: number) => void;
}

/**
 * Runs `docker-credential-NAME get` as Docker does: found on the PATH, without a shell, the server on its standard
 * input and the credentials on its standard output. Helpers are run because `gcloud auth configure-docker` and the
 * ECR helper store credentials nowhere else; the user's own configuration names the helper, and the caller restricts
 * the name. Rejects if the helper fails or takes too long. Its standard error is dropped, as it may hold secrets.
 */
export function runCredentialHelper(
  name: string,
  server: string,
  environment: Readonly<Record<string, string | undefined>>,
  { signal, limitMs, killGroup }: HelperLimits,
): Promise<string> {
  const variables = Object.entries(environment).filter(([variable]) => !INPUT_VARIABLE.test(variable));
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error('the credential helper failed'));
    if (signal.aborted) return fail();
    const child = spawn(`docker-credential-${name}`, ['get'], {
      env: Object.fromEntries(variables),
      stdio: ['pipe', 'pipe', 'ignore'],
      // In a process group of its own, the helper ends together with the programs that it started.
      detached: platform() !== 'win32',
      windowsHide: true,
    });
    const stop = (): void => {
      fail();
      child.stdout.destroy();
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const timer = setTimeout(stop, Math.min(limitMs, HELPER_LIMIT_MS));
    signal.addEventListener('abort', stop, { once: true });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    child.stdout.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > MAX_OUTPUT_BYTES) stop();
    });
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
      else fail();
    });
    // A helper that ends without reading closes the pipe; its output and status show the result.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${server}\n`);
  });
}
