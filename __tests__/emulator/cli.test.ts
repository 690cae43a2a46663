import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from '@jest/globals';

const cli = new URL('../../emulator/cli.ts', import.meta.url).pathname;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts the command and reads what it prints until it has told everything. */
async function started(...args: string[]) {
  const child = spawn(process.execPath, [cli, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.includes('Ctrl-C')) break;
  }
  return { child, lines, url: lines[0]?.replace('console ready: ', '') ?? '' };
}

function failed(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], (error, stdout, stderr) => {
      resolve({ code: error?.code, stdout, stderr });
    });
  });
}

describe('the command', () => {
  test('says first where it is, then user, password and calls that work as printed', async () => {
    const { lines, url } = await started();
    expect(lines[0]).toMatch(/^console ready: http:\/\/127\.0\.0\.1:\d+$/);
    expect(lines.slice(1, 3)).toEqual(['user:     gate', 'password: let-me-scan']);
    const curls = lines.filter((line) => line.startsWith('  curl '));
    const addresses = curls.map((line) => /"(http\S+)"$/.exec(line)?.[1] ?? '');
    expect(addresses).toEqual([
      `${url}/api/v32.07/authenticate`,
      `${url}/api/v32.07/registry/progress`,
      `${url}/api/v32.07/registry/scan`,
      `${url}/api/v32.07/registry/progress?onDemand=true&repo=library/alpine&tag=3.16`,
      `${url}/api/v32.07/registry?name=library/alpine:3.16`,
    ]);
    const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
    for (const [place, address] of addresses.entries()) {
      const body = /-d '(.*?)'/.exec(curls[place] ?? '')?.[1];
      const init = body === undefined ? {} : { method: 'POST', body };
      const response = await fetch(address, { headers: { authorization }, ...init });
      expect([address, response.status]).toEqual([address, 200]);
    }
  });

  test('serves HTTPS on request, and tells curl not to check the certificate', async () => {
    const { lines, url } = await started('--tls', '--base-path', '/us-2-158254964');
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/us-2-158254964$/);
    expect(lines.filter((line) => line.includes('curl -k '))).toHaveLength(5);
  });

  test('holds as many images more as asked for', async () => {
    const { url } = await started('--images', '70');
    const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
    const response = await fetch(`${url}/api/v1/registry?repository=fleet/service-0069`, {
      headers: { authorization },
    });
    expect(await response.json()).toMatchObject([{ _id: 'registry.example.com/fleet/service-0069:1.0' }]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('stops cleanly on %s', async (signal) => {
    const { child } = await started();
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test.each([
    ['--port', '65536'],
    ['--port', 'many'],
    ['--scenario', 'none-such'],
    ['--images', '10001'],
    ['--scan-seconds', '1h'],
    ['--registry', 'registry.example.com'],
    ['--registry', 'http://127.0.0.1:5000/v2/'],
    ['--base-path', 'no-slash'],
    ['--unknown'],
    ['stray'],
  ])('refuses %s %s with exit 2, and prints nothing but why', async (...args) => {
    const { code, stdout, stderr } = await failed(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(args[0]);
  });

  test('refuses a port that is taken', async () => {
    const { url } = await started();
    expect(await failed('--port', new URL(url).port)).toMatchObject({ code: 2 });
  });

  test('explains itself', async () => {
    const { code, stdout } = await failed('--help');
    expect(code).toBeUndefined();
    expect(stdout).toContain('--scenario NAME   samples, contrary, crowded, restart');
  });
});
