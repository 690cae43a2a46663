import type { ChildProcess } from 'node:child_process';
import pMap from 'p-map';
import { runStep, type StepEnd } from '../../demo/runner.ts';
import { type Asked, type ScriptedConsole, type Scripts, startConsole } from './scripted-console.ts';

export const USER = 'ci-gate';
export const PASSWORD = 'correct-horse-Zq7';

/** Times short enough for a test, and long enough for a slow machine. */
export const INPUTS: Readonly<Record<string, string>> = {
  username: USER,
  password: PASSWORD,
  repo: 'library/alpine',
  tag: '3.16',
  timeout: '10s',
  'start-timeout': '2s',
  'report-timeout': '2s',
};

export interface Run extends StepEnd {
  readonly asked: readonly Asked[];
  readonly seconds: number;
}

type While = (console: ScriptedConsole, process: Promise<ChildProcess>) => Promise<void>;

/** What the step gets for the address of the Console; with variables of the job, if need be. */
type Addressed = string | { readonly url: string; readonly env: Readonly<Record<string, string>> };

/** Runs the bundle against a Console that follows these scripts. */
export async function gate(
  scripts: Scripts,
  inputs: Readonly<Record<string, string>> = {},
  meanwhile: While = async () => undefined,
  addressed: (url: string) => Addressed = (url) => url,
): Promise<Run> {
  const console = await startConsole(scripts);
  try {
    const started = Promise.withResolvers<ChildProcess>();
    const begin = performance.now();
    const address = addressed(console.url);
    const { url, env } = typeof address === 'string' ? { url: address, env: {} } : address;
    const [end] = await Promise.all([
      runStep({
        with: { 'console-url': url, ...INPUTS, ...inputs },
        env,
        onStart: (child) => started.resolve(child),
      }),
      meanwhile(console, started.promise),
    ]);
    return { ...end, asked: console.asked, seconds: (performance.now() - begin) / 1_000 };
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

/** What a run ended with: the three that must never disagree. */
export function verdictOf({ exitCode, outputs }: StepEnd): string {
  return `${exitCode} ${outputs.verdict} ${outputs.reason}`;
}

export const PASSED = '0 passed scan-completed';

/** The calls in the order in which they came. */
export const calls = ({ asked }: Run): string[] => asked.map(({ call }) => call);

export const of = ({ asked }: Run, call: Asked['call']): Asked[] => asked.filter((one) => one.call === call);

/** What the log would tell the runner: its command lines, as the runner finds them. */
export const commands = ({ log }: StepEnd): string[] =>
  log.split(/[\n\r]/).filter((line) => line.trimStart().startsWith('::'));

/** The log without the lines that tell the runner what to mask, and which it does not show. */
export const shown = ({ log }: StepEnd): string => log.replaceAll(/^::add-mask::.*$/gm, '');
