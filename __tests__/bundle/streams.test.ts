import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COMMAND, IMAGE, NODE } from './command.ts';
import { ended, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { PASSWORD, USER } from './gate.ts';
import { type ScriptedConsole, type Scripts, startConsole } from './scripted-console.ts';

const passes: Scripts = { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] };
const runs: Scripts = { progress: [ongoing], report: [oldRow] };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-scan-gate-streams-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
/** A named pipe that no process has opened. */
function pipe(): string {
  count += 1;
  const path = join(folder, `pipe-${count}`);
  execFileSync('mkfifo', [path]);
  return path;
}

interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** Starts the command with pipes that stay open, and a standard output that is not read. */
async function start(
  scripts: Scripts,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ child: ChildProcess; console: ScriptedConsole; ended: Promise<Ended>; stderr: () => string }> {
  const console = await startConsole(scripts);
  const child = spawn(NODE, [COMMAND, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      SCAN_GATE_CONSOLE_URL: console.url,
      SCAN_GATE_USERNAME: USER,
      ...env,
    },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('exit', async (exitCode, signal) => {
      await console.close();
      resolve({ exitCode, signal, stderr });
    });
  });
  return { child, console, ended, stderr: () => stderr };
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

const withConsole = ({ url }: ScriptedConsole) => ({
  PATH: process.env.PATH,
  SCAN_GATE_CONSOLE_URL: url,
  SCAN_GATE_USERNAME: USER,
});

/** Runs the command with these for its standard output and its log. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  stdout: number,
  log: number | 'pipe' = 'pipe',
): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(NODE, [COMMAND, ...args], { cwd: folder, env, stdio: ['ignore', stdout, log] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stderr };
}

/** Node itself does not catch SIGQUIT (3), so that this shows when our own handlers are there. */
async function hearsSignals({ pid }: ChildProcess): Promise<void> {
  const caught = () =>
    /^SigCgt:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  while ((Number.parseInt(caught().slice(-4), 16) & (1 << 2)) === 0) await delay(20);
}

const WITH_PASSWORD = { SCAN_GATE_PASSWORD: PASSWORD };
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

describe('A secret', () => {
  test.each(['-', 'a named pipe'])('from %s that never ends is under the timeout', async (source) => {
    const path = source === '-' ? source : pipe();
    const { ended } = await start(passes, [
      'gate',
      IMAGE,
      '--password-file',
      path,
      '--timeout',
      '1s',
      '--json',
      'a.json',
    ]);
    expect(await ended).toMatchObject({
      exitCode: 4,
      stderr: expect.stringMatching(
        /^timed-out \(not-started\): --password-file had no end within 1s; nothing was sent/m,
      ),
    });
    expect(JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'))).toMatchObject({ verdict: 'timed-out' });
  });

  test.each(
    SIGNALS.flatMap(
      (signal) =>
        [
          [signal, '-'],
          [signal, 'a named pipe'],
        ] as const,
    ),
  )('hears %s while it is read from %s, also if a part is there', async (signal, source) => {
    const path = source === '-' ? source : pipe();
    const { child, ended } = await start(passes, [
      'gate',
      IMAGE,
      '--password-file',
      path,
      '--json',
      'b.json',
      '--debug',
    ]);
    child.stdin?.write('half-of-it');
    await hearsSignals(child);
    child.kill(signal);
    expect(await ended).toMatchObject({
      exitCode: 130,
      stderr: expect.stringMatching(/^cancelled \(signal\): /m),
    });
    expect(JSON.parse(readFileSync(join(folder, 'b.json'), 'utf8'))).toMatchObject({ verdict: 'cancelled' });
  });

  test('comes from a named pipe whose writer comes late, and in parts', async () => {
    const path = pipe();
    const { console, ended } = await start(passes, ['gate', IMAGE, '--password-file', path]);
    const half = PASSWORD.length / 2;
    spawn('sh', [
      '-c',
      `sleep 0.3; exec >"$0"; printf %s "$1"; sleep 0.3; printf '%s\n' "$2"`,
      path,
      PASSWORD.slice(0, half),
      PASSWORD.slice(half),
    ]);
    const { exitCode } = await ended;
    expect([exitCode, JSON.parse(console.asked[0]?.body ?? '{}').password]).toEqual([0, PASSWORD]);
  });

  test.each([
    ['/dev/zero', /neither a file nor a pipe/],
    ['hunter2-secret', /cannot be read \(ENOENT\)/],
    ['.', /neither a file nor a pipe/],
  ])('is not read from %s, which is never printed', async (path, why) => {
    const { ended } = await start(passes, ['gate', IMAGE, '--password-file', path, '--debug']);
    const { exitCode, stderr } = await ended;
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(why)]);
    expect(stderr).not.toContain('hunter2');
  });

  test('is read from standard input once', async () => {
    const { child, ended } = await start(passes, [
      'gate',
      IMAGE,
      '--password-file',
      '-',
      '--token-file',
      '-',
    ]);
    child.stdin?.end(PASSWORD);
    expect(await ended).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/another secret was read from/),
    });
  });
});

describe('A signal', () => {
  test.each(SIGNALS)('%s ends a wait with a verdict and the files', async (signal) => {
    const { child, console, ended } = await start(runs, ['gate', IMAGE, '--json', 'c.json'], WITH_PASSWORD);
    await console.reached('progress', 1);
    child.kill(signal);
    expect(await ended).toMatchObject({
      exitCode: 130,
      stderr: expect.stringMatching(/^cancelled \(signal\): /m),
    });
    expect(JSON.parse(readFileSync(join(folder, 'c.json'), 'utf8'))).toMatchObject({ reason: 'signal' });
  });
});

describe('A reader', () => {
  test('of a named pipe that never comes does not keep a run that passes, and is missed before its last line', async () => {
    const path = pipe();
    const { ended } = await start(passes, ['gate', IMAGE, '--json', path], WITH_PASSWORD);
    const { exitCode, stderr } = await ended;
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`warning: No process has read the pipe ${path} within 5 s`);
    expect(lastLine(stderr)).toMatch(/^passed \(scan-completed\)/);
  });

  test('of standard output that is full is missed in the log', async () => {
    const console = await startConsole(passes);
    const full = openSync('/dev/full', 'w');
    const env = { ...withConsole(console), ...WITH_PASSWORD };
    const { status, stderr } = await run(['gate', IMAGE, '--json', '-'], env, full);
    await console.close();
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: The text for standard output could not be written: .*no space left/m);
    expect(lastLine(stderr)).toMatch(/^passed \(scan-completed\)/);
  });

  test.each(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])(
    'of a file that standard output and the log share gets both whole, with --json %s',
    async (path) => {
      const console = await startConsole(passes);
      const shared = join(folder, 'shared.log');
      const file = openSync(shared, 'w');
      const { status } = await run(
        ['gate', IMAGE, '--json', path],
        { ...withConsole(console), ...WITH_PASSWORD },
        file,
        file,
      );
      await console.close();
      const text = readFileSync(shared, 'utf8');
      expect(status).toBe(0);
      expect(text.split('\n')[0]).toMatch(/^Gates on findings/);
      expect(lastLine(text)).toMatch(/^passed \(scan-completed\)/);
      expect(JSON.parse(text.slice(text.indexOf('\n{\n'), text.indexOf('\n}\n') + 3))).toMatchObject({
        verdict: 'passed',
      });
    },
  );

  test.each(['/dev/stderr', '/dev/fd/2', '/proc/self/fd/2'])(
    'of %s reads the log, and no file',
    async (path) => {
      const { ended } = await start(passes, ['gate', IMAGE, '--json', path], WITH_PASSWORD);
      expect(await ended).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('which has the log'),
      });
    },
  );

  test('of a named pipe gets all of the text', async () => {
    const path = pipe();
    const { ended } = await start(passes, ['gate', IMAGE, '--json', path], WITH_PASSWORD);
    const reader = spawn('cat', [path]);
    let text = '';
    reader.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    const read = new Promise((resolve) => reader.on('close', resolve));
    expect(await ended).toMatchObject({ exitCode: 0 });
    await read;
    expect(JSON.parse(text)).toMatchObject({ verdict: 'passed' });
  });

  test('of the log that reads nothing neither keeps the run nor lets it pass', async () => {
    const script = join(folder, 'loud.mjs');
    // More than a pipe holds is in the log before the gate begins.
    writeFileSync(script, `process.stderr.write('x'.repeat(1_000_000) + '\\n');`);
    const { child, ended } = await start(passes, ['gate', IMAGE], {
      ...WITH_PASSWORD,
      NODE_OPTIONS: `--import=file://${script}`,
    });
    child.stderr?.pause();
    expect(await ended).toMatchObject({ exitCode: 3, signal: null });
  });
});

describe('A terminal', () => {
  /** Runs the command at a pseudo-terminal, types what is given once it is asked, and gives all that it showed. */
  const PTY = `
import os, pty, sys, time, select
typed = sys.argv[1].encode().decode('unicode_escape').encode()
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[2], sys.argv[2:])
shown = b''
while True:
    try: part = os.read(fd, 4096)
    except OSError: break
    if not part: break
    shown += part
    if typed and shown.endswith(b'password: '):
        time.sleep(0.2)
        os.write(fd, typed)
        typed = b''
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
`;

  const atTerminal = async (typed: string) => {
    const console = await startConsole(passes);
    const child = spawn(
      'python3',
      ['-c', PTY, typed, NODE, COMMAND, 'gate', IMAGE, '--password-file', '-', '--no-progress'],
      {
        env: { PATH: process.env.PATH, SCAN_GATE_CONSOLE_URL: console.url, SCAN_GATE_USERNAME: USER },
      },
    );
    let shown = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        shown += text;
      });
    }
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    await console.close();
    return { exitCode, shown, asked: console.asked };
  };

  test('asks for a secret, shows nothing of it, and takes corrections', async () => {
    const { exitCode, shown, asked } = await atTerminal(`wrong\\x15x\\x7f${PASSWORD}\\r`);
    expect([exitCode, JSON.parse(asked[0]?.body ?? '{}').password]).toEqual([0, PASSWORD]);
    expect(shown).toContain('password: ');
    expect(shown).not.toMatch(new RegExp(`wrong|${PASSWORD}`));
  });

  test('ends with Ctrl-C while it asks', async () => {
    const { exitCode, shown } = await atTerminal('half\\x03');
    expect(exitCode).toBe(130);
    expect(shown).toContain('cancelled (signal)');
    expect(shown).not.toContain('half');
  });
});
