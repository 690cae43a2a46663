import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputVariables } from '../demo/runner.ts';
import type { Outcome } from './part.ts';
import { type Weight, weigh } from './weight.ts';

const BUNDLE = fileURLToPath(new URL('../dist/index.js', import.meta.url));

const ASK = `request(process.env['INPUT_CONSOLE-URL'] + '/api/v32.07/authenticate', { method: 'POST' }).end('{}');`;

/**
 * Plain Node, with the first request of the bundle. An import of `node:http` makes Node read each of its exports,
 * including `WebSocket`, and so load a second HTTP client; `require`, which the bundler writes, does not. So there
 * are two references: an ES module like the bundle, and the minimum for Node.
 */
const BARE = {
  'bare-import.mjs': `import { request } from 'node:http';\n${ASK}\n`,
  'bare-require.cjs': `const { request } = require('node:http');\n${ASK}\n`,
} as const;

/** The time from the start of a process to the arrival of its first request, and the size of the download before. */
export interface StartUp {
  readonly node: string;
  readonly rounds: number;
  /** Medians, in milliseconds: an ES module, the minimum for Node, and the bundle. */
  readonly bareImportMs: number;
  readonly bareRequireMs: number;
  readonly bundleMs: number;
  /** The time of the bundle as a multiple of the bare ES module's. */
  readonly ratio: number;
  /** The same compared with the minimum for Node. */
  readonly ratioToLeast: number;
  readonly bytes: Weight;
}

/**
 * Starts bare Node and the bundle alternately, so that other activity of the machine affects all of them. Each starts
 * as on a runner, against a local server on loopback.
 */
export async function measureStartUp(rounds = 30): Promise<StartUp> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-start-up-'));
  const arrivals = await listenForArrivals();
  try {
    for (const [name, text] of Object.entries(BARE)) await writeFile(join(folder, name), text);
    const env = inputVariables({
      'console-url': arrivals.url,
      username: 'gate',
      password: 'let-me-scan',
      registry: 'registry.example.com',
      repo: 'shop/medium',
      tag: '1.0',
    });
    const bareImport = contestant(join(folder, 'bare-import.mjs'));
    const bareRequire = contestant(join(folder, 'bare-require.cjs'));
    const bundle = contestant(BUNDLE);
    const contestants = [bareImport, bareRequire, bundle];
    const time = ({ program }: Contestant) => msToFirstRequest(program, env, arrivals.next);
    // The first start of each reads from the disk, the others from memory.
    for (const one of contestants) await time(one);
    for (let round = 0; round < rounds; round++) {
      const turns = round % 2 === 0 ? contestants : contestants.toReversed();
      for (const one of turns) one.times.push(await time(one));
    }
    const bareImportMs = median(bareImport.times);
    const bareRequireMs = median(bareRequire.times);
    const bundleMs = median(bundle.times);
    return {
      node: process.version,
      rounds,
      bareImportMs,
      bareRequireMs,
      bundleMs,
      ratio: bundleMs / bareImportMs,
      ratioToLeast: bundleMs / bareRequireMs,
      bytes: weigh(),
    };
  } finally {
    await arrivals.close();
    await rm(folder, { recursive: true });
  }
}

interface Contestant {
  readonly program: string;
  readonly times: number[];
}

function contestant(program: string): Contestant {
  return { program, times: [] };
}

interface Arrivals {
  readonly url: string;
  /** Settles with the time at which the next request arrives. */
  readonly next: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** A server that never answers: each process is ended before it could wait for the answer. */
async function listenForArrivals(): Promise<Arrivals> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${portOf(address)}`,
    next: async () => {
      await once(server, 'request');
      return performance.now();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return address.port;
}

async function msToFirstRequest(
  program: string,
  env: Readonly<Record<string, string>>,
  nextArrival: () => Promise<number>,
): Promise<number> {
  const arrival = nextArrival();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program], { env });
  const ended = endOf(child);
  const arrivedAt = await Promise.race([arrival, ended]);
  child.kill('SIGKILL');
  const words = await ended;
  if (typeof arrivedAt === 'string') throw new Error(`${program} ended before it asked anything: ${words}`);
  return arrivedAt - startedAt;
}

/** Resolves with the output of the process once it has ended. */
async function endOf(child: ChildProcess): Promise<string> {
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
  }
  await once(child, 'close');
  return words;
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, time) => sum + time, 0) / middle.length;
}

/** The figures and their goals, one per line. */
export function startUpLines(figures: StartUp): string[] {
  const { node, rounds, bareImportMs, bareRequireMs, bundleMs, ratio, ratioToLeast, bytes } = figures;
  const ms = (time: number) => `${time.toFixed(1)} ms`;
  const kB = (size: number | null) => (size === null ? 'not known' : `${(size / 1_000).toFixed(0)} kB`);
  return [
    `From start to first request, medians of ${rounds} rounds by turns, Node ${node}:`,
    `  bare Node, import   ${ms(bareImportMs)}`,
    `  bare Node, require  ${ms(bareRequireMs)}`,
    `  bundle              ${ms(bundleMs)}`,
    `  ${ratio.toFixed(2)} times the import (goal: at most 1.5), ${ratioToLeast.toFixed(2)} times the require`,
    'Weight:',
    `  dist/    ${kB(bytes.dist)}`,
    `  tarball  ${kB(bytes.tarball)}, which is what a runner downloads`,
  ];
}

/** The start-up of the bundle and its weight. */
export async function startUp(): Promise<Outcome> {
  const figures = await measureStartUp();
  return { name: 'start-up', data: figures, lines: startUpLines(figures) };
}
