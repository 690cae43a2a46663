import type { Environment, Files } from '../host.ts';
import { listText } from '../text/plural.ts';
import type { Config, Task } from './config.ts';
import { readAddress, readCredentials, readTls } from './console-access.ts';
import { readImages } from './images.ts';
import { InputError, InputReader, shown } from './input-reader.ts';
import { INPUT_NAMES, type InputName, inputDefinition, MODES, type Mode } from './inputs.ts';
import { readLimits, readMaxScanAge, readPollInterval } from './limits.ts';
import { readPolicy } from './policy.ts';
import { checkProxy } from './proxy.ts';
import { refuseUnknownInputs } from './unknown-inputs.ts';

/** The inputs of a run, with every mistake in them. */
export interface InputReading {
  /** A faulty part has values of the right types without a meaning. */
  readonly config: Config;
  /** One sanitized line for each mistake. */
  readonly problems: readonly string[];
  /** The parts of the inputs that have a mistake. */
  readonly faulty: ReadonlySet<InputPart>;
}

/** Groups of inputs: the preflight checks one even if another is faulty. */
export type InputPart = 'names' | 'address' | 'proxy' | 'credentials' | 'tls' | 'task' | 'limits' | 'policy';

/**
 * Reads all inputs and checks them against each other; an absent input takes its default. Rejects with one
 * `InputError` that names every mistake, starting with those in `given`, which were found earlier.
 */
export async function parseConfig(
  inputs: ReadonlyMap<string, string>,
  files: Pick<Files, 'read'>,
  environment: Environment,
  given: readonly string[] = [],
): Promise<Config> {
  const { config, problems } = await readInputs(inputs, files, environment, given);
  if (problems.length > 0) throw new InputError(problems);
  return config;
}

/** The same for the preflight, which continues with the valid parts. */
export async function readInputs(
  inputs: ReadonlyMap<string, string>,
  files: Pick<Files, 'read'>,
  environment: Environment,
  given: readonly string[] = [],
): Promise<InputReading> {
  const reader = new InputReader(inputs);
  for (const problem of given) reader.refuse(problem);
  const faulty = new Set<InputPart>();
  let known = 0;
  const noteMistakesIn = (part: InputPart) => {
    if (reader.problems.length > known) faulty.add(part);
    known = reader.problems.length;
  };
  refuseUnknownInputs(inputs, reader);
  refuseEmpty(reader);
  noteMistakesIn('names');
  const address = readAddress(reader);
  noteMistakesIn('address');
  checkProxy(reader, environment, address.base);
  noteMistakesIn('proxy');
  const credentials = readCredentials(reader);
  noteMistakesIn('credentials');
  const tls = readTls(reader, files);
  noteMistakesIn('tls');
  const task = readTask(reader);
  noteMistakesIn('task');
  const limits = readLimits(reader);
  const pollInterval = readPollInterval(reader);
  const maxScanAgeMs = readMaxScanAge(reader);
  noteMistakesIn('limits');
  const { policy, exceptionFiles } = await readPolicy(reader, task, files);
  noteMistakesIn('policy');
  const { problems, warnings } = reader;
  if (problems.length === 0) warnOfOtherModes(reader, task.mode);
  const config: Config = {
    address,
    credentials,
    tls,
    task,
    limits,
    pollInterval,
    maxScanAgeMs,
    policy,
    exceptionFiles,
    warnings,
  };
  return { config, problems, faulty };
}

function refuseEmpty(reader: InputReader): void {
  for (const name of INPUT_NAMES.filter((each) => reader.isEmpty(each))) {
    const { empty, default: byDefault } = inputDefinition(name);
    if (empty === 'refused') {
      reader.refuse(
        `Input ${name} is empty; an expression or variable probably has no value. Set it to ${byDefault} to go without ` +
          'this check, or remove the input.',
      );
    }
    if (empty === 'warned') {
      reader.warn(`Input ${name} is empty, and counts as its default, ${byDefault}.`);
    }
  }
}

function readTask(reader: InputReader): Task {
  const mode = reader.choice('mode', MODES, (value) => MODES_OF_OTHER_TOOLS.get(value));
  // An unknown mode may be one without images, so none are required.
  if (reader.text('mode') !== mode) return { mode: 'check', ...readImages(reader, 'check') };
  if (mode !== 'await-regular') return { mode, ...readImages(reader, mode) };
  const extra = INPUT_NAMES.filter((name) => isOfImages(name) && reader.isSet(name));
  if (extra.length > 0) {
    const values = extra.map((name) => `${name} (${shown(reader.text(name) ?? '')})`);
    reader.refuse(
      `Mode await-regular waits for whole registries and takes no inputs about images; leave out ${listText(values)}, or ` +
        'use mode trigger or await.',
    );
  }
  return { mode };
}

/** Names of the modes in other tools. */
const MODES_OF_OTHER_TOOLS: ReadonlyMap<string, Mode> = new Map<string, Mode>([
  ['on-demand', 'trigger'],
  ['scan', 'trigger'],
  ['wait', 'await'],
  ['regular', 'await-regular'],
  ['dry-run', 'check'],
  ['preflight', 'check'],
]);

/** True if the input is about images: a gate that is not applied must not look as if it were. */
function isOfImages(name: InputName): boolean {
  const { modes } = inputDefinition(name);
  return !modes.includes('await-regular') && modes.includes('check');
}

/** Warns of inputs that are set and have no effect in this mode. */
function warnOfOtherModes(reader: InputReader, mode: Mode): void {
  const idle = INPUT_NAMES.filter(
    (name) => reader.isSet(name) && !inputDefinition(name).modes.includes(mode),
  );
  const [what, have] = idle.length === 1 ? ['Input', 'has'] : ['Inputs', 'have'];
  if (idle.length > 0) reader.warn(`${what} ${listText(idle)} ${have} no effect with mode ${mode}.`);
}
