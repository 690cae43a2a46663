import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageScanResult, RegistryScanProgress } from 'compute-console-emulator';

/**
 * Many clients at once, each with an image of its own: every one triggers a scan, polls until the end, and reads the
 * row. Any other answer than the one that follows from the client's own requests is wrong.
 *
 * node emulator/__tests__/clients/load.ts [CLIENTS] [SECONDS]
 */

const [clients = 1_000, seconds = 20] = process.argv.slice(2).map(Number);
const registry = 'registry.example.com';
const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
const pollMs = 1_000;

const tally = { answers: 0, scans: 0 };
const wrong: string[] = [];

const { child, url } = await startConsole();
// A wrong answer may keep a client waiting for ever.
const overdue = setTimeout(
  () => {
    process.stdout.write(`not over in time; wrong: ${wrong.slice(0, 10).join(', ')}\n`);
    child.kill();
    process.exit(1);
  },
  seconds * 1_000 + 600_000,
);
try {
  const endsAtMs = Date.now() + seconds * 1_000;
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index, endsAtMs)));
} finally {
  clearTimeout(overdue);
  child.kill();
  await once(child, 'exit');
}
process.stdout.write(
  `${clients} clients, ${seconds} s: ${tally.answers} answers, ${tally.scans} scans, ${wrong.length} wrong answers\n`,
);
for (const each of wrong.slice(0, 10)) process.stdout.write(`wrong: ${each}\n`);
process.exitCode = wrong.length === 0 && tally.scans >= clients ? 0 : 1;

async function startConsole(): Promise<{ child: ChildProcess; url: string }> {
  const cli = new URL('../../src/cli.ts', import.meta.url).pathname;
  const options = ['--port', '0', '--images', String(clients), '--set', 'rateLimit=null'];
  const console = spawn(process.execPath, [cli, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: console.stdout })) {
    const address = /^console ready: (\S+)$/.exec(line)?.[1];
    if (address !== undefined) return { child: console, url: `${address}/api/v32.07` };
  }
  throw new Error('The Console did not start.');
}

/** Scans an image again and again. A scan that is running at the end of the time is followed to its end. */
async function client(index: number, endsAtMs: number): Promise<void> {
  const image = { registry, repo: `fleet/service-${String(index).padStart(4, '0')}`, tag: '1.0' };
  // Clients start at different times, as they do in use.
  await sleep((index * 2_000) / clients);
  let lastScanTime = (await row(image)).scanTime ?? '';
  do {
    await call('registry/scan', { method: 'POST', body: JSON.stringify({ onDemandScan: true, tag: image }) });
    await scanned(image);
    lastScanTime = await newRow(image, lastScanTime);
    tally.scans += 1;
  } while (Date.now() < endsAtMs);
}

interface Image {
  readonly registry: string;
  readonly repo: string;
  readonly tag: string;
}

async function scanned(image: Image): Promise<void> {
  const query = new URLSearchParams({ onDemand: 'true', ...image });
  const read = async (): Promise<RegistryScanProgress[]> =>
    JSON.parse(await call(`registry/progress?${query}`));
  for (let isOver = false; !isOver; ) {
    await sleep(pollMs);
    const entries = await read();
    const [entry] = entries;
    if (entries.length > 1) wrong.push(`${image.repo}: ${entries.length} entries`);
    if (entry !== undefined && !entry.discovery.title.includes(image.repo)) {
      wrong.push(`${image.repo}: ${entry.discovery.title}`);
    }
    isOver = entry?.isScanOngoing === false;
    if (isOver && entry?.imageScan.scanned !== 1) wrong.push(`${image.repo}: an end without counts`);
  }
  const after = await read();
  if (after.length > 0) wrong.push(`${image.repo}: the end is shown twice`);
}

/** The row is written half a second after the end. */
async function newRow(image: Image, lastScanTime: string): Promise<string> {
  for (;;) {
    const { scanTime = '' } = await row(image);
    if (scanTime > lastScanTime) return scanTime;
    if (scanTime < lastScanTime) wrong.push(`${image.repo}: the row is older than before`);
    await sleep(pollMs);
  }
}

async function row({ repo, tag }: Image): Promise<Partial<ImageScanResult>> {
  const name = `${registry}/${repo}:${tag}`;
  const rows: Partial<ImageScanResult>[] | null = JSON.parse(await call(`registry?name=${name}`));
  if (rows?.length !== 1 || rows[0]?._id !== name) wrong.push(`${name}: ${rows?.length} rows`);
  return rows?.[0] ?? {};
}

async function call(path: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(`${url}/${path}`, { headers: { authorization }, ...init });
  const text = await response.text();
  tally.answers += 1;
  if (response.status !== 200) wrong.push(`${path}: ${response.status} ${text}`);
  return text;
}
