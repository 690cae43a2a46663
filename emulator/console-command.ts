import { type CliOptions, parseOptions, UsageError, usage } from './cli-options.ts';
import type { Scenario } from './scenario.ts';
import { scenarioNamed, scenarioNames, withFleet } from './scenarios/catalogue.ts';
import { type RunningConsole, startConsole } from './server.ts';

/** The part of a stream that the command writes to. */
export type TextOutput = { write(text: string): unknown };

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
    // Registered before the address is printed: a reader of the address may stop the Console at once.
    const stopped = aborted(signal);
    const console = await start(options, stdout);
    await stopped;
    await console.close();
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${error.message}\nRun with --help for the list of options.\n`);
    return 2;
  }
}

async function start(options: CliOptions, stdout: TextOutput): Promise<RunningConsole> {
  const { port, tls, basePath, registries } = options;
  const named = scenarioNamed(options.scenario);
  if (named === undefined) {
    throw new UsageError(`--scenario ${options.scenario}: choose one of ${scenarioNames.join(', ')}`);
  }
  const scenario = withFleet(named, options.images);
  try {
    const console = await startConsole({ port, tls, scenario, basePath, registries });
    stdout.write(startMessage(console.url, scenario));
    return console;
  } catch (cause) {
    throw new UsageError(`--port ${port}: ${cause instanceof Error ? cause.message : cause}`, { cause });
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
function startMessage(url: string, { users, settings }: Scenario): string {
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
