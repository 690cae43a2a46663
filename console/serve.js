import { existsSync } from 'node:fs';
import process from 'node:process';

// A release has the bundle. A clone that is not built yet has the sources, which Node runs directly.
const bundle = new URL('../dist/console.js', import.meta.url);
const source = new URL('../emulator/console-command.ts', import.meta.url);
const { runConsole } = await import((existsSync(bundle) ? bundle : source).href);

process.exitCode = await runConsole(process.argv.slice(2), process.stdout, process.stderr);
