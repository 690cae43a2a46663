import { readFileSync } from 'node:fs';
import process from 'node:process';

const { STATE_pid: pid, STATE_log: log } = process.env;

if (log !== undefined) {
  // A request may have text that the runner would take for a command.
  const stop = `stop-${Math.random().toString(36).slice(2)}`;
  process.stdout.write(`::group::Requests to the embedded Console\n::stop-commands::${stop}\n`);
  process.stdout.write(readFileSync(log, 'utf8'));
  process.stdout.write(`::${stop}::\n::endgroup::\n`);
}
if (pid !== undefined) {
  try {
    process.kill(Number(pid));
  } catch (error) {
    if (error?.code !== 'ESRCH') throw error;
  }
}
