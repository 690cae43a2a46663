import { randomUUID } from 'node:crypto';
import { appendFileSync, statSync, truncateSync } from 'node:fs';
import { EOL } from 'node:os';

/**
 * Appends outputs to the file of GitHub's runner, in its format for values of several lines. Writes all of them at once
 * or none: with a part of a pass, a later step could promote what has no verdict. Throws if it cannot.
 */
export function appendOutputs(path: string, outputs: readonly (readonly [string, string])[]): void {
  const { size } = statSync(path);
  try {
    appendFileSync(path, outputs.map(keyValueOf).join(''));
  } catch (error) {
    takeBack(path, size);
    throw error;
  }
}

function keyValueOf([name, value]: readonly [string, string]): string {
  const delimiter = `ghadelimiter_${randomUUID()}`;
  return [`${name}<<${delimiter}`, value, delimiter, ''].join(EOL);
}

function takeBack(path: string, size: number): void {
  try {
    truncateSync(path, size);
  } catch {
    // A device has no length; the first error is the one to report.
  }
}
