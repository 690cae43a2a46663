import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACTION_NAME, layAction, layRepository } from './repository.ts';
import { RunnerLog } from './runner-log.ts';
import { STAND_INS } from './stand-ins.ts';

/** A run of one workflow, with the inputs of a manual start. */
export interface Start {
  /** Path of the workflow in this project. */
  readonly workflow: string;
  /** Other workflows of the same repository, that it calls. */
  readonly calls?: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** By hand by default. */
  readonly event?: 'workflow_dispatch' | 'push' | 'pull_request';
  /** GitHub's data of the event. */
  readonly payload?: object;
  /** Who starts it. */
  readonly actor?: string;
  /** Additional data for the stand-ins. */
  readonly env?: Readonly<Record<string, string>>;
  /** Actions while it runs. */
  readonly meanwhile?: (log: RunnerLog, runner: ChildProcess) => Promise<void>;
}

export interface WorkflowEnd {
  /** 0 if every job succeeded. */
  readonly exitCode: number | null;
  readonly log: string;
  /** The data that each stand-in for a service of GitHub received. */
  readonly records: ReadonlyMap<string, string>;
}

/**
 * Runs a workflow for real, on this machine and without Docker, in a repository of its own with a home of its own.
 * The action comes from `dist/`, by the name that the workflow uses for it.
 */
export async function runWorkflow(start: Start): Promise<WorkflowEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-workflow-'));
  const at = (name: string): string => join(folder, name);
  try {
    await Promise.all(['home', 'records', 'tmp'].map((name) => mkdir(at(name))));
    await layAction(at('action'));
    await layRepository(at('repository'), [start.workflow, ...(start.calls ?? [])]);
    await trustLoopback(at('home'));
    await fill(folder, { inputs: start.inputs, secrets: start.secrets, vars: start.vars });
    await writeFile(at('event.json'), JSON.stringify(start.payload ?? {}));

    const runner = spawn('act', commandLine(start, at), {
      cwd: at('repository'),
      env: { ...environment(at), ...start.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = new RunnerLog(runner);
    try {
      await start.meanwhile?.(log, runner);
    } catch (error) {
      runner.kill('SIGINT'); // which ends its steps as well
      throw error;
    } finally {
      await log.end;
    }
    return { exitCode: runner.exitCode, log: log.text, records: await filesOf(at('records')) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function commandLine(
  { workflow, event = 'workflow_dispatch', actor = 'octo-promoter', payload }: Start,
  at: (name: string) => string,
): string[] {
  return [
    event,
    ...['--actor', actor],
    ...['--workflows', `.github/workflows/${workflow.replace(/^.*\//, '')}`],
    ...(payload === undefined ? [] : ['--eventpath', at('event.json')]),
    ...['--platform', 'ubuntu-latest=-self-hosted', '--platform', 'self-hosted=-self-hosted'],
    ...['--input-file', at('inputs.yml'), '--secret-file', at('secrets.yml'), '--var-file', at('vars.yml')],
    ...['--action-cache-path', at('cache'), '--no-cache-server'],
    ...[{ uses: ACTION_NAME, folder: at('action') }, ...STAND_INS].flatMap(({ uses, folder }) => [
      '--local-repository',
      `${uses}=${folder}`,
    ]),
  ];
}

/** Nothing of this process's environment but the tools: proxies and credentials of this machine are not the workflow's. */
function environment(at: (name: string) => string): NodeJS.ProcessEnv {
  return {
    PATH: `${join(import.meta.dirname, 'stand-ins', 'bin')}:${process.env.PATH}`,
    LANG: 'C.UTF-8',
    HOME: at('home'),
    TMPDIR: at('tmp'),
    XDG_RUNTIME_DIR: at('home'),
    STAND_IN_RECORDS: at('records'),
  };
}

/** Lets skopeo speak to registries on this machine without TLS, which it would not do anywhere else. */
async function trustLoopback(home: string): Promise<void> {
  const folder = join(home, '.config', 'containers');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'policy.json'), '{"default": [{"type": "insecureAcceptAnything"}]}');
  await writeFile(join(folder, 'registries.conf'), '[[registry]]\nlocation = "127.0.0.1"\ninsecure = true\n');
}

/** JSON is YAML, which takes values of several lines as they are. */
async function fill(folder: string, files: Record<string, Start['inputs']>): Promise<void> {
  await Promise.all(
    Object.entries(files).map(([name, values = {}]) =>
      writeFile(join(folder, `${name}.yml`), JSON.stringify(values), { mode: 0o600 }),
    ),
  );
}

async function filesOf(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}
