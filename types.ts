import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';

/** Writes the type declarations of the library into `types/`, for the package: no more files than its entry needs. */
const ROOT = import.meta.dirname;
const BUILD = join(ROOT, 'build', 'types');
const OUT = join(ROOT, 'types');

for (const folder of [BUILD, OUT]) rmSync(folder, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.types.json'],
  // What npm runs before it packs must leave standard output to npm.
  { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
);

const needed = new Set([join(BUILD, 'library.d.ts')]);
for (const file of needed) {
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)\.ts'/g)) {
    needed.add(join(dirname(file), `${path}.d.ts`));
  }
}
for (const file of needed) {
  const target = join(OUT, relative(BUILD, file));
  mkdirSync(dirname(target), { recursive: true });
  cpSync(file, target);
}
