import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const { STATE_pid: pid, STATE_log: log } = process.env;

const stopTimeoutMs = 10_000;

/** Sends a signal to the Console; false if it has ended. */
function signal(name) {
  try {
    return process.kill(Number(pid), name);
  } catch (error) {
    if (error?.code !== 'ESRCH') throw error;
    return false;
  }
}

if (pid !== undefined) {
  signal('SIGTERM');
  // It writes the line of its last request after the answer, so the log is whole only once it has ended.
  for (const endsAtMs = Date.now() + stopTimeoutMs; signal(0) && Date.now() < endsAtMs; await sleep(50));
}
if (log !== undefined) {
  // A request may have text that the runner would take for a command.
  const stop = `stop-${Math.random().toString(36).slice(2)}`;
  process.stdout.write(`::group::Requests to the embedded Console\n::stop-commands::${stop}\n`);
  process.stdout.write(readFileSync(log, 'utf8'));
  process.stdout.write(`::${stop}::\n::endgroup::\n`);
}
