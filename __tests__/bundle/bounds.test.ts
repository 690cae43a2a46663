import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ended, entry, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { afterOldRow, found, reportOf } from './findings-data.ts';
import { gate, NO_IMAGE, of, PASSED, shown, verdictOf } from './gate.ts';
import { preload } from './preload.ts';
import { type Answer, json, type Scripts } from './scripted-console.ts';

/** 33 MB of progress in some 30 kB: an answer larger than 1 MB is none. */
const HUGE: Answer = {
  headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  body: gzipSync(`[${Array.from({ length: 95_000 }, () => JSON.stringify(entry(true))).join(',')}]`),
};

describe('an answer larger than any that a Console gives', () => {
  test.concurrent('of progress from the start is no answer: invalid-response', async () => {
    const run = await gate({ progress: [HUGE], report: [oldRow] });

    expect(verdictOf(run)).toBe('1 error invalid-response');
    expect(of(run, 'trigger')).toEqual([]);
  });

  test.concurrent('of progress in the middle of the scan does not hold the step beyond its timeout', async () => {
    const run = await gate({ progress: [nothing, ongoing, HUGE], report: [oldRow] }, { timeout: '90s' });

    expect(run.exitCode).toBe(1);
    expect(Number(run.outputs['duration-seconds'])).toBeLessThanOrEqual(90);
  });

  test.concurrent('once is an outage: the next one counts', async () => {
    const run = await gate({
      progress: [nothing, ongoing, HUGE, ended, nothing],
      report: [oldRow, oldRow, newRow],
    });

    expect(verdictOf(run)).toBe(PASSED);
  });

  test.concurrent('of the regular scan is none either', async () => {
    const run = await gate({ progress: [HUGE] }, { mode: 'await-regular', ...NO_IMAGE });

    expect(verdictOf(run)).toBe('1 error invalid-response');
  });

  test.concurrent('does not keep a signal from ending the step', async () => {
    const run = await gate(
      { progress: [nothing, ongoing, HUGE], report: [oldRow] },
      { timeout: '1h', 'start-timeout': '1h' },
      {
        meanwhile: async (console, started) => {
          const child = await started;
          await console.reached('progress', 4);
          child.kill('SIGTERM');
        },
      },
    );

    expect(verdictOf(run)).toBe('1 cancelled signal');
    // The poll under way is the last one.
    expect(of(run, 'progress').length).toBeLessThanOrEqual(5);
  });

  test.concurrent.each(['authenticate', 'trigger'] as const)(
    'of %s never makes a pass by itself',
    async (call) => {
      const run = await gate({ [call]: [HUGE], progress: [nothing], report: [oldRow] });

      expect(run.exitCode).toBe(1);
      expect(run.outputs.reason).not.toBe('internal');
    },
  );
});

describe('the answer to the trigger', () => {
  const finishes: Scripts = { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] };

  test.concurrent.each<[string, Answer]>([
    ['JSON', json({ status: 'accepted' })],
    ['null', json(null)],
    ['text', { body: 'OK' }],
    ['a 202 with a body', json({ id: 7 }, 202)],
  ])('may have a body (%s): the scan is asked for once', async (_name, answer) => {
    const run = await gate({ ...finishes, trigger: [answer] });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'trigger')).toHaveLength(1);
  });
});

describe('a query in console-url', () => {
  test.concurrent('is never printed, pass or not', async () => {
    const secret = 'q-s3cr3t-Lw8';
    const withQuery = (scripts: Scripts) =>
      gate(scripts, {}, { addressed: (url) => `${url}/?token=${secret}&user=q-user-Lw8#q-hash-Lw8` });
    const runs = await Promise.all([
      withQuery({ progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] }),
      withQuery({ authenticate: [{ status: 401 }] }),
      withQuery({ authenticate: [{ status: 503 }] }),
      gate({}, {}, { addressed: () => `https://console.invalid:0x/?token=${secret}` }),
    ]);

    for (const run of runs) {
      const seen = `${shown(run)}${JSON.stringify(run.outputs)}${JSON.stringify(run.files)}${run.summary}`;
      for (const text of [secret, 'q-user-Lw8', 'q-hash-Lw8']) expect(seen).not.toContain(text);
    }
  });
});

/** An answer as a proxy may pack it. */
const packed = (text: string): Answer => ({
  headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  body: gzipSync(text),
});

describe('a report that is odd, large or deep', () => {
  const slashes = '/'.repeat(150_000);
  const foreign = (count: number) =>
    Array.from({ length: count }, (_none, at) => ({
      repoTag: { registry: 'r.example', repo: `a/${at}`, tag: '1' },
      scanTime: '2026-11-20T08:00:00Z',
    }));

  test.concurrent.each<[string, readonly unknown[]]>([
    ['150 kB of slashes in a registry', [{ repoTag: { registry: `a${slashes}b`, repo: 'c', tag: '1' } }]],
    [
      '150 kB of slashes in a digest',
      [{ repoTag: { registry: '', repo: 'library/alpine', tag: '1' }, repoDigests: [`a${slashes}b@x`] }],
    ],
    ['125,000 rows of other images', foreign(125_000)],
  ])('with %s beside the row of the image is read like any other', async (_name, others) => {
    const withRow = (answer: Answer): Answer =>
      packed(JSON.stringify([...others, ...JSON.parse(String(answer.body))]));
    const [before, after] = [withRow(oldRow), withRow(newRow)];
    let polls = 0;
    const run = await gate(
      {
        progress: () => {
          polls += 1;
          return [nothing, ongoing, ended][polls - 1] ?? nothing;
        },
        // Whatever offset is asked for, the whole report comes.
        report: () => (polls < 3 ? before : after),
      },
      { 'severity-cutoff': 'none' },
    );

    expect(verdictOf(run)).toBe(PASSED);
  });

  test.concurrent.each<[string, Answer]>([
    ['90 MB of empty objects', packed(`[${'{},'.repeat(30_000_000)}{}]`)],
    ['lists in lists', packed(`${'['.repeat(500_000)}${']'.repeat(500_000)}`)],
    ['a tag as deep as the stack', packed(`[{"repoTag":${'['.repeat(50_000)}${']'.repeat(50_000)}}]`)],
  ])('of %s is no answer, and the step ends with its outputs', async (_name, answer) => {
    const run = await gate({ progress: [nothing], report: [answer] });

    expect(verdictOf(run)).toBe('1 error invalid-response');
    expect(of(run, 'trigger')).toEqual([]);
  });

  test.concurrent('with 100,000 rows and no paging does not keep a signal from ending the step', async () => {
    const body = JSON.stringify(foreign(100_000));
    const run = await gate(
      { progress: [nothing, ongoing, ended, nothing], report: [oldRow, packed(body)] },
      { timeout: '1h', 'report-timeout': '30m' },
      {
        meanwhile: async (console, started) => {
          const child = await started;
          await console.reached('report', 3);
          child.kill('SIGTERM');
        },
      },
    );

    expect(verdictOf(run)).toBe('1 cancelled signal');
    expect(of(run, 'report').length).toBeLessThanOrEqual(5);
  });
});

describe('a signal during the work on a large answer', () => {
  const findings = Array.from({ length: 8_000 }, (_, at) => found('low', { cve: `CVE-2026-${at}` }));
  /** The signal comes at a certain step of the work, which nothing interrupts. */
  const onLargeJson = (signalled: string) =>
    preload(`
      import process from 'node:process';
      const { parse } = JSON;
      JSON.parse = (text, ...rest) => {
        const value = parse(text, ...rest);
        if (text.length < 1_500_000) return value;
        const signal = () => process.kill(process.pid, 'SIGTERM');
        ${signalled}
        return value;
      };
    `);

  test.concurrent.each([
    ['is parsed', 'signal();'],
    [
      'is read',
      `const { vulnerabilities } = value[0];
       Object.defineProperty(value[0], 'vulnerabilities', { get: () => (signal(), vulnerabilities) });`,
    ],
  ])('ends the step once the answer %s', async (_when, signalled) => {
    const run = await gate(
      { progress: [nothing, ongoing, ended, nothing], report: afterOldRow(reportOf(findings)) },
      { 'severity-cutoff': 'critical' },
      { time: 'real', addressed: (url) => ({ url, env: onLargeJson(signalled) }) },
    );

    expect(verdictOf(run)).toBe('1 cancelled signal');
  });
});
