import type { ChildProcess } from 'node:child_process';
import pMap from 'p-map';
import { runStep, type StepEnd } from '../../demo/runner.ts';
import { preloading } from './preload.ts';
import { type Asked, type ScriptedConsole, type Scripts, startConsole } from './scripted-console.ts';
import { VIRTUAL_TIME } from './virtual-time.ts';

export const USER = 'ci-gate';
export const PASSWORD = 'correct-horse-Zq7';

/** The inputs of every run: realistic times, because virtual time makes them cost nothing. */
export const INPUTS: Readonly<Record<string, string>> = {
  username: USER,
  password: PASSWORD,
  repo: 'library/alpine',
  tag: '3.16',
  timeout: '30m',
  'start-timeout': '5m',
  'report-timeout': '2m',
};

export interface Run extends StepEnd {
  readonly asked: readonly Asked[];
}

export type Meanwhile = (console: ScriptedConsole, process: Promise<ChildProcess>) => Promise<void>;

/** The inputs of the step for the address of the Console; with variables of the job, if needed. */
type Addressed = string | { readonly url: string; readonly env: Readonly<Record<string, string>> };

/** Far beyond what any run takes, on a busy machine too. */
const LONGEST_RUN_MS = 280_000;

export interface GateOptions {
  /** Actions while the step runs. */
  readonly meanwhile?: Meanwhile;
  readonly addressed?: (url: string) => Addressed;
  /**
   * Virtual time leaps over waits. What happens meanwhile needs real time, which is the default there.
   */
  readonly time?: 'virtual' | 'real';
}

/** Runs the bundle against a Console that follows these scripts. */
export async function gate(
  scripts: Scripts,
  inputs: Readonly<Record<string, string>> = {},
  {
    meanwhile,
    addressed = (url) => url,
    time = meanwhile === undefined ? 'virtual' : 'real',
  }: GateOptions = {},
): Promise<Run> {
  const console = await startConsole(scripts);
  try {
    const started = Promise.withResolvers<ChildProcess>();
    const onStart = (child: ChildProcess): void => {
      // A step that hangs fails its test with what there is, instead of never.
      const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS);
      child.once('close', () => clearTimeout(timer));
      started.resolve(child);
    };
    const address = addressed(console.url);
    const { url, env } = typeof address === 'string' ? { url: address, env: {} } : address;
    const [end] = await Promise.all([
      runStep({
        with: { 'console-url': url, ...INPUTS, ...inputs },
        env: time === 'virtual' ? preloading(VIRTUAL_TIME, env) : env,
        onStart,
      }),
      meanwhile?.(console, started.promise),
    ]);
    return { ...end, asked: console.asked };
  } finally {
    await console.close();
  }
}

/** Runs many at a time, as most of each is waiting, and gives each run by its name. */
export async function gates<Case extends { readonly name: string }, Result>(
  cases: readonly Case[],
  run: (one: Case) => Promise<Result>,
): Promise<(name: string) => Result> {
  const named = async (one: Case) => [one.name, await run(one)] as const;
  const runs = new Map(await pMap(cases, named, { concurrency: 20 }));
  return (name) => {
    const found = runs.get(name);
    if (found === undefined) throw new Error(`${name} did not run`);
    return found;
  };
}

/** Inputs without the image, for what waits for no single image. */
export const NO_IMAGE = { repo: '', tag: '' } as const;

/** The three results of a run that must never disagree. */
export function verdictOf({ exitCode, outputs }: StepEnd): string {
  return `${exitCode} ${outputs.verdict} ${outputs.reason}`;
}

export const PASSED = '0 passed scan-completed';

/** The calls in the order in which they came. */
export const calls = ({ asked }: Run): string[] => asked.map(({ call }) => call);

export const of = ({ asked }: Run, call: Asked['call']): Asked[] => asked.filter((one) => one.call === call);

/** The commands in the log, as the runner finds them. */
export const commands = ({ log }: StepEnd): string[] =>
  log.split(/[\n\r]/).filter((line) => line.trimStart().startsWith('::'));

/** The log without the lines that add masks, which a runner does not show. */
export const shown = ({ log }: StepEnd): string => log.replaceAll(/^::add-mask::.*$/gm, '');

/** The visible log: a runner hides masks, and debugging unless it is turned on. */
export const visible = (run: StepEnd): string =>
  shown(run)
    .replaceAll(/^::debug::.*\n?/gm, '')
    .replaceAll(/^\n/gm, '');
