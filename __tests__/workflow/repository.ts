import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ACTION_FILES = ['action.yml', 'dist'] as const;

/** This action under the name that the examples use, with what a runner downloads of it and nothing else. */
export const ACTION = {
  uses: 'OWNER/registry-scan-gate@v1',
  folder: layAction(),
} as const;

/** A repository of somebody who uses the action, with these workflows of ours in it. */
export async function layRepository(folder: string, workflows: readonly string[]): Promise<void> {
  const place = join(folder, '.github', 'workflows');
  await mkdir(place, { recursive: true });
  await Promise.all(workflows.map((path) => cp(join(ROOT, path), join(place, basename(path)))));
  await cp(ACTION.folder, folder, { recursive: true }); // so that `uses: ./` works there as it does here
  const git = (...args: string[]): void => {
    execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  };
  git('init', '--quiet', '--initial-branch=main');
  git('remote', 'add', 'origin', 'https://github.com/octo-org/shop.git');
  git('add', '.');
  git('-c', 'user.name=Octo', '-c', 'user.email=octo@example.com', 'commit', '--quiet', '--message=Shop');
}

function layAction(): string {
  const folder = mkdtempSync(join(tmpdir(), 'registry-scan-gate-action-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of ACTION_FILES) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  return folder;
}
