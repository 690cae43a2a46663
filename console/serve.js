import { existsSync } from 'node:fs';
import process from 'node:process';

// A release has the bundle. A clone that is not built yet has the package, whose TypeScript Node runs.
const bundle = new URL('../dist/console.js', import.meta.url);
const { runConsole } = await import(existsSync(bundle) ? bundle.href : 'compute-console-emulator/command');

process.exitCode = await runConsole(process.argv.slice(2), process.stdout, process.stderr);
