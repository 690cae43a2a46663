import { execFile } from 'node:child_process';

/** A helper may ask a cloud for a token; one that waits for a person at a keyboard must not hold the run. */
const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

/** Our own inputs, which hold the Console's password, are not for other programs. */
const INPUT_VARIABLE = /^(?:INPUT|SCAN_GATE)_/i;

/**
 * Runs `docker-credential-NAME get` as Docker does: found on the PATH, without a shell, the server on its standard input
 * and the credentials on its standard output. Helpers are run because `gcloud auth configure-docker` and the ECR helper
 * leave nothing else; what is run is named by the user's own configuration, and the caller restricts the name. Rejects
 * where the helper fails. Its standard error is dropped, as it may hold secrets.
 */
export function runCredentialHelper(
  name: string,
  server: string,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string> {
  const variables = Object.entries(environment).filter(([variable]) => !INPUT_VARIABLE.test(variable));
  return new Promise((resolve, reject) => {
    const child = execFile(
      `docker-credential-${name}`,
      ['get'],
      {
        env: Object.fromEntries(variables),
        encoding: 'utf8',
        timeout: TIMEOUT_MS,
        killSignal: 'SIGKILL',
        maxBuffer: MAX_OUTPUT_BYTES,
        signal,
        windowsHide: true,
      },
      // The error of Node quotes the output.
      (error, stdout) =>
        error === null ? resolve(stdout) : reject(new Error('the credential helper failed')),
    );
    // A helper that ends without reading closes the pipe; its output tells what became of it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`${server}\n`);
  });
}
