import { setTimeout as delay } from 'node:timers/promises';
import { startConsole } from '../../emulator/server.ts';
import type { Runner } from '../../src/action/runner.ts';
import { Secrets, secretsOf } from '../../src/action/secrets.ts';
import { main } from '../../src/main.ts';
import type { Cell } from './cell.ts';
import { LeapingClock } from './leaping-clock.ts';
import { exchangeOver } from './network.ts';
import { imageInputs, planOf } from './prospects.ts';
import { type ImageResult, resultsIn } from './results.ts';
import { Striker } from './strike.ts';
import { PASSWORD, scenarioFor, Truth, USERNAME } from './world.ts';

const TIMEOUT_MS = 120_000;
const TIMEOUTS = { timeout: '2m', 'start-timeout': '50s', 'report-timeout': '30s' };
/** An answer that comes at the very end has to travel and to be read. */
const GRACE_MS = 1_000;
/** In real time. Only a run that hangs takes so long, so that its cell is named. */
const WATCHDOG_MS = 900_000;

/** Servers that all runs share. */
export interface Surroundings {
  readonly thief: string;
  readonly tlsPort: number;
}

/** What became of a cell. */
export interface Outcome {
  readonly cell: Cell;
  readonly verdict: string;
  readonly reason: string;
  readonly message: string;
  /** How long it took in the time of the cell. */
  readonly tookMs: number;
  readonly requests: number;
  readonly strikes: number;
  readonly hung: boolean;
  /** What became of each image, or of the regular scan. */
  readonly images: readonly ImageResult[];
  /** Where a secret was written. */
  readonly leaks: readonly string[];
}

/** Runs the gate once, as it is, against a Console that the fault of the cell strikes. */
export async function runCell(cell: Cell, { thief, tlsPort }: Surroundings): Promise<Outcome> {
  const clock = new LeapingClock();
  const epochMs = Date.UTC(2026, 10, 2, 9);
  const written: (readonly [where: string, text: string])[] = [];
  const outputs = new Map<string, string>();
  const tokens = new Set<string>();
  let requests = 0;
  // The Console asks for faults only when it is asked itself, and by then there is a striker.
  let striker: Striker | undefined;
  const console = await startConsole({
    scenario: scenarioFor(cell),
    now: () => epochMs + clock.nowMs(),
    fault: (request) => striker?.hook(request),
  });
  const truth = new Truth(console.model, cell, epochMs);
  const strike = new Striker(cell, { truth, clock, epochMs, thief, restart: () => console.model.restart() });
  striker = strike;

  const inputs = inputsFor(cell, console.url);
  const secrets = new Secrets(() => undefined, secretsOf(inputs, {}));
  const write = (where: string, ...texts: readonly string[]) => void written.push([where, texts.join(' ')]);
  // What is logged goes through the same sieve as in production; outputs and summary do not.
  const print =
    (where: string) =>
    (...texts: readonly string[]) =>
      write(where, ...texts.map((text) => secrets.strike(text)));
  const runner: Runner = {
    inputs,
    secrets,
    clock,
    random: chance(JSON.stringify([...inputs, cell.fault.name, cell.position])),
    today: () => '2026-11-24',
    connect: () =>
      exchangeOver({
        clock,
        tlsPort,
        detour: (call) => strike.detour(call),
        onRequest: () => {
          requests += 1;
        },
        onBody: (body) => {
          const token = /"token":"([^"]+)"/.exec(Buffer.from(body.subarray(0, 1_000)).toString())?.[1];
          if (token !== undefined) tokens.add(token);
        },
      }),
    readFile: () => '',
    signal: new AbortController().signal,
    reasonsPage: 'docs/reasons.md',
    log: print('log'),
    debug: print('debug'),
    warn: print('warning'),
    fail: print('error'),
    output: (name, value) => {
      outputs.set(name, value);
      write(`output ${name}`, value);
    },
    summary: async (markdown) => write('summary', markdown),
    reportedRun: () => ({ actionVersion: '1.0.0', url: '', endedAt: new Date(epochMs + clock.nowMs()) }),
    reportPath: (name) => name,
    writeReport: write,
  };

  const watchdog = new AbortController();
  const ending = await Promise.race([
    main(runner).then((verdict) => ({ verdict })),
    delay(WATCHDOG_MS, { verdict: 'hung' }, { signal: watchdog.signal }),
  ]);
  watchdog.abort();
  clock.stop();
  const tookMs = clock.nowMs();
  const images = resultsIn(outputs, cell.mode === 'await-regular', planOf(cell.prospect).images, (image) =>
    truth.mayPass(image, tookMs),
  );
  await console.close();
  const unspeakable = [...secretsOf(inputs, {}), ...tokens];
  return {
    cell,
    verdict: ending.verdict,
    reason: outputs.get('reason') ?? 'none',
    message: written.findLast(([where]) => where === 'error')?.[1] ?? '',
    tookMs,
    requests,
    strikes: strike.strikes,
    hung: ending.verdict === 'hung' || tookMs > TIMEOUT_MS + GRACE_MS,
    images,
    leaks: written
      .filter(([, text]) => unspeakable.some((secret) => text.includes(secret)))
      .map(([at]) => at),
  };
}

function inputsFor({ mode, prospect }: Cell, url: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries({
      'console-url': url,
      username: USERNAME,
      password: PASSWORD,
      'api-version': '32.07',
      'insecure-skip-tls-verify': 'false',
      'only-fixed': 'false',
      'fail-on-policy': 'false',
      mode,
      ...(mode === 'await-regular' ? {} : imageInputs(prospect)),
      ...planOf(prospect).inputs,
      ...TIMEOUTS,
      'poll-interval': prospect === 'endless' ? '6s' : '2s',
    }),
  );
}

/** Chance that is the same in every run of a cell. */
function chance(seed: string): () => number {
  let state = 0;
  for (const character of seed.replace(/:\d{4,5}/, '')) state = (state * 31 + character.charCodeAt(0)) >>> 0;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
