/**
 * Checks what every npm script relies on, and says in one line what is missing. Plain JavaScript without
 * dependencies, because it runs on any Node and before anything is installed.
 */
import { existsSync } from 'node:fs';
import process from 'node:process';

const REQUIRED_MAJOR = 24;

const problem = missing();
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

/** What is missing and what to do; undefined if nothing is. */
function missing() {
  if (!existsSync(new URL('node_modules/jest/package.json', import.meta.url))) {
    return 'The development dependencies are not installed. Run: npm ci';
  }
  if (Number.parseInt(process.versions.node, 10) >= REQUIRED_MAJOR) return undefined;
  return (
    `Node ${REQUIRED_MAJOR} is required, and this is ${process.version}. npm ci installs it as an optional ` +
    'dependency, which is not there. Run: npm ci --include=optional, or install Node 24 or later.'
  );
}
