import type { RunHost } from '../../src/host.ts';
import type { HttpTransport } from '../../src/http/transport.ts';
import type { Check, RunResult } from '../../src/policy/result.ts';
import { execute } from '../../src/run.ts';
import { Redactor } from '../../src/shell/redaction.ts';
import { FakeClock } from '../builders/fake-clock.ts';
import { type FakeConsole, fakeConsole, NOW, type Replies } from './console.ts';

const INPUTS: Readonly<Record<string, string>> = {
  mode: 'check',
  'console-url': 'http://127.0.0.1:8083',
  username: 'gate',
  password: 'correct-horse-Zq7',
  registry: 'registry.example.com',
  repo: 'shop/cart',
  tag: '7',
  'severity-cutoff': 'high',
};

export interface Preflight {
  readonly result: RunResult;
  readonly requests: readonly string[];
  /** How long it took on the fake clock, in milliseconds. */
  readonly tookMs: number;
  /** The checks that failed. */
  readonly failed: readonly string[];
  readonly check: (name: string) => Check;
}

export interface World {
  readonly replies?: Replies;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Instead of the Console's, for a registry. */
  readonly others?: (clock: FakeClock) => (host: string) => HttpTransport | undefined;
}

/** Runs a preflight against a Console in virtual time. */
export async function preflight({
  replies = {},
  inputs = {},
  environment = {},
  files = {},
  signal = new AbortController().signal,
  others = () => () => undefined,
}: World = {}): Promise<Preflight> {
  const clock = new FakeClock();
  const console: FakeConsole = fakeConsole(clock, replies);
  const elsewhere = others(clock);
  const transport: HttpTransport = (request) => (elsewhere(request.url.host) ?? console.transport)(request);
  const given = { ...INPUTS, ...inputs };
  const nothing = () => undefined;
  const host: RunHost = {
    inputs: new Map(Object.entries(given)),
    environment,
    redactor: new Redactor(nothing, [given.password ?? '']),
    clock,
    random: () => 0.5,
    signal,
    connect: () => transport,
    files: {
      read: (path) => {
        const text = files[path];
        if (text === undefined) throw new Error('ENOENT');
        return text;
      },
    },
    killGroup: nothing,
    log: {
      info: nothing,
      passed: nothing,
      status: undefined,
      debug: nothing,
      warning: nothing,
      error: nothing,
    },
    startedAtMs: clock.nowMs(),
    problems: [],
    now: () => new Date(Date.parse(NOW) + clock.nowMs()),
  };
  const result = await clock.run(execute(host));
  return {
    result,
    requests: console.requests,
    tookMs: clock.nowMs(),
    failed: result.checks.filter(({ state }) => state === 'failed').map(({ check }) => check),
    check: (name) => {
      const found = result.checks.find(({ check }) => check === name);
      if (found === undefined) throw new Error(`There is no check ${name}.`);
      return found;
    },
  };
}
