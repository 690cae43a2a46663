import { setTimeout as delay } from 'node:timers/promises';
import { startConsole } from 'compute-console-emulator';
import { seededRandom } from '../../bench/seeded-random.ts';
import type { Host } from '../../src/host.ts';
import { outputFiles } from '../../src/output/output-files.ts';
import { run } from '../../src/run.ts';
import { Redactor } from '../../src/shell/redaction.ts';
import { secretsIn } from '../../src/shell/secrets.ts';
import type { Cell } from './cell.ts';
import { FaultInjector } from './fault-injector.ts';
import { transportOver } from './network.ts';
import { type ImageResult, resultsIn } from './results.ts';
import { imageInputs, setupOf } from './setups.ts';
import type { SharedServers } from './shared-servers.ts';
import { SocketClock } from './socket-clock.ts';
import { PASSWORD, scenarioFor, Truth, USERNAME } from './world.ts';

const TIMEOUT_MS = 120_000;
const TIMEOUTS = { timeout: '2m', 'start-timeout': '50s', 'report-timeout': '30s' };
/** A response that comes at the very end has to travel and to be read. */
const GRACE_MS = 1_000;
/** In real time. Only a run that hangs takes so long, so that its cell is named. */
const WATCHDOG_MS = 900_000;
const EPOCH_MS = Date.UTC(2026, 10, 2, 9);

/** The result of a cell. */
export interface Outcome {
  readonly cell: Cell;
  readonly verdict: string;
  readonly reason: string;
  readonly message: string;
  /** How long it took in the time of the cell. */
  readonly tookMs: number;
  readonly requests: number;
  /** How many requests had the fault injected. */
  readonly injected: number;
  readonly hung: boolean;
  /** The result of each image, or of the regular scan. */
  readonly images: readonly ImageResult[];
  /** The places that a secret was written to. */
  readonly leaks: readonly string[];
}

/** Runs the whole gate once, against a Console into which the fault of the cell is injected. */
export async function runCell(cell: Cell, { foreignHost, tlsPort }: SharedServers): Promise<Outcome> {
  const clock = new SocketClock();
  const recorder = new Recorder();
  let requests = 0;
  // The Console asks for faults only when it is asked itself, and by then there is an injector.
  let injector: FaultInjector | undefined;
  const console = await startConsole({
    scenario: scenarioFor(cell),
    now: () => EPOCH_MS + clock.nowMs(),
    fault: (request) => injector?.hook(request),
  });
  const truth = new Truth(console.model, cell, EPOCH_MS);
  const faults = new FaultInjector(cell, {
    truth,
    clock,
    epochMs: EPOCH_MS,
    foreignHost,
    restart: () => console.model.restart(),
  });
  injector = faults;
  const inputs = inputsFor(cell, console.url);
  const connect = () =>
    transportOver({
      clock,
      tlsPort,
      detour: (call) => faults.detour(call),
      onRequest: () => {
        requests += 1;
      },
      onBody: (body) => recorder.addTokenOf(body),
    });

  const watchdog = new AbortController();
  const verdict = await Promise.race([
    run(hostFor(cell, inputs, clock, connect, recorder)).then((decision) => decision.verdict),
    delay(WATCHDOG_MS, 'hung', { signal: watchdog.signal }),
  ]);
  watchdog.abort();
  clock.stop();
  const tookMs = clock.nowMs();
  const { outputs } = recorder;
  const images = resultsIn(outputs, cell.mode === 'await-regular', setupOf(cell.setup).images, (image) =>
    truth.mayPass(image, tookMs),
  );
  await console.close();
  return {
    cell,
    verdict,
    reason: outputs.get('reason') ?? 'none',
    message: recorder.lastError(),
    tookMs,
    requests,
    injected: faults.injected,
    hung: verdict === 'hung' || tookMs > TIMEOUT_MS + GRACE_MS,
    images,
    leaks: recorder.leaksOf(secretsIn(inputs, {})),
  };
}

/** Keeps everything that a run writes, by place. */
class Recorder {
  readonly outputs = new Map<string, string>();
  readonly #written: (readonly [where: string, text: string])[] = [];
  readonly #tokens = new Set<string>();

  write(where: string, text: string): void {
    this.#written.push([where, text]);
  }

  addTokenOf(body: Uint8Array): void {
    const token = /"token":"([^"]+)"/.exec(Buffer.from(body.subarray(0, 1_000)).toString())?.[1];
    if (token !== undefined) this.#tokens.add(token);
  }

  lastError(): string {
    return this.#written.findLast(([where]) => where === 'error')?.[1] ?? '';
  }

  leaksOf(secrets: readonly string[]): readonly string[] {
    const redactor = new Redactor(() => undefined, [...secrets, ...this.#tokens]);
    return this.#written.filter(([, text]) => redactor.redact(text) !== text).map(([where]) => where);
  }
}

/**
 * The log is redacted as every shell redacts it. Outputs, summary and files are not: a secret has to be gone before it
 * gets there.
 */
function hostFor(
  cell: Cell,
  inputs: ReadonlyMap<string, string>,
  clock: SocketClock,
  connect: Host['connect'],
  recorder: Recorder,
): Host {
  const redactor = new Redactor(() => undefined, secretsIn(inputs, {}));
  const log = (where: string) => (text: string) => recorder.write(where, redactor.redact(text));
  const files: Host['files'] = {
    read: () => '',
    write: (path, text) => recorder.write(path, text),
    unwritten: async () => [],
    outputPath: (name) => name,
  };
  const runInfo: Host['run'] = {
    version: '1.0.0',
    url: '',
    reasonsPage: 'docs/troubleshooting.md',
  };
  return {
    inputs,
    environment: {},
    redactor,
    clock,
    random: seededRandom(seedOf(cell)),
    signal: new AbortController().signal,
    connect,
    files,
    killGroup: () => undefined,
    log: {
      info: log('log'),
      passed: log('log'),
      status: log('status'),
      debug: log('debug'),
      warning: log('warning'),
      error: (title, text) => recorder.write('error', redactor.redact(`${title}: ${text}`)),
    },
    setOutputs: (outputs) => {
      for (const [name, value] of outputs) {
        recorder.outputs.set(name, value);
        recorder.write(`output ${name}`, value);
      }
    },
    writeSummary: async (markdown) => recorder.write('summary', markdown),
    outputFiles: (result) => outputFiles({ files, run: runInfo }, result),
    startedAtMs: clock.nowMs(),
    problems: [],
    now: () => new Date(EPOCH_MS + clock.nowMs()),
    run: runInfo,
  };
}

function inputsFor({ mode, setup }: Cell, url: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries({
      'console-url': url,
      username: USERNAME,
      password: PASSWORD,
      mode,
      ...(mode === 'await-regular' ? {} : imageInputs(setup)),
      ...setupOf(setup).inputs,
      ...TIMEOUTS,
      'poll-interval': setup === 'endless' ? '6s' : '2s',
    }),
  );
}

/** The same in every run of a cell. */
function seedOf({ fault, call, times, position, mode, setup }: Cell): number {
  let seed = 0;
  for (const character of [fault.family, fault.name, call, times, position, mode, setup].join()) {
    seed = (seed * 31 + character.charCodeAt(0)) >>> 0;
  }
  return seed;
}
