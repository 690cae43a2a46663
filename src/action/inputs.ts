import type { ConsoleAddress } from '../console/address.ts';
import type { Credentials } from '../console/session.ts';
import type { Trust } from '../console/trust.ts';
import type { Gates } from '../gate/gates.ts';
import type { Limits } from '../scan/limits.ts';
import type { PollInterval } from '../scan/schedule.ts';
import { readAddress, readCredentials, readTrust } from './access-inputs.ts';
import { readGates } from './gate-inputs.ts';
import { INPUT_NAMES, InputError, type ReadFile, shown, type Text } from './input-text.ts';
import { readInterval, readLimits, readMaxScanAge } from './limit-inputs.ts';
import { readTask, type Task } from './task-inputs.ts';

/** What the action is asked to do, checked and without contradictions. */
export interface Inputs {
  readonly address: ConsoleAddress;
  readonly credentials: Credentials;
  readonly trust: Trust;
  readonly task: Task;
  readonly limits: Limits;
  readonly interval: PollInterval;
  /** How long ago an accepted scan may have finished; undefined where only a scan of now will do. */
  readonly maxScanAgeMs: number | undefined;
  readonly gates: Gates;
}

/** Reads the inputs, by name and trimmed; an absent one is as good as an empty one. Rejects with an `InputError`. */
export async function parseInputs(given: ReadonlyMap<string, string>, readFile: ReadFile): Promise<Inputs> {
  refuseUnknown(given);
  const text: Text = (name) => given.get(name) ?? '';
  return {
    address: readAddress(text),
    credentials: readCredentials(text),
    trust: readTrust(text, readFile),
    task: readTask(text),
    limits: readLimits(text),
    interval: readInterval(text),
    maxScanAgeMs: readMaxScanAge(text),
    gates: await readGates(text, readFile),
  };
}

/** A misspelt input would be a gate that nobody closed. */
function refuseUnknown(given: ReadonlyMap<string, string>): void {
  const known: ReadonlySet<string> = new Set(INPUT_NAMES);
  for (const [name, value] of given) {
    if (value !== '' && !known.has(name)) {
      throw new InputError(
        `There is no input ${shown(name)} (a variable INPUT_… of the job counts as one). ` +
          `Inputs are: ${INPUT_NAMES.join(', ')}.`,
      );
    }
  }
}
