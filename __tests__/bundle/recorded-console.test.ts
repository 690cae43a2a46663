import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningConsole, startConsole } from 'compute-console-emulator';
import { createAuthority } from 'compute-console-emulator/certificates';
import { recorded } from 'compute-console-emulator/scenarios';
import { runStep } from '../../demo/runner.ts';

describe('the gate, against a Console in the shape of the recorded one,', () => {
  let console: RunningConsole;

  beforeAll(async () => {
    const authority = await createAuthority();
    const scenario = {
      ...recorded(),
      users: [{ username: 'gate', password: 'let-me-scan', role: 'operator' as const }],
    };
    console = await startConsole({ scenario, tls: await authority.issue() });
    ca = authority.cert;
  });

  let ca = '';

  afterAll(() => console.close());

  const gate = (image: number, given: Record<string, string>) =>
    runStep({
      with: {
        'console-url': console.url,
        username: 'gate',
        password: 'let-me-scan',
        'api-version': '34.03',
        'ca-cert': ca,
        registry: recorded().images[image]?.registry ?? '',
        repo: recorded().images[image]?.repo ?? '',
        tag: recorded().images[image]?.tag ?? '',
        'poll-interval': '1s',
        ...given,
      },
    });

  test('passes a clean image', async () => {
    const { exitCode, outputs } = await gate(0, { 'severity-cutoff': 'low' });
    expect([exitCode, outputs.reason, outputs.findings]).toEqual([0, 'scan-completed', '0']);
    expect(outputs['image-by-digest']).toMatch(
      /^123456789012\.dkr\.ecr\.example\/portal\/web@sha256:[0-9a-f]{64}$/,
    );
  });

  test('holds an image by its findings, and counts them as the Console does', async () => {
    const { exitCode, outputs } = await gate(12, { 'severity-cutoff': 'medium' });
    expect([exitCode, outputs.reason, outputs.findings]).toEqual([1, 'severity-cutoff', '43']);
  });

  test('finds the digest that was pushed, which only repoDigests have', async () => {
    const digest = recorded().images[1]?.digest ?? '';
    const { exitCode, outputs } = await gate(1, { digest });
    expect([exitCode, outputs.digest]).toEqual([0, digest]);
  });
});
