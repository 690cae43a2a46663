import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Files } from './host.ts';
import type { Clock } from './scan/clock.ts';

/** Timers overflow beyond this and fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's monotonic clock; 0 is the start of the process. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    const boundedMs = Math.min(Math.max(0, ms), MAX_TIMER_MS);
    try {
      await delay(boundedMs, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};

/** Where output files go: into a new folder below `temporaryFolder`, each text redacted. */
export function outputFolder(
  temporaryFolder: string,
  redact: (text: string) => string,
): Pick<Files, 'write' | 'outputPath'> {
  const folder = join(temporaryFolder, `registry-scan-gate-${randomUUID()}`);
  return {
    write: (path, text) => writeWhole(path, redact(text)),
    outputPath: (name) => join(folder, name),
  };
}

/** Reads a regular file as UTF-8; throws if it cannot. */
export function readRegularFile(path: string): string {
  // A pipe or a device may never end, and no timeout runs yet.
  if (!statSync(path).isFile()) throw new Error('it is not a regular file');
  return readFileSync(path, 'utf8');
}

/** A part of a file would be read as a whole one, so it gets its name only once it is complete. */
function writeWhole(path: string, text: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    // A device such as /dev/stdout takes a text and must not be replaced; a folder gives an error, and stays.
    writeFileSync(path, text);
    return;
  }
  const draft = `${path}.draft`;
  const folder = dirname(path);
  // Creating parents as well does not end in folders where nothing can be created, such as /proc.
  if (!existsSync(folder)) mkdirSync(folder);
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    // A file of an earlier run would be taken for this one's.
    for (const file of [draft, path]) rmSync(file, { force: true });
    throw error;
  }
}
