import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The name by which the examples use this action. */
export const ACTION_NAME = 'OWNER/registry-scan-gate@v1';

/** The files of this action that a runner needs, and nothing else. */
export async function layAction(folder: string): Promise<void> {
  await Promise.all(
    ['action.yml', 'dist', 'console'].map((name) =>
      cp(join(ROOT, name), join(folder, name), { recursive: true }),
    ),
  );
}

/** A user's repository with these workflows. */
export async function layRepository(folder: string, workflows: readonly string[]): Promise<void> {
  const place = join(folder, '.github', 'workflows');
  await mkdir(place, { recursive: true });
  for (const path of workflows) {
    const text = await readFile(join(ROOT, path), 'utf8');
    // `act` 0.2.89 refuses a permission that it does not know; actionlint does know it.
    await writeFile(join(place, basename(path)), text.replaceAll(/^ +artifact-metadata: write.*\n/gm, ''));
  }
  await layAction(folder); // so that `uses: ./` works there as it does here
  const git = (...args: string[]): void => {
    execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  };
  git('init', '--quiet', '--initial-branch=main');
  git('remote', 'add', 'origin', 'https://github.com/octo-org/shop.git');
  git('add', '.');
  git('-c', 'user.name=Octo', '-c', 'user.email=octo@example.com', 'commit', '--quiet', '--message=Shop');
}
