import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildScenario, type Settings, startConsole } from 'compute-console-emulator';
import { runStep, type StepEnd } from '../../demo/runner.ts';
import { type KeyPair, keyPair } from '../workflow/cosign.ts';
import { KEEPER, Registry } from '../workflow/registry.ts';

const run = promisify(execFile);

/** An image that the gate decided on, with the files that it wrote. */
export interface GatedImage {
  /** `registry/repo@sha256:…` as it was pushed. */
  readonly reference: string;
  readonly digest: string;
  readonly end: StepEnd;
  /** Empty if the gate wrote none. */
  readonly vulnPath: string;
  readonly svrPath: string;
}

/** The result of a verification. */
export interface Verification {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A registry, a key pair, and images in the registry that the gate decides on and cosign signs. */
export class GatedImages {
  readonly folder: string;
  readonly registry: Registry;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, registry: Registry, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.registry = registry;
    this.#env = env;
  }

  /** `pair` is what cosign signs with. */
  static async start(pair: Promise<KeyPair> = keyPair()): Promise<GatedImages> {
    const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-attestations-'));
    const [registry, keys] = await Promise.all([Registry.start(), pair]);
    await writeFile(join(folder, 'cosign.key'), keys.privateKey, { mode: 0o600 });
    await writeFile(join(folder, 'cosign.pub'), keys.publicKey);
    const auth = Buffer.from(`${KEEPER.username}:${KEEPER.password}`).toString('base64');
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.name]: { auth } } }));
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      DOCKER_CONFIG: folder,
      COSIGN_PASSWORD: keys.password,
    };
    return new GatedImages(folder, registry, env);
  }

  async stop(): Promise<void> {
    await this.registry.stop();
    await rm(this.folder, { recursive: true });
  }

  /** Pushes an image with these findings, and runs the bundle on it against an embedded Console. */
  async gate(
    repo: string,
    findings: string,
    inputs: Readonly<Record<string, string>> = { 'severity-cutoff': 'high' },
    settings: Partial<Settings> = {},
  ): Promise<GatedImage> {
    const labels = { 'embedded-console.findings': findings };
    const digest = await this.registry.push(repo, '1.0', { text: repo, labels });
    const prisma = await startConsole({
      scenario: buildScenario({ settings }),
      registries: { addresses: [this.registry.address], scanMs: 500 },
    });
    const temporary = join(this.folder, repo.replaceAll('/', '-'));
    await mkdir(temporary);
    try {
      const end = await runStep({
        with: {
          'console-url': prisma.url,
          username: 'gate',
          password: 'let-me-scan',
          registry: this.registry.name,
          repo,
          tag: '1.0',
          digest,
          'poll-interval': '1s',
          ...inputs,
        },
        env: { RUNNER_TEMP: temporary, DOCKER_CONFIG: this.folder },
      });
      const { 'vuln-path': vulnPath = '', 'svr-path': svrPath = '' } = end.outputs;
      return { reference: `${this.registry.name}/${repo}@${digest}`, digest, end, vulnPath, svrPath };
    } finally {
      await prisma.close();
    }
  }

  /** A copy of a predicate with other fields. */
  async altered(path: string, name: string, fields: object): Promise<string> {
    const predicate: unknown = JSON.parse(await readFile(path, 'utf8'));
    const copy = join(this.folder, name);
    await writeFile(copy, JSON.stringify({ ...Object(predicate), ...fields }));
    return copy;
  }

  async sign(image: string, type: string, predicate: string, ...options: string[]): Promise<void> {
    await run(
      'cosign',
      [
        ...['attest', '--yes', '--key', join(this.folder, 'cosign.key'), '--tlog-upload=false'],
        ...['--use-signing-config=false', '--type', type, '--predicate', predicate, ...options, image],
      ],
      { env: this.#env },
    );
  }

  /** Verifies by cosign, with a policy if one is given. */
  verify(image: string, type: string, policy?: string): Promise<Verification> {
    return this.run('cosign', [
      ...['verify-attestation', '--key', join(this.folder, 'cosign.pub'), '--insecure-ignore-tlog=true'],
      ...['--type', type, ...(policy === undefined ? [] : ['--policy', policy]), image],
    ]);
  }

  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Verification> {
    return new Promise((resolve) => {
      execFile(command, args, { env: { ...this.#env, ...env } }, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });
  }
}
