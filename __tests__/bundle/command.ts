import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { PASSWORD, USER } from './gate.ts';
import { preloading } from './preload.ts';
import { type Asked, type ScriptedConsole, type Scripts, startConsole } from './scripted-console.ts';
import { VIRTUAL_TIME } from './virtual-time.ts';

/** The bundle of the command line. */
export const COMMAND = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The Node that runs it: the one that `COMMAND_NODE` names, if it is set. */
export const NODE = process.env.COMMAND_NODE ?? process.execPath;

type Environment = Readonly<Record<string, string>>;

export interface CommandEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The files left in its working folder and its temporary one, by relative path. */
  readonly files: Readonly<Record<string, string>>;
}

export interface CommandOptions {
  readonly env?: Environment;
  readonly stdin?: string;
  readonly onStart?: (child: ChildProcessWithoutNullStreams) => void;
  /** Makes files in the working folder before the command starts. */
  readonly prepare?: (folder: string) => Promise<unknown>;
}

/** Runs the command in a folder of its own, with nothing of the environment but the path to programs. */
export async function command(
  args: readonly string[],
  { env = {}, stdin = '', onStart, prepare }: CommandOptions = {},
): Promise<CommandEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-command-'));
  try {
    await mkdir(join(folder, 'tmp'));
    await prepare?.(folder);
    const child = spawn(NODE, [COMMAND, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, TMPDIR: join(folder, 'tmp'), ...env },
    });
    onStart?.(child);
    child.stdin.on('error', () => undefined).end(stdin);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { exitCode, stdout, stderr, files: await filesIn(folder) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = paths.map(async (path) => [relative(folder, path), await readFile(path, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(files));
}

export interface GateEnd extends CommandEnd {
  readonly asked: readonly Asked[];
}

export interface GateCommandOptions extends Omit<CommandOptions, 'onStart'> {
  /** All arguments, instead of `gate`, the image and the flags. */
  readonly args?: readonly string[];
  /** Actions while the command runs, which then runs in real time. */
  readonly meanwhile?: (
    console: ScriptedConsole,
    process: Promise<ChildProcessWithoutNullStreams>,
  ) => Promise<unknown>;
}

/** The image of the scripted Console. */
export const IMAGE = 'library/alpine:3.16';

/** Runs `gate` with these flags against a Console that follows these scripts. */
export async function gateCommand(
  scripts: Scripts,
  flags: readonly string[] = [],
  { meanwhile, env = {}, args = ['gate', IMAGE, ...flags], ...options }: GateCommandOptions = {},
): Promise<GateEnd> {
  const console = await startConsole(scripts);
  try {
    const started = Promise.withResolvers<ChildProcessWithoutNullStreams>();
    const access = {
      SCAN_GATE_CONSOLE_URL: console.url,
      SCAN_GATE_USERNAME: USER,
      SCAN_GATE_PASSWORD: PASSWORD,
      ...env,
    };
    const [end] = await Promise.all([
      command(args, {
        ...options,
        env: meanwhile === undefined ? preloading(VIRTUAL_TIME, access) : access,
        onStart: started.resolve,
      }),
      meanwhile?.(console, started.promise),
    ]);
    return { ...end, asked: console.asked };
  } finally {
    await console.close();
  }
}
