import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The size of the download before a job can start, in bytes. */
export interface Weight {
  readonly dist: number;
  /** The repository at `HEAD` as GitHub packs it for runners; `null` if this is not a checkout of it. */
  readonly tarball: number | null;
}

/** Weighs the current `dist/`, and the tarball of the last commit. */
export function weigh(): Weight {
  return { dist: distBytes(), tarball: tarballBytes() };
}

function distBytes(): number {
  const files = readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' });
  return files
    .map((name) => statSync(join(ROOT, 'dist', name)))
    .filter((file) => file.isFile())
    .reduce((bytes, { size }) => bytes + size, 0);
}

function tarballBytes(): number | null {
  try {
    const tar = execFileSync('git', ['archive', '--format=tar', 'HEAD'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 100_000_000,
    });
    return gzipSync(tar, { level: 9 }).byteLength;
  } catch {
    return null;
  }
}
