import { randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { WrittenFiles } from '../host.ts';
import { LAST_WRITES_MS } from '../lifecycle.ts';
import type { Clock } from '../scan/clock.ts';
import { lateText, lossText } from '../text/loss-text.ts';
import { errorMessage } from '../text/sanitize.ts';

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

/** Writes output files into a new folder below `temporaryFolder`, each text redacted. */
export function outputFolder(temporaryFolder: string, redact: (text: string) => string): WrittenFiles {
  const folder = join(temporaryFolder, `registry-scan-gate-${randomUUID()}`);
  return {
    write: (path, text) => writeWhole(path, redact(text)),
    unwritten,
    outputPath: (name) => join(folder, name),
  };
}

/** No input is longer. */
const MOST_INPUT_BYTES = 10_000_000;

/** Reads a regular file as UTF-8; throws if it cannot. */
export function readRegularFile(path: string): string {
  const stats = statSync(path);
  // A pipe or a device may never end, and nothing could interrupt the read.
  if (!stats.isFile()) throw new Error('it is not a regular file');
  if (stats.size > MOST_INPUT_BYTES) throw new Error(`it has more than ${MOST_INPUT_BYTES / 1_000_000} MB`);
  return readFileSync(path, 'utf8');
}

/**
 * The entry at a path, behind symbolic links; undefined if there is none. Node 20 throws if a parent is no folder, and
 * Node 24 does not.
 */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The reason why no file can be written at a path; undefined if none is known. */
export function writeObstacle(path: string): string | undefined {
  try {
    const there = statsOf(path);
    if (there?.isDirectory()) return 'it is a folder';
    if (there !== undefined && !there.isFile()) return undefined;
    // A missing folder is created, but not its parents.
    const folder = existsSync(dirname(path)) ? dirname(path) : dirname(dirname(path));
    if (!statSync(folder).isDirectory()) return 'its folder is a file';
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

/** Removes a regular file that a previous run may have left; throws if it stays. Anything else is not from a run. */
export function removeOldFile(path: string): void {
  const hasFolder = statsOf(dirname(path))?.isDirectory() === true;
  if (isInPlace(path) || !hasFolder) return;
  for (const file of [path, draftOf(path)]) if (lstatSync(file, { throwIfNoEntry: false })) rmSync(file);
}

/** The paths of the regular files in a folder; none if it cannot be read. */
export function filesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

/** True if a path has to be written in place: a pipe, a device, a folder (which gives an error), `/dev/stdout`. */
function isInPlace(path: string): boolean {
  if (/^\/(?:dev|proc)\//.test(path)) return true;
  const there = statsOf(path);
  return there !== undefined && !there.isFile();
}

function draftOf(path: string): string {
  return `${path}.draft`;
}

/** Writes a file under its name only once it is complete: a part of it would be read as the whole. */
function writeWhole(path: string, text: string): void {
  if (statsOf(path)?.isFIFO()) {
    noteWrite(`the pipe ${path}`, writeToPipe(path, text));
    return;
  }
  if (isInPlace(path)) {
    writeFileSync(path, text);
    return;
  }
  const draft = draftOf(path);
  const folder = dirname(path);
  // Not recursive: creating parents as well never ends in folders such as /proc, in which nothing can be created.
  if (!existsSync(folder)) mkdirSync(folder);
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    // A file of an earlier run would look like one of this run.
    for (const file of [draft, path]) rmSync(file, { force: true });
    throw error;
  }
}

/** Pending texts by destination; their readers may come late, or never. */
const underway = new Map<string, Promise<void>>();

/** Records a text that is being written to a destination, such as `standard output`. */
export function noteWrite(where: string, written: Promise<void>): void {
  const all = Promise.all([underway.get(where), written]).then(() => undefined);
  // A failure is reported at the end, and does not crash the process before.
  all.catch(() => undefined);
  underway.set(where, all);
}

/**
 * Waits until every text has arrived, for five seconds at most. Returns a sentence for each that has not, and forgets
 * all of them, so that nothing waits for them again.
 */
export async function unwritten(): Promise<readonly string[]> {
  const texts = [...underway];
  underway.clear();
  if (texts.length === 0) return [];
  const isLate = delay(LAST_WRITES_MS, true);
  const ends = texts.map(async ([where, written]) => {
    try {
      const late = await Promise.race([written, isLate]);
      return late === true ? [lateText(where, LAST_WRITES_MS)] : [];
    } catch (error) {
      return [lossText({ kind: 'text', where }, error)];
    }
  });
  return (await Promise.all(ends)).flat();
}

const READER_POLL_MS = 50;

/** Writes to a pipe without waiting for its reader in a thread, since nothing could end that wait. */
async function writeToPipe(path: string, text: string): Promise<void> {
  let fd: number | undefined;
  while (fd === undefined) {
    fd = openedPipe(path);
    if (fd === undefined) await delay(READER_POLL_MS);
  }
  const pipe = new Socket({ fd, readable: false, writable: true });
  await new Promise<void>((resolve, reject) => {
    pipe.once('error', reject).end(text, () => resolve());
  });
}

/** Opens a pipe; undefined while it has no reader. */
function openedPipe(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ENXIO')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
