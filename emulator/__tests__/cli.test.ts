import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from '@jest/globals';

const cli = new URL('../src/cli.ts', import.meta.url).pathname;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts the command and reads its output until it is complete. */
async function started(...args: string[]) {
  const child = spawn(process.execPath, [cli, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
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

  test('serves HTTPS on request, with a curl command that does not check the certificate', async () => {
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

  test('serves the scenario of a file, with settings of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'console-'));
    const file = join(folder, 'scenario.yaml');
    writeFileSync(
      file,
      'images: [{ repo: shop/cart, tag: "7", earlier: {} }]\nsettings: { nothingFound: empty }\n',
    );
    const { url } = await started('--scenario', file, '--set', 'pageLimit=7', '--set', 'repoTagDigest=false');
    const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
    const read = async (path: string): Promise<unknown> =>
      (await fetch(`${url}/api/v1/${path}`, { headers: { authorization } })).json();
    expect(await read('registry')).toMatchObject([{ _id: 'shop/cart:7', repoTag: { repo: 'shop/cart' } }]);
    expect(JSON.stringify(await read('registry'))).not.toContain('"digest"');
    expect(await read('registry?name=none:1')).toEqual([]);
  });

  test('has another version of the API, and none that is newer', async () => {
    const { url, lines } = await started('--api-version', '34.04');
    const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
    const statuses = ['v34.04', 'v34.05', 'v31.02', 'v32.07'].map(
      async (version) =>
        (await fetch(`${url}/api/${version}/version`, { headers: { authorization } })).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 404, 404, 200]);
    expect(lines.join(' ')).toContain('/api/v34.04/registry');
  });

  test('writes the certificate that clients have to trust', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'console-')), 'ca.pem');
    const { url } = await started('--tls', '--ca-out', file);
    const ca = readFileSync(file, 'utf8');
    const response = once(get(`${url}/api/v1/_ping`, { ca }), 'response');
    expect((await response)[0]).toMatchObject({ statusCode: 200 });
  });

  test('prints where the control API is, and its token', async () => {
    const { lines, url } = await started('--control');
    const token = /^control: {2}(\S+) token ([0-9a-f]{32})$/.exec(lines[3] ?? '');
    expect(token?.[1]).toBe(`${url}/_control`);
    const response = await fetch(`${url}/_control/clock`, {
      headers: { authorization: `Bearer ${token?.[2]}` },
    });
    expect(response.status).toBe(200);
  });

  test('lets time run faster, and logs a line for each request', async () => {
    const { child, url } = await started('--speed', '1000', '--log');
    const logged = once(createInterface({ input: child.stderr }), 'line');
    const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
    const body = JSON.stringify({
      onDemandScan: true,
      tag: { repo: 'shop/slow', registry: 'registry.example.com', tag: '1.0' },
    });
    await fetch(`${url}/api/v1/registry/scan`, { method: 'POST', headers: { authorization }, body });
    // The scan takes 45 s of the Console's time.
    const row = async (): Promise<unknown> =>
      (
        await fetch(`${url}/api/v1/registry?name=registry.example.com/shop/slow:1.0`, {
          headers: { authorization },
        })
      ).json();
    let seen: unknown = null;
    for (let attempt = 0; seen === null && attempt < 600; attempt += 1) {
      seen = await row();
      if (seen === null) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(seen).toMatchObject([{ err: '' }]);
    expect((await logged)[0]).toMatch(/^\S+Z POST \/api\/v1\/registry\/scan 200$/);
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
    ['--scenario', '/no/such/file.yaml'],
    ['--set', 'rowLagMS=0'],
    ['--set', 'rowLagMs'],
    ['--set', 'regularEnd=never'],
    ['--api-version', 'latest'],
    ['--speed', '0'],
    ['--host', 'a b'],
    ['--ca-out', '/tmp/ca.pem'],
    ['--control-token', ''],
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
    expect(stdout).toMatch(/--scenario NAME +one of \(samples\):\n +samples, contrary, crowded, restart/);
  });
});
