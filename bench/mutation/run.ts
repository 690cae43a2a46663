import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Installs Stryker beside this file, and runs it over the project; arguments go to Stryker. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

// Exact versions without a lock file: nothing of Stryker's is shipped, and its scripts do not run.
const options = [
  '--prefix',
  'bench/mutation',
  '--no-package-lock',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
];
execFileSync(npm, ['install', ...options], { cwd: root, stdio: 'inherit' });

const stryker = 'bench/mutation/node_modules/@stryker-mutator/core/bin/stryker.js';
const args = ['run', 'bench/mutation/stryker.config.json', ...process.argv.slice(2)];
try {
  execFileSync(process.execPath, [stryker, ...args], { cwd: root, stdio: 'inherit' });
} catch {
  // Stryker has already reported the failure.
  process.exitCode = 1;
}
