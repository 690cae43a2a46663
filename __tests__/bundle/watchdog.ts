import type { ChildProcess } from 'node:child_process';
import type { ScriptedConsole } from './scripted-console.ts';

const LONGEST_MS = 240_000;

/** Ends a step that hangs, so that its test fails with what there is instead of waiting for ever. */
export async function watchdog(_asked: ScriptedConsole, started: Promise<ChildProcess>): Promise<void> {
  const child = await started;
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  child.once('close', () => clearTimeout(timer));
}
