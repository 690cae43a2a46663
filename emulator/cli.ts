import { type CliOptions, optionsFrom, WrongUse } from './cli-options.ts';
import { scenarioNamed, scenarioNames, withFleet } from './scenarios/catalogue.ts';
import { type RunningConsole, startConsole } from './server.ts';
import { usage, walkThrough } from './walk-through.ts';

async function started({
  port,
  tls,
  scenario: name,
  basePath,
  images,
  registries,
}: CliOptions): Promise<RunningConsole> {
  const named = scenarioNamed(name);
  if (named === undefined) {
    throw new WrongUse(`--scenario ${name}: there are ${scenarioNames.join(', ')}`);
  }
  const scenario = withFleet(named, images);
  try {
    const console = await startConsole({ port, tls, scenario, basePath, registries });
    process.stdout.write(walkThrough(console.url, scenario));
    return console;
  } catch (cause) {
    throw new WrongUse(`--port ${port}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** Settles when it is time to stop. */
function stop(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once('SIGINT', () => resolve());
  process.once('SIGTERM', () => resolve());
  // npm hands a signal to the shell that it started us with, and the shell ends without telling us.
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, 250).unref();
  }
  return promise;
}

async function main(args: string[]): Promise<void> {
  const options = optionsFrom(args);
  if (options === 'help') {
    process.stdout.write(usage(scenarioNames));
    return;
  }
  // Listened for before the address is printed: whoever reads it may stop us at once.
  const stopped = stop();
  const running = await started(options);
  await stopped;
  await running.close();
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof WrongUse)) throw error;
  process.stderr.write(`${error.message}\nSee npm run console -- --help\n`);
  process.exitCode = 2;
}
