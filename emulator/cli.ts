import { parseArgs } from 'node:util';
import { scenarioNamed, scenarioNames, withFleet } from './scenarios/catalogue.ts';
import { largestFleet } from './scenarios/fleet.ts';
import { type RunningConsole, startConsole } from './server.ts';
import { usage, walkThrough } from './walk-through.ts';

/** What is wrong with the command line, in words for whoever typed it. */
class WrongUse extends Error {}

type Options = {
  readonly port: number;
  readonly tls: boolean;
  readonly scenario: string;
  readonly basePath: string;
  readonly images: number;
};

function optionsFrom(args: string[]): Options | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  const port = numberUpTo(65_535, '--port', values.port);
  const images = numberUpTo(largestFleet, '--images', values.images);
  const basePath = values['base-path'];
  if (!/^(\/[\w.-]+)*$/.test(basePath)) {
    throw new WrongUse(`--base-path ${basePath}: give a path such as /us-2-158254964`);
  }
  return { port, tls: values.tls, scenario: values.scenario, basePath, images };
}

function numberUpTo(most: number, option: string, given: string): number {
  const number = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (!(number <= most)) throw new WrongUse(`${option} ${given}: give a number from 0 to ${most}`);
  return number;
}

function parsed(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8083' },
        tls: { type: 'boolean', default: false },
        scenario: { type: 'string', default: 'samples' },
        'base-path': { type: 'string', default: '' },
        images: { type: 'string', default: '0' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (cause) {
    throw new WrongUse(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function started({ port, tls, scenario: name, basePath, images }: Options): Promise<RunningConsole> {
  const named = scenarioNamed(name);
  if (named === undefined) {
    throw new WrongUse(`--scenario ${name}: there are ${scenarioNames.join(', ')}`);
  }
  const scenario = withFleet(named, images);
  try {
    const console = await startConsole({ port, tls, scenario, basePath });
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
