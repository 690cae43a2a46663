import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { COMMAND, NODE } from '../bundle/command.ts';
import { row } from '../bundle/console-data.ts';
import { PASSWORD, USER } from '../bundle/gate.ts';
import { type Answer, json, type Scripts, startConsole } from '../bundle/scripted-console.ts';
import { VIRTUAL_TIME } from '../bundle/virtual-time.ts';

/** The digest that the build pushed, and that the Console scans. */
export const PUSHED = `sha256:${'a'.repeat(64)}`;

/** The files that an example has to copy, and nothing else. */
export const SCANNED_IMAGE = `registry.example.com/team/app@${PUSHED}`;

const imageRow = (scanTime: string, given: Readonly<Record<string, unknown>>, tag: string): Answer =>
  json([
    row(scanTime, {
      repoTag: { registry: 'registry.example.com', repo: 'team/app', tag },
      repoDigests: [SCANNED_IMAGE],
      vulnerabilities: null,
      vulnerabilityDistribution: { critical: 0, high: 0, medium: 0, low: 0, total: 0 },
      vulnerabilitiesCount: 0,
      ...given,
    }),
  ]);

/** The report of the image by this tag, new from the second time on; with an error if the example has to stop. */
export const reportOf = (tag: string, err: string, nth: number): Answer =>
  imageRow(nth === 0 ? '2026-11-20T08:00:00Z' : '2026-11-20T09:30:00Z', { err }, tag);

/** A Console that scans the image of the examples. */
export const scansOf = (tag: string, err = ''): Scripts => ({
  report: (_asked, nth) => reportOf(tag, err, nth),
});

/** The result of a script. */
export interface ScriptEnd {
  readonly exitCode: number | null;
  readonly log: string;
}

/** A machine of a CI system: a folder, stand-ins for the programs that examples call, and a Console. */
export interface Job {
  readonly folder: string;
  /** The secrets that the job gives the gate, by the names of the command line's variables. */
  readonly secrets: Readonly<
    Record<'SCAN_GATE_CONSOLE_URL' | 'SCAN_GATE_USERNAME' | 'SCAN_GATE_PASSWORD', string>
  >;
  /** Runs a program with these variables and nothing else of the environment but a path. */
  readonly run: (
    program: readonly [string, ...string[]],
    env?: Readonly<Record<string, string>>,
  ) => Promise<ScriptEnd>;
  /** The calls of `skopeo`, `buildah` and `buildkite-agent`, each a line. */
  readonly calls: () => Promise<string[]>;
}

/** Stand-ins by name. `$CALLS` is where calls are written, `$STORE` a folder that outlives a script. */
const STAND_INS: Readonly<Record<string, string>> = {
  npx: `[ "$1" = --yes ] && [ "$2" = @OWNER/registry-scan-gate@1.0.0 ] || exit 97
shift 2
exec registry-scan-gate "$@"`,
  'registry-scan-gate': `NODE_OPTIONS="$GATE_OPTIONS" exec "${NODE}" "${COMMAND}" "$@"`,
  skopeo: 'echo "skopeo $*" >> "$CALLS"',
  buildah: `echo "buildah $*" >> "$CALLS"
[ "$1" != push ] || printf %s "${PUSHED}" > "$3"`,
  'buildkite-agent': `case "$1 $2" in
  'secret get') cat "$STORE/$3" ;;
  'meta-data set') printf %s "$4" > "$STORE/$3" ;;
  'meta-data get') cat "$STORE/$3" ;;
  *) echo "buildkite-agent $* ($(head -1))" >> "$CALLS" ;;
esac`,
};

/** Lets `work` use a machine with a Console that follows these scripts. */
export async function inJob<Result>(scripts: Scripts, work: (job: Job) => Promise<Result>): Promise<Result> {
  const root = await mkdtemp(join(tmpdir(), 'registry-scan-gate-example-'));
  const [bin, store, folder] = [join(root, 'bin'), join(root, 'store'), join(root, 'work')];
  const console = await startConsole(scripts);
  try {
    await Promise.all([bin, store, folder].map((path) => mkdir(path)));
    for (const [name, script] of Object.entries(STAND_INS)) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(bin, name), 0o755);
    }
    const kept = { CONSOLE_URL: console.url, CONSOLE_USER: USER, CONSOLE_PASSWORD: `${PASSWORD}\n` };
    for (const [name, value] of Object.entries(kept)) await writeFile(join(store, name), value);
    const callFile = join(root, 'calls');
    await writeFile(callFile, '');
    const variables = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: root,
      CALLS: callFile,
      STORE: store,
      GATE_OPTIONS: VIRTUAL_TIME.NODE_OPTIONS,
    };
    return await work({
      folder,
      secrets: {
        SCAN_GATE_CONSOLE_URL: console.url,
        SCAN_GATE_USERNAME: USER,
        SCAN_GATE_PASSWORD: PASSWORD,
      },
      run: ([program, ...args], env = {}) =>
        new Promise((resolve, reject) => {
          const child = spawn(program, args, { cwd: folder, env: { ...variables, ...env } });
          let log = '';
          for (const stream of [child.stdout, child.stderr]) {
            stream.setEncoding('utf8').on('data', (text: string) => {
              log += text;
            });
          }
          child.on('error', reject);
          child.on('close', (exitCode) => resolve({ exitCode, log }));
        }),
      calls: async () => (await readFile(callFile, 'utf8')).split('\n').filter((line) => line !== ''),
    });
  } finally {
    await console.close();
    await rm(root, { recursive: true, force: true });
  }
}
