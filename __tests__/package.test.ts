import { execFile } from 'node:child_process';
import { access, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { NODE } from './bundle/command.ts';
import { ended, newRow, nothing, oldRow, ongoing } from './bundle/console-data.ts';
import { PASSWORD, USER } from './bundle/gate.ts';
import { type Scripts, startConsole } from './bundle/scripted-console.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** A scan that is over at the first poll, so that nothing has to be waited for. */
const SCRIPTS: Scripts = { progress: [ongoing, ended, nothing], report: [oldRow, newRow] };

/** The Node of the tests comes first, as it does in npm scripts. */
const environment = {
  PATH: [dirname(NODE), process.env.PATH].join(delimiter),
  HOME: tmpdir(),
  npm_config_update_notifier: 'false',
};

let folder = '';

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed = { filename: '', unpackedSize: 0, files: [] };

const inFolder = (file: string, args: readonly string[], env = {}) =>
  run(file, args, { cwd: folder, env: { ...environment, ...env } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    env: { ...environment, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
  });
  const answer: readonly Packed[] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  packed = answer[0] ?? packed;
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await inFolder('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)]);
}, 600_000);
afterAll(() => rm(folder, { recursive: true }));

describe('The package', () => {
  test('holds the command, the embedded Console, and the library with its types', () => {
    const names = packed.files.map(({ path }) => path);
    const code = names.filter((path) => !path.startsWith('types/')).sort();
    expect(code).toEqual([
      'LICENSE',
      'README.md',
      'dist/cli.js',
      'dist/console.js',
      'dist/library.js',
      'dist/licenses.txt',
      'docs/troubleshooting.md',
      'package.json',
    ]);
    expect(names).toContain('types/library.d.ts');
    expect(names.filter((path) => path.startsWith('types/') && !path.endsWith('.d.ts'))).toEqual([]);
  });

  test('needs no other package, and says on which Node it runs', async () => {
    const description: Readonly<Record<string, unknown>> = JSON.parse(
      await readFile(join(folder, 'node_modules/@OWNER/registry-scan-gate/package.json'), 'utf8'),
    );
    const { dependencies, optionalDependencies, peerDependencies, engines } = description;
    expect({ dependencies, optionalDependencies, peerDependencies }).toEqual({});
    expect(engines).toEqual({ node: '>=20' });
    expect(description.private).toBeUndefined();
    const lock: { packages: object } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
    expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/@OWNER/registry-scan-gate']);
  });

  test('runs by npx from a clean folder', async () => {
    const { stdout } = await inFolder('npx', ['--offline', 'registry-scan-gate', '--version']);
    const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(stdout).toBe(`${version}\n`);
  });

  test('gates by npx, against a Console', async () => {
    const console = await startConsole(SCRIPTS);
    try {
      const { stderr } = await inFolder(
        'npx',
        ['--offline', 'registry-scan-gate', 'gate', 'library/alpine:3.16', '--junit', 'junit.xml'],
        {
          SCAN_GATE_CONSOLE_URL: console.url,
          SCAN_GATE_USERNAME: USER,
          SCAN_GATE_PASSWORD: PASSWORD,
        },
      );
      expect(stderr).toMatch(/^passed \(scan-completed\)/m);
      await access(join(folder, 'junit.xml'));
    } finally {
      await console.close();
    }
  });

  test('has the embedded Console beside the command', async () => {
    const { stdout } = await inFolder('npx', ['--offline', 'registry-scan-gate', 'help', 'console']);
    expect(stdout).toContain('--port');
  });
});

describe('The library', () => {
  const PROGRAM = `
import { type Decision, type GateHost, type GateOptions, gate, type ImageResult, type RunResult, VERSION } from '@OWNER/registry-scan-gate';

const [, , url = '', user = '', password = ''] = process.argv;
const lines: string[] = [];
const secrets: string[] = [];
const host: GateHost = {
  log: { info: (line) => lines.push(line), warning: (text) => lines.push(text) },
  onSecret: (secret) => secrets.push(secret),
};
const options: GateOptions = { 'console-url': url, username: user, password, images: 'library/alpine:3.16' };
const result: RunResult = await gate(options, host);
const { verdict, reason }: Decision = result.decision;
const digests: readonly (string | undefined)[] = result.images.map((image: ImageResult) => image.digest);

const cancellation = new AbortController();
cancellation.abort();
const cancelled = await gate(options, { signal: cancellation.signal });
const mistaken = await gate({ ...options, timeout: 'soon' });
// @ts-expect-error There is no such input.
const misspelt: GateOptions = { 'severity-cutof': 'high' };

console.log(
  JSON.stringify({
    verdict,
    reason,
    digests,
    hasLog: lines.length > 0,
    hasSecret: secrets.includes(password) && !lines.join().includes(password),
    cancelled: cancelled.decision.verdict,
    mistaken: mistaken.decision.reason,
    misspelt: Object.keys(misspelt),
    VERSION,
  }),
);
`;

  test('is typed: a program in TypeScript compiles against it, and runs', async () => {
    await writeFile(join(folder, 'program.ts'), PROGRAM);
    const program = 'declare const process: { readonly argv: readonly string[] };\n';
    await writeFile(
      join(folder, 'globals.d.ts'),
      // Nothing but the language: the declarations of the library may not need those of Node.
      `${program}declare const console: { log(text: string): void };
interface AbortSignal { readonly aborted: boolean }
declare class URL { readonly href: string }
declare class AbortController { readonly signal: AbortSignal; abort(): void }\n`,
    );
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          lib: ['es2022'],
          module: 'nodenext',
          types: [],
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
        },
        files: ['program.ts', 'globals.d.ts'],
      }),
    );
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const compiled = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).catch(
      (error: { stdout?: string }) => ({ stdout: error.stdout ?? String(error) }),
    );
    expect(compiled.stdout).toBe('');

    const asked = await startConsole(SCRIPTS);
    try {
      const { stdout } = await inFolder(NODE, ['program.js', asked.url, USER, PASSWORD]);
      const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
      expect(JSON.parse(stdout)).toEqual({
        verdict: 'passed',
        reason: 'scan-completed',
        digests: [expect.stringMatching(/^sha256:1+$/)],
        hasLog: true,
        hasSecret: true,
        cancelled: 'cancelled',
        mistaken: 'invalid-input',
        misspelt: ['severity-cutof'],
        VERSION: version,
      });
    } finally {
      await asked.close();
    }
  });
});

describe('The image', () => {
  const containerfile = async () =>
    (await readFile(join(root, 'Containerfile'), 'utf8')).replaceAll('\\\n', ' ');
  const linesOf = (text: string, instruction: string) =>
    [...text.matchAll(new RegExp(`^${instruction} +(.*)$`, 'gm'))].map(([, rest = '']) => rest);

  test('is based on a slim Node 24 by digest, does not run as root, and runs nothing while it is built', async () => {
    const text = await containerfile();
    expect(linesOf(text, 'FROM')).toEqual([
      expect.stringMatching(/^docker\.io\/library\/node:24-slim@\$\{NODE_DIGEST\}$/),
    ]);
    expect(linesOf(text, 'USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
    expect(linesOf(text, 'RUN')).toEqual([]);
  });

  test('has a command that starts, and the embedded Console beside it', async () => {
    const text = await containerfile();
    const image = join(folder, 'image');
    for (const line of linesOf(text, 'COPY')) {
      const paths = line.split(/\s+/).filter((part) => !part.startsWith('--'));
      const target = paths.pop() ?? '';
      for (const path of paths) {
        const to = join(image, target, target.endsWith('/') ? basename(path) : '');
        await mkdir(dirname(to), { recursive: true });
        await copyFile(join(root, path), to);
      }
    }
    const [path = ''] = linesOf(text, 'ENV').map((line) => /^PATH="([^:]+):/.exec(line)?.[1]);
    const [entry = ''] = linesOf(text, 'ENTRYPOINT').map((line): string => JSON.parse(line)[0]);
    const program = join(image, path, entry);
    const { stdout } = await inFolder(NODE, [program, '--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await inFolder(NODE, [program, 'help', 'console'])).stdout).toContain('--port');
  });

  test('and the package are published by the release, with provenance', async () => {
    const text = await readFile(join(root, '.github/workflows/release.yml'), 'utf8');
    const workflow: { jobs: Record<string, { needs?: string; permissions?: Record<string, string> }> } =
      parse(text);
    const { package: ofPackage, image } = workflow.jobs;
    expect([ofPackage?.needs, image?.needs]).toEqual(['publish', 'publish']);
    expect(ofPackage?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(image?.permissions).toMatchObject({
      packages: 'write',
      'id-token': 'write',
      attestations: 'write',
    });
    expect(text).toMatch(/npm@\S+ publish --provenance/);
    expect(text).toMatch(/--provenance=mode=max/);
  });
});
