import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ended, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { gate, NO_IMAGE, PASSWORD, shown, verdictOf } from './gate.ts';
import type { Scripts } from './scripted-console.ts';

const finishes: Scripts = { progress: [ongoing, ended, nothing], report: [oldRow, newRow] };

interface Wrong {
  readonly name: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** The expected parts of the message: the input, the value, the allowed values. */
  readonly says: readonly (string | RegExp)[];
}

const duration = (input: string, value: string): Wrong => ({
  name: `${input}: "${value}"`,
  inputs: { [input]: value },
  says: [input, value, /90s|15m|1h30m/],
});

const WRONG: Wrong[] = [
  {
    name: 'an input that there is not',
    inputs: { 'time-out': '5m' },
    says: ['time-out', 'Did you mean timeout?'],
  },
  {
    name: 'an input that is like none',
    inputs: { bogus: 'x' },
    says: ['bogus', 'start-timeout', 'poll-interval'],
  },
  duration('timeout', '5'),
  duration('timeout', '5 minutes'),
  duration('timeout', '-5m'),
  duration('timeout', '1.5h'),
  duration('timeout', '30m1h'),
  duration('timeout', '1e3s'),
  duration('timeout', '٣m'),
  duration('timeout', '9'.repeat(400)),
  duration('timeout', `${'9'.repeat(400)}h`),
  duration('start-timeout', 'soon'),
  duration('report-timeout', '2M'),
  duration('report-timeout', 'Infinity'),
  {
    name: 'poll-interval: "fast"',
    inputs: { 'poll-interval': 'fast' },
    says: ['poll-interval', 'fast', 'auto', '1s'],
  },
  { name: 'poll-interval: "0s"', inputs: { 'poll-interval': '0s' }, says: ['poll-interval', '0s', '1s'] },
  {
    name: 'poll-interval: "500ms"',
    inputs: { 'poll-interval': '500ms' },
    says: ['poll-interval', '500ms', '1s'],
  },
  {
    name: 'mode: "watch"',
    inputs: { mode: 'watch' },
    says: ['mode', 'watch', 'trigger', 'await', 'await-regular'],
  },
  { name: 'no repo', inputs: { repo: '' }, says: ['repo'] },
  { name: 'neither tag nor digest', inputs: { tag: '' }, says: ['tag', 'digest'] },
  { name: 'nothing of the image', inputs: NO_IMAGE, says: ['repo'] },
  { name: 'digest: "latest"', inputs: { digest: 'latest' }, says: ['digest', 'latest', 'sha256:'] },
  { name: 'a digest too short', inputs: { digest: 'sha256:abc' }, says: ['digest', 'sha256:abc'] },
  {
    name: 'api-version: "latest"',
    inputs: { 'api-version': 'latest' },
    says: ['api-version', 'latest', '32.07'],
  },
  {
    name: 'api-version: "../.."',
    inputs: { 'api-version': '../..' },
    says: ['api-version', '../..', '32.07'],
  },
  {
    name: 'severity-cutoff: ""',
    inputs: { 'severity-cutoff': '' },
    says: ['severity-cutoff', 'empty', 'none'],
  },
  {
    name: 'compliance-cutoff: ""',
    inputs: { 'compliance-cutoff': '' },
    says: ['compliance-cutoff', 'empty', 'none'],
  },
  { name: 'digest: ""', inputs: { digest: '' }, says: ['digest', 'empty', 'any'] },
  {
    name: 'three mistakes at once',
    inputs: { timeout: '5', mode: 'watch', 'severity-cutoff': 'High' },
    says: ['3 mistakes', 'timeout', 'watch', 'Did you mean high?'],
  },
  {
    name: 'an image for the regular scan',
    inputs: { mode: 'await-regular' },
    says: ['await-regular', 'repo'],
  },
  {
    name: 'a registry for the regular scan',
    inputs: { mode: 'await-regular', ...NO_IMAGE, registry: 'registry.example.com' },
    says: ['await-regular', 'registry'],
  },
  {
    name: 'a digest for the regular scan',
    inputs: { mode: 'await-regular', ...NO_IMAGE, digest: `sha256:${'a'.repeat(64)}` },
    says: ['await-regular', 'digest'],
  },
];

describe('inputs that cannot be right', () => {
  test.concurrent.each(WRONG)(
    '$name: invalid-input, says so, and sends nothing',
    async ({ inputs, says }) => {
      const run = await gate(finishes, inputs);
      const message = shown(run);

      expect(verdictOf(run)).toBe('1 error invalid-input');
      expect(run.asked).toEqual([]);
      expect(message.length).toBeLessThan(2_000);
      for (const part of says) {
        if (typeof part === 'string') expect(message).toContain(part.slice(0, 40));
        else expect(message).toMatch(part);
      }
      expect(message).not.toContain(PASSWORD);
      expect(message).not.toMatch(/\n\s+at /);
    },
  );

  test.concurrent('a value with line breaks neither reaches the Console nor forges a line of the log', async () => {
    const runs = await Promise.all([
      gate(finishes, { tag: '3.16\n::error::forged' }),
      gate(finishes, { mode: 'trigger\r::error::forged' }),
      gate(finishes, { 'console-url': 'not an address\n::error::forged' }),
      gate(finishes, { timeout: '5m\n##[error]forged' }),
    ]);

    for (const run of runs) {
      expect(verdictOf(run)).toBe('1 error invalid-input');
      expect(run.asked).toEqual([]);
      expect(run.log).not.toMatch(/^\s*::error::forged/m);
      expect(run.log).not.toContain('##[');
    }
  });
});

describe('inputs that are right', () => {
  test.concurrent.each(['90s', '15m', '1h30m', '2d', ''])('timeout: %s', async (timeout) => {
    const run = await gate(finishes, { timeout });

    expect(run.exitCode).toBe(0);
  });

  test.concurrent.each(['auto', '1s'])('poll-interval: %s', async (interval) => {
    const run = await gate(finishes, { 'poll-interval': interval });

    expect(run.exitCode).toBe(0);
  });
});

describe('outputs', () => {
  test.concurrent('are all written on every way out, and no others', async () => {
    const action: unknown = parse(await readFile(new URL('../../action.yml', import.meta.url), 'utf8'));
    const declared =
      typeof action === 'object' && action !== null && 'outputs' in action
        ? Object.keys(action.outputs ?? {})
        : [];
    const runs = await Promise.all([
      gate(finishes),
      gate(finishes, { mode: 'watch' }),
      gate({ progress: [nothing], report: [oldRow] }),
      gate({ progress: [ongoing] }, { timeout: '4s' }),
      gate({ authenticate: [{ status: 401 }] }),
      gate(
        finishes,
        {},
        {
          meanwhile: async (console, started) => {
            const child = await started;
            await console.reached('progress', 1);
            child.kill();
          },
        },
      ),
    ]);

    expect(runs.map(({ outputs }) => outputs.reason)).toEqual([
      'scan-completed',
      'invalid-input',
      'not-started',
      'still-scanning',
      'unauthorized',
      'signal',
    ]);
    expect(declared).toContain('verdict');
    for (const { outputs } of runs) {
      expect(Object.keys(outputs).sort()).toEqual([...declared].sort());
      expect(outputs['duration-seconds']).toMatch(/^\d+$/);
      expect(Array.isArray(JSON.parse(outputs.results ?? ''))).toBe(true);
    }
  });
});

describe('A log-in in the wrong input', () => {
  const SECRET = "hunter2*'x";
  const WRITTEN = encodeURIComponent(SECRET);

  test.each([
    ['registry', `https://robot:${WRITTEN}@registry.example.com`],
    ['registry', `robot:${WRITTEN}@registry.example.com`],
    ['repo', `robot:${WRITTEN}@registry.example.com/team/app`],
    ['tag', `https://robot:${WRITTEN}@registry.example.com`],
    ['digest', `robot:${WRITTEN}@registry.example.com`],
    ['images', `docker://robot:${WRITTEN}@registry.example.com/team/app:1`],
    ['images', `robot:${WRITTEN}@registry.example.com/team/app:1`],
    ['console-url', `https://robot:${WRITTEN}@console.example.com`],
    ['platforms', `https://robot:${WRITTEN}@registry.example.com`],
    ['mode', `https://robot:${WRITTEN}@registry.example.com`],
    ['timeout', `https://robot:${WRITTEN}@registry.example.com`],
    ['severity-cutoff', `https://robot:${WRITTEN}@registry.example.com`],
    ['exceptions', `https://robot:${WRITTEN}@registry.example.com/exceptions.yml`],
    ['ca-cert', `https://robot:${WRITTEN}@registry.example.com/ca.pem`],
    ['bogus', `https://robot:${WRITTEN}@registry.example.com`],
    ['registry', 'https://robot:abc@registry.example.com'],
    ['images', 'docker://robot:abc@registry.example.com/team/app:1'],
  ])('is never printed: %s is %s', async (input, value) => {
    const inputs = input === 'images' ? { ...NO_IMAGE, images: value } : { [input]: value };
    const run = await gate(finishes, inputs);
    expect(verdictOf(run)).toBe('1 error invalid-input');
    const masked = /^::add-mask::.*$/gm;
    const printed = shown(run).replace(masked, '');
    expect(printed).not.toMatch(/hunter2|robot:abc/);
  });
});

describe('Outside of a runner', () => {
  test('no command is printed that would show the password it is to mask', async () => {
    const run = await gate(
      finishes,
      { timeout: 'soon' },
      { addressed: (url) => ({ url, env: { GITHUB_ACTIONS: '', GITHUB_OUTPUT: '' } }) },
    );
    expect(run.log).not.toMatch(new RegExp(`add-mask|${PASSWORD}`));
  });

  test('a runner gets every secret', async () => {
    const run = await gate(finishes, { timeout: 'soon' });
    expect(run.log).toContain(`::add-mask::${PASSWORD}`);
  });
});

test.each(['passed', 'true', 'abc', 'invalid-input'])(
  'A token that is %s is refused, and the outputs are not masked for it',
  async (token) => {
    const run = await gate(finishes, { username: '', password: '', token });
    expect(verdictOf(run)).toBe('1 error invalid-input');
    expect(shown(run)).not.toContain('***');
  },
);
