import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { type CliOptions, parseOptions, UsageError, usage } from './cli-options.ts';
import { fasterTime } from './clock.ts';
import { createControlApi } from './control-api.ts';
import type { Scenario } from './scenario.ts';
import { parseYaml, ScenarioError, scenarioFrom, settingsFrom } from './scenario-file.ts';
import { scenarioSchema } from './scenario-schema.ts';
import { scenarioNamed, scenarioNames, withFleet } from './scenarios/catalogue.ts';
import { type RunningConsole, startConsole } from './server.ts';
import { type Settings, versionSettings } from './settings.ts';

/** The part of a stream that the command writes to. */
export interface TextOutput {
  write(text: string): unknown;
}

/**
 * Serves a Console until `signal` aborts (SIGINT and SIGTERM by default) and returns the exit status: 0, or 2 for a
 * usage error.
 */
export async function runConsole(
  argv: readonly string[],
  stdout: TextOutput,
  stderr: TextOutput,
  signal: AbortSignal = terminationSignal(),
): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options === 'help') {
      stdout.write(usage(scenarioNames));
      return 0;
    }
    if (options === 'schema') {
      stdout.write(`${JSON.stringify(scenarioSchema, undefined, 2)}\n`);
      return 0;
    }
    // Registered before the address is printed: a program that reads the address may stop the Console at once.
    const stopped = aborted(signal);
    const console = await start(options, stdout, stderr);
    await stopped;
    await console.close();
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${error.message}\nRun with --help for the list of options.\n`);
    return 2;
  }
}

async function start(options: CliOptions, stdout: TextOutput, stderr: TextOutput): Promise<RunningConsole> {
  const { port, host, tls, caOut, basePath, registries, speed } = options;
  const scenario = await scenarioOf(options);
  const controlToken = options.control === true ? randomBytes(16).toString('hex') : options.control;
  const console = await startConsole({
    port,
    host,
    tls,
    scenario,
    basePath,
    registries,
    ...(speed === 1 ? {} : { speed, now: fasterTime(speed) }),
    ...(controlToken === false ? {} : { control: createControlApi(controlToken) }),
    ...(options.log ? { log: (line: string) => stderr.write(`${line}\n`) } : {}),
  }).catch((cause: unknown) => {
    const isAddress = cause instanceof Error && 'syscall' in cause;
    if (!isAddress) throw cause;
    throw new UsageError(`--port ${port}: ${cause.message}`, { cause });
  });
  if (caOut !== undefined) await writeCertificate(caOut, console);
  stdout.write(startMessage(console.url, scenario, controlToken));
  return console;
}

async function writeCertificate(path: string, console: RunningConsole): Promise<void> {
  try {
    await writeFile(path, console.caCertificate ?? '');
  } catch (cause) {
    await console.close();
    throw new UsageError(`--ca-out ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** The scenario by name or from a file, with the settings of the command line. */
async function scenarioOf(options: CliOptions): Promise<Scenario> {
  const { scenario: name, images, apiVersion, settings } = options;
  const scenario = scenarioNamed(name) ?? (await scenarioInFile(name));
  const changed = { ...scenario.settings, ...(apiVersion === undefined ? {} : versionSettings(apiVersion)) };
  const set = settings.length === 0 ? {} : settingsOf(settings);
  return withFleet({ ...scenario, settings: { ...changed, ...set } }, images);
}

async function scenarioInFile(path: string): Promise<Scenario> {
  if (!/[./\\]/.test(path)) {
    throw new UsageError(`--scenario ${path}: choose one of ${scenarioNames.join(', ')}, or give a file`);
  }
  try {
    return scenarioFrom(parseYaml(await readFile(path, 'utf8')));
  } catch (cause) {
    const isExpected = cause instanceof ScenarioError || (cause instanceof Error && 'code' in cause);
    if (!isExpected) throw cause;
    throw new UsageError(`--scenario ${path}: ${cause.message.replaceAll('\n', '\n  ')}`, { cause });
  }
}

function settingsOf(pairs: readonly string[]): Partial<Settings> {
  try {
    const entries = pairs.map((pair): [string, unknown] => {
      const [, key = '', value = ''] = /^(\w+)=(.*)$/s.exec(pair) ?? [];
      if (key === '') throw new ScenarioError(`${pair}: give a key and a value, such as rowLagMs=0`);
      return [key, value === '' ? '' : parseYaml(value)];
    });
    return settingsFrom(Object.fromEntries(entries));
  } catch (cause) {
    if (!(cause instanceof ScenarioError)) throw cause;
    throw new UsageError(`--set: ${cause.message}`, { cause });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Aborts on SIGINT and SIGTERM. */
function terminationSignal(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.once('SIGTERM', () => controller.abort());
  // npm sends a signal to the shell that started this process, and the shell exits without forwarding it.
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) controller.abort();
    }, 250).unref();
  }
  return controller.signal;
}

/** The text printed once the Console is ready: the address first, then the calls of an on-demand scan. */
function startMessage(url: string, { users, settings }: Scenario, controlToken: string | false): string {
  const [{ username, password } = { username: '', password: '' }] = users;
  const api = `${url}/api/${settings.apiVersions.at(-1) ?? 'v1'}`;
  const curl = `curl ${url.startsWith('https:') ? '-k ' : ''}-u ${username}:${password} -H 'Content-Type: application/json'`;
  const trigger = JSON.stringify({
    onDemandScan: true,
    tag: { registry: '', repo: 'library/alpine', tag: '3.16' },
  });
  return `console ready: ${url}
user:     ${username}
password: ${password}
${controlToken === false ? '' : `control:  ${new URL('/_control', url)} token ${controlToken}\n`}
Get a token:
  ${curl} -X POST -d '${JSON.stringify({ username, password })}' "${api}/authenticate"
See the regular scan of the registries:
  ${curl} -X GET "${api}/registry/progress"
Start a scan of one image, and see how it gets on:
  ${curl} -X POST -d '${trigger}' "${api}/registry/scan"
  ${curl} -X GET "${api}/registry/progress?onDemand=true&repo=library/alpine&tag=3.16"
Read its report:
  ${curl} -X GET "${api}/registry?name=library/alpine:3.16"

More images: emulator/README.md. Ctrl-C stops the Console.
`;
}
