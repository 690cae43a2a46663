import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ended, entry, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import {
  commands,
  gate,
  gates,
  type Meanwhile,
  PASSED,
  PASSWORD,
  type Run,
  shown,
  USER,
  verdictOf,
} from './gate.ts';
import { ENDLESS_TIMERS, FULL_AFTER, ON_SIGUSR2, ON_VERDICT } from './preload.ts';
import { json, refused, type ScriptedConsole, type Scripts, unauthorized } from './scripted-console.ts';

/** A scan that passes unless something goes wrong. */
const passes: Scripts = { progress: [ongoing, ended, nothing], report: [oldRow, newRow] };
const fails: Scripts = {
  progress: [ongoing, json([entry(false, { imageScan: { error: 'cannot pull' } })])],
  report: [oldRow],
};
/** A scan that never ends, so that what happens to the step ends it. */
const SCANS_ON: Scripts = { progress: [ongoing], report: [oldRow] };
const FAILED = '1 failed scan-error';

const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-full-'));
afterAll(async () => {
  await rm(folder, { recursive: true });
});

type Environment = Readonly<Record<string, string>>;

/** Runs the gate in a job with these variables. */
const inJob = (env: Environment, scripts: Scripts = passes, meanwhile?: Meanwhile): Promise<Run> =>
  gate(scripts, {}, { ...(meanwhile && { meanwhile }), addressed: (url) => ({ url, env }) });

/** The log as shown without debugging. */
const withoutDebugging = (run: Run): string => shown(run).replaceAll(/^::debug::.*$/gm, '');

/** Nothing of a stack trace: neither its lines nor the source that Node shows above them. */
const STACK_TRACE = /^\s+at |\n\s*\^\n|node:internal|dist\/index\.js/m;

const UNWRITABLE = [
  { name: 'is on a full disk', file: '/dev/full' },
  { name: 'is in a folder that is missing', file: join(folder, 'missing', 'file') },
] as const;

describe('outputs that cannot be written', () => {
  test.concurrent.each(UNWRITABLE)('because the file $name: fails and says so', async ({ file }) => {
    const run = await inJob({ GITHUB_OUTPUT: file });

    expect(run.exitCode).toBe(1);
    expect(shown(run)).toMatch(/^::error.*outputs could not be written/im);
    expect(shown(run)).not.toMatch(/^passed/m);
    expect(withoutDebugging(run)).not.toMatch(STACK_TRACE);
  });

  test.concurrent.each([1, 500])(
    'because the disk is full after %d bytes leave no part of a pass',
    async (bytes) => {
      const run = await inJob(FULL_AFTER(bytes));

      expect(run.exitCode).toBe(1);
      expect(run.outputs).toEqual({});
      expect(shown(run)).toMatch(/^::error.*ENOSPC/m);
    },
  );

  test.concurrent('after an error do not keep the step from saying what the error was', async () => {
    const run = await inJob({ GITHUB_OUTPUT: '/dev/full' }, { authenticate: [refused(401, 'who are you')] });

    expect(run.exitCode).toBe(1);
    expect(shown(run)).toMatch(/unauthorized|401/);
  });
});

describe('a summary that cannot be written is a warning, and changes nothing', () => {
  test.concurrent.each([
    [passes, PASSED],
    [fails, FAILED],
  ])('because the disk is full', async (scripts, expected) => {
    const run = await inJob({ GITHUB_STEP_SUMMARY: '/dev/full' }, scripts);

    expect(verdictOf(run)).toBe(expected);
    expect(
      commands(run)
        .filter((line) => line.startsWith('::warning'))
        .join('\n'),
    ).toMatch(/summary/);
    expect(withoutDebugging(run)).not.toMatch(STACK_TRACE);
  });
});

describe('a job without any of the files', () => {
  const NONE = { GITHUB_OUTPUT: '', GITHUB_STEP_SUMMARY: '' };

  test.concurrent('is passed and failed all the same', async () => {
    const runs = await Promise.all([passes, fails].map((scripts) => inJob(NONE, scripts)));

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 1]);
    expect(runs.map(shown)).toEqual([
      expect.stringMatching(/^passed \(scan-completed\)/m),
      expect.stringMatching(/^::error.*scan-error/m),
    ]);
  });
});

describe('a defect of the action', () => {
  const faults = [
    {
      name: 'an exception in a timer',
      fault: "setTimeout(() => { throw new Error('boom ' + secret); }, 10)",
    },
    { name: 'an unhandled rejection with nothing', fault: 'Promise.reject()' },
    { name: 'an exception that is null', fault: 'throw null' },
    { name: 'an exception that cannot be put in words', fault: 'throw Object.create(null)' },
    {
      name: 'an exception whose words are an exception',
      fault: "throw { toString() { throw new Error('boom ' + secret); } }",
    },
    {
      name: 'an exception that speaks to the runner',
      fault: "throw new Error('\\n::set-output name=verdict::passed\\n::stop-commands::x\\n' + secret)",
    },
    {
      name: 'an exception after another',
      fault: "setImmediate(() => { throw new Error('boom'); }); throw new Error('boom')",
    },
    {
      name: 'a recursion without end',
      fault: 'const recur = () => recur() + 1; recur()',
    },
  ];
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(faults, ({ fault }) => inJob(ON_SIGUSR2(fault), SCANS_ON, struckAt(1)));
  });

  test.each(faults)('such as $name: internal, and nothing but words in the log', ({ name }) => {
    const run = runOf(name);

    expect(verdictOf(run)).toBe('1 error internal');
    expect(shown(run)).toMatch(/^::error.*internal.*report/m);
    expect(withoutDebugging(run)).not.toMatch(STACK_TRACE);
    expect(`${shown(run)}${JSON.stringify(run.outputs)}${run.summary}`).not.toContain(PASSWORD);
    for (const command of commands(run)) expect(command).toMatch(/^::(add-mask|debug|error title=[^:]*)::/);
  });

  test.concurrent.each([
    ['from the start', ENDLESS_TIMERS(0)],
    ['in the middle of the wait', ENDLESS_TIMERS(12)],
  ])('such as an event loop that runs dry, %s: internal', async (_name, env) => {
    const run = await gate(SCANS_ON, {}, { time: 'real', addressed: (url) => ({ url, env }) });

    expect(verdictOf(run)).toBe('1 error internal');
    expect(withoutDebugging(run)).not.toMatch(STACK_TRACE);
  });

  test.concurrent.each([
    ['an exit code that claims to be good, and an end', 'process.exitCode = 0; process.exit()'],
    ['an abort', 'process.abort()'],
  ])('such as %s is no pass', async (_name, fault) => {
    const run = await inJob(ON_SIGUSR2(fault), SCANS_ON, struckAt(1));

    expect(run.exitCode).not.toBe(0);
    expect(run.outputs.verdict).not.toBe('passed');
  });

  test.concurrent.each(['SIGHUP', 'SIGKILL'] as const)(
    'is not what %s is, and yet it never makes a pass',
    async (signal) => {
      const run = await inJob({}, SCANS_ON, async (asked, started) => {
        const child = await started;
        await asked.reached('progress', 1);
        child.kill(signal);
      });

      expect(run.exitCode).not.toBe(0);
      expect(run.outputs.verdict).not.toBe('passed');
    },
  );

  test.concurrent('such as too little memory for an answer is no pass', async () => {
    const huge = json(Array.from({ length: 100_000 }, () => entry(true)));
    const run = await inJob(
      { NODE_OPTIONS: '--max-old-space-size=24' },
      { progress: [huge], report: [oldRow] },
    );

    expect(run.exitCode).not.toBe(0);
    expect(run.outputs.verdict).not.toBe('passed');
  });
});

describe('a defect after the verdict of passed was written', () => {
  const thrown = "throw new Error('boom')";
  const cases = [
    { name: 'at once', env: ON_VERDICT('passed', thrown) },
    { name: 'in a microtask', env: ON_VERDICT('passed', `queueMicrotask(() => { ${thrown}; })`) },
    {
      name: 'in the next turn of the loop, if there is no summary',
      env: { ...ON_VERDICT('passed', `setImmediate(() => { ${thrown}; })`), GITHUB_STEP_SUMMARY: '' },
    },
  ];
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(cases, ({ env }) => inJob(env));
  });

  test.each(cases)('$name, leaves exit status and outputs in agreement', ({ name }) => {
    expect([PASSED, '1 error internal']).toContain(verdictOf(runOf(name)));
  });
});

describe('a log that nobody reads any more', () => {
  const closing =
    (reached: (asked: ScriptedConsole) => Promise<void>): Meanwhile =>
    async (asked, started) => {
      const child = await started;
      await reached(asked);
      child.stdout?.destroy();
    };

  test.concurrent.each([
    ['from the start', async () => undefined],
    ['since the log-in', (asked: ScriptedConsole) => asked.reached('authenticate', 1)],
    ['since the first poll', (asked: ScriptedConsole) => asked.reached('progress', 1)],
  ])('%s: fails, and does not hang', async (_name, reached) => {
    const run = await inJob({}, passes, closing(reached));

    expect(run.exitCode).toBe(1);
    expect(run.outputs.verdict).not.toBe('passed');
  });

  test.concurrent.each([
    ['with a summary', {}],
    ['without a summary', { GITHUB_STEP_SUMMARY: '' }],
  ])('since the last answer, %s: exit status and outputs agree', async (_name, env) => {
    let closed: (() => void) | undefined;
    const run = await inJob(
      env,
      {
        ...passes,
        report: async (_asked, nth) => {
          if (nth === 0) return oldRow;
          closed?.();
          await new Promise((resolve) => setTimeout(resolve, 100));
          return newRow;
        },
      },
      async (_asked, started) => {
        const child = await started;
        closed = () => child.stdout?.destroy();
      },
    );

    expect([PASSED, '1 error internal']).toContain(verdictOf(run));
  });
});

describe('a strange environment', () => {
  const missing = join(folder, 'missing');
  const cases: readonly { readonly name: string; readonly env: Environment }[] = [
    {
      name: 'a strict Node',
      env: {
        NODE_OPTIONS:
          '--throw-deprecation --unhandled-rejections=strict --disallow-code-generation-from-strings',
      },
    },
    { name: 'every deprecation shown', env: { NODE_OPTIONS: '--pending-deprecation --trace-warnings' } },
    {
      name: 'folders that are missing',
      env: {
        HOME: missing,
        TMPDIR: missing,
        TMP: missing,
        TEMP: missing,
        GITHUB_WORKSPACE: missing,
        RUNNER_TEMP: missing,
      },
    },
    {
      name: 'a time zone that is none, colours and debugging',
      env: {
        TZ: 'Nowhere/At_All',
        LANG: 'C',
        LC_ALL: 'POSIX',
        FORCE_COLOR: '3',
        CI: 'true',
        TERM: 'xterm-256color',
        RUNNER_DEBUG: '1',
        ACTIONS_STEP_DEBUG: 'true',
      },
    },
  ];
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(cases, ({ env }) => inJob(env));
  });

  test.each(cases)('with $name changes nothing', ({ name }) => {
    expect(verdictOf(runOf(name))).toBe(PASSED);
  });
});

describe('a secret that the Console echoes is struck out, in whatever form', () => {
  const [HEAD, TAIL] = ['zeta-Kx7', 'omicron-Qw9'];
  /** A text that is hard to encode, between two parts that are easy to find. */
  const AWKWARD = `${HEAD}&<'"ö\\% /+=!${TAIL}`;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const escaped = (text: string, which: RegExp): string =>
    text.replaceAll(which, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);

  const FORMS: readonly { readonly name: string; readonly password: string; readonly echo: string }[] = [
    { name: 'as it is', password: AWKWARD, echo: AWKWARD },
    {
      name: 'in an address, in lower case',
      password: AWKWARD,
      echo: encodeURIComponent(AWKWARD).replaceAll(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()),
    },
    { name: 'in JSON as Go writes it', password: AWKWARD, echo: escaped(quoted(AWKWARD), /[<>&]/g) },
    { name: 'with user, in base64', password: AWKWARD, echo: base64(`${USER}:${AWKWARD}`) },
    ...[
      ['two colons', '::'],
      ['a character that nobody sees', '\u200b'],
    ].map(([name, between]) => ({
      name: `with ${name} in it`,
      password: `${HEAD}${between}${TAIL}`,
      echo: `${HEAD}${between}${TAIL}`,
    })),
    { name: 'cut off after 280 characters', password: AWKWARD, echo: `${'x'.repeat(280)}${AWKWARD}` },
  ];

  const seenIn = (run: Run): string => `${shown(run)}${JSON.stringify(run.outputs)}${run.summary}`;

  /** Neither part of the secret, and no piece of it in base64. */
  function expectStruck(run: Run, secret: string): void {
    const seen = seenIn(run);
    const forms = [HEAD, TAIL, base64(`${USER}:${secret}`).slice(0, 20)];
    for (const form of forms) expect(seen).not.toContain(form);
  }

  let refusalOf: (name: string) => Run;
  let passOf: (name: string) => Run;
  beforeAll(async () => {
    const told = ({ password }: { readonly password: string }, scripts: Scripts): Promise<Run> =>
      gate(
        scripts,
        { password },
        {
          addressed: (url) => ({
            url,
            env: { RUNNER_DEBUG: '1' },
          }),
        },
      );
    [refusalOf, passOf] = await Promise.all([
      gates(FORMS, (one) => told(one, { authenticate: [refused(400, `cannot read ${one.echo}`)] })),
      gates(FORMS, (one) =>
        told(one, {
          ...passes,
          progress: [ongoing, refused(503, `cannot read ${one.echo}`), ended, nothing],
        }),
      ),
    ]);
  });

  test.each(FORMS)('$name, if that ends the step', ({ name, password }) => {
    expect(verdictOf(refusalOf(name))).toBe('1 error bad-request');
    expectStruck(refusalOf(name), password);
  });

  test.each(FORMS)('$name, if the step goes on', ({ name, password }) => {
    expect(verdictOf(passOf(name))).toBe(PASSED);
    expectStruck(passOf(name), password);
  });

  test.concurrent('in the error of a scan', async () => {
    const error = `cannot log in with ${AWKWARD}, ${base64(`${USER}:${AWKWARD}`)}`;
    const run = await gate(
      { progress: [ongoing, json([entry(false, { discovery: { error } })])], report: [oldRow] },
      { password: AWKWARD },
      { addressed: (url) => ({ url, env: { RUNNER_DEBUG: '1' } }) },
    );

    expect(verdictOf(run)).toBe(FAILED);
    expectStruck(run, AWKWARD);
  });

  const TOKEN = `${HEAD}.a+b/c=.${TAIL}`;
  const TOKEN_FORMS = [
    ['as it is', TOKEN],
    ['in an address', encodeURIComponent(TOKEN)],
  ] as const;

  test.concurrent.each(TOKEN_FORMS)('the token given, %s', async (_name, echo) => {
    const run = await gate(
      { progress: [refused(403, `not for ${echo}`)], report: [oldRow], knownToken: TOKEN },
      { username: '', password: '', token: TOKEN },
      { addressed: (url) => ({ url, env: { RUNNER_DEBUG: '1' } }) },
    );

    expect(verdictOf(run)).toBe('1 error forbidden');
    expectStruck(run, TOKEN);
  });

  test.concurrent.each(TOKEN_FORMS)('a token got on the way, %s', async (_name, echo) => {
    const run = await gate(
      {
        authenticate: [json({ token: TOKEN })],
        progress: [unauthorized, refused(403, `not for ${echo}`)],
        report: [oldRow],
        knownToken: TOKEN,
      },
      {},
      { addressed: (url) => ({ url, env: { RUNNER_DEBUG: '1' } }) },
    );

    expect(verdictOf(run)).toBe('1 error forbidden');
    expectStruck(run, TOKEN);
  });
});

/** Sends the signal that a preloaded fault waits for, once there were that many polls of progress. */
function struckAt(polls: number): Meanwhile {
  return async (asked, started) => {
    const child = await started;
    await asked.reached('progress', polls);
    child.kill('SIGUSR2');
  };
}
