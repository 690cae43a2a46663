import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly password: string;
}

/** A key pair as cosign makes one. */
export async function keyPair(): Promise<KeyPair> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-keys-'));
  try {
    const password = 'purple-monkey-Vt3';
    const env = { ...process.env, COSIGN_PASSWORD: password };
    await run('cosign', ['generate-key-pair'], { cwd: folder, env });
    const [privateKey, publicKey] = await Promise.all(
      ['cosign.key', 'cosign.pub'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    return { privateKey: privateKey ?? '', publicKey: publicKey ?? '', password };
  } finally {
    await rm(folder, { recursive: true });
  }
}
