import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { INPUT_NAMES, InputError, type InputName } from '../../src/action/input-text.ts';
import { parseInputs } from '../../src/action/inputs.ts';
import { openGates } from '../gate/rules.ts';

const digest = `sha256:${'a'.repeat(64)}`;

const complete: Partial<Record<InputName, string>> = {
  'console-url': 'https://console.example.com',
  username: 'gate',
  password: 'hunter2-secret',
  'api-version': '32.07',
  'ca-cert': '',
  'insecure-skip-tls-verify': 'false',
  registry: 'registry.example.com',
  repo: 'team/app',
  tag: '1.4',
  mode: 'trigger',
  timeout: '30m',
  'start-timeout': '5m',
  'report-timeout': '2m',
  'poll-interval': 'auto',
  'only-fixed': 'false',
  'fail-on-policy': 'false',
};

const noImage = { registry: '', repo: '', tag: '' };

const noFile = (path: string): string => {
  throw new Error(`ENOENT: ${path}`);
};

const parsed = async (change: Record<string, string> = {}) =>
  parseInputs(new Map(Object.entries({ ...complete, ...change })), noFile);

async function messageOf(change: Record<string, string>): Promise<string> {
  try {
    await parsed(change);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return '';
}

describe('Inputs', () => {
  test('become one record without anything undecided', async () => {
    expect(await parsed()).toEqual({
      address: { base: 'https://console.example.com', apiVersion: '32.07', project: '' },
      credentials: { kind: 'login', username: 'gate', password: 'hunter2-secret' },
      trust: { extraCa: '', verify: true },
      task: {
        mode: 'trigger',
        images: [
          {
            registry: 'registry.example.com',
            repository: 'team/app',
            scanBy: { tag: '1.4' },
            requiredDigest: undefined,
          },
        ],
      },
      limits: { timeoutMs: 1_800_000, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 },
      interval: 'auto',
      maxScanAgeMs: undefined,
      gates: openGates,
    });
  });

  test('take a token instead of user and password', async () => {
    const { credentials } = await parsed({ username: '', password: '', token: 'abc.def' });
    expect(credentials).toEqual({ kind: 'token', token: 'abc.def' });
  });

  test('never let start-timeout go beyond timeout', async () => {
    expect((await parsed({ timeout: '90s' })).limits.startTimeoutMs).toBe(90_000);
  });

  test('take a fixed interval', async () => {
    expect((await parsed({ 'poll-interval': '1s' })).interval).toEqual({ everyMs: 1_000 });
  });

  test.each(['32.07', 'v32.07'])('take the version %s', async (version) => {
    expect((await parsed({ 'api-version': version })).address.apiVersion).toBe('32.07');
  });

  test.each([
    [{ tag: '1.4' }, { scanBy: { tag: '1.4' }, requiredDigest: undefined }],
    [
      { tag: '', digest },
      { scanBy: { digest }, requiredDigest: digest },
    ],
    [
      { tag: '1.4', digest },
      { scanBy: { tag: '1.4' }, requiredDigest: digest },
    ],
    [{ registry: '' }, { registry: '' }],
    [{ registry: 'docker.io' }, { registry: '' }],
    [{ registry: 'https://registry.example.com:5000/' }, { registry: 'https://registry.example.com:5000' }],
  ])('read %j as an image', async (change, image) => {
    expect((await parsed(change)).task).toMatchObject({ mode: 'trigger', images: [image] });
  });

  test('know who starts the scan', async () => {
    expect((await parsed({ mode: 'await' })).task.mode).toBe('await');
    expect((await parsed({ mode: 'await-regular', ...noImage })).task).toEqual({ mode: 'await-regular' });
  });

  test('read a list of images, comments and duplicates left out', async () => {
    const images =
      '# the release\nregistry.example.com/team/app:1.4\n\nalpine # base\ndocker.io/library/alpine:latest\n';
    expect((await parsed({ ...noImage, images })).task).toMatchObject({
      mode: 'trigger',
      images: [
        { registry: 'registry.example.com', repository: 'team/app', scanBy: { tag: '1.4' } },
        { registry: '', repository: 'library/alpine', scanBy: { tag: 'latest' } },
      ],
    });
  });
});

describe('An input is refused', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['that does not exist', { 'severity-cuttoff': 'high' }, ['severity-cuttoff', 'timeout']],
    ['console-url, empty', { 'console-url': '' }, ['console-url', 'https://HOST']],
    ['console-url, no address', { 'console-url': 'console' }, ['console-url', '"console"', 'https://HOST']],
    [
      'console-url in the clear',
      { 'console-url': 'http://console.example.com' },
      ['console-url', 'https://'],
    ],
    ['api-version', { 'api-version': 'latest' }, ['api-version', '"latest"', '32.07']],
    ['ca-cert, a file that is not there', { 'ca-cert': 'ca.pem' }, ['ca-cert', '"ca.pem"', 'ENOENT', 'PEM']],
    [
      'ca-cert, broken',
      { 'ca-cert': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      ['ca-cert'],
    ],
    ['insecure-skip-tls-verify', { 'insecure-skip-tls-verify': 'yes' }, ['"yes"', 'true or false']],
    ['no credentials', { username: '', password: '' }, ['username', 'password', 'token']],
    ['username alone', { password: '' }, ['password', 'username']],
    ['password alone', { username: '' }, ['username', 'password']],
    ['token beside username', { token: 'abc', password: '' }, ['token', 'username']],
    ['token beside password', { token: 'abc', username: '' }, ['token', 'password']],
    ['a token of two lines', { token: 'abc\ndef', username: '', password: '' }, ['token']],
    ['repo, empty', { repo: '' }, ['repo', 'library/alpine']],
    ['repo with a tag', { repo: 'team/app:1.4' }, ['repo', '"team/app:1.4"', 'without']],
    ['repo in capitals', { repo: 'Team/App' }, ['repo', '"Team/App"']],
    ['repo with a slash at its end', { repo: 'team/' }, ['repo', '"team/"']],
    ['registry without a host', { registry: 'https://' }, ['registry', '"https://"']],
    ['repo with a registry', { registry: '', repo: 'docker.io/library/alpine' }, ['repo', 'registry']],
    ['project of two lines', { project: 'a\nb' }, ['project']],
    ['registry with a space', { registry: 'a b' }, ['registry', '"a b"', 'Docker Hub']],
    ['neither tag nor digest', { tag: '' }, ['tag', 'digest']],
    ['tag with a digest', { tag: `1.4@${digest}` }, ['tag', 'without']],
    ['tag with a space', { tag: 'a b' }, ['tag', '"a b"']],
    ['digest cut short', { digest: 'sha256:abc' }, ['digest', '"sha256:abc"', '64']],
    ['mode', { mode: 'watch' }, ['mode', '"watch"', 'trigger, await or await-regular']],
    ['an image in mode await-regular', { mode: 'await-regular' }, ['registry', 'await-regular']],
    ['timeout, empty', { timeout: '' }, ['timeout', '""', '90s']],
    ['timeout without unit', { timeout: '30' }, ['timeout', '"30"', '90s']],
    ['timeout of nothing', { timeout: '0s' }, ['timeout', '"0s"', 'at least 1s']],
    ['timeout beyond any job', { timeout: '1000h' }, ['timeout', '"1000h"', '120h']],
    ['start-timeout', { 'start-timeout': 'soon' }, ['start-timeout', '"soon"']],
    ['report-timeout', { 'report-timeout': '-1s' }, ['report-timeout', '"-1s"']],
    ['poll-interval below a second', { 'poll-interval': '0s' }, ['poll-interval', '"0s"', 'auto', '1s']],
  ])('%s', async (_what, change, words) => {
    const message = await messageOf(change);
    for (const word of words) expect(message).toContain(word);
  });

  test('without a word of any secret', async () => {
    const secrets = { password: 'hunter2-secret', token: 'eyJ.token' };
    const changes = [
      secrets,
      { ...secrets, username: '' },
      { 'console-url': 'https://user:hunter2-secret@console.example.com' },
      { 'console-url': 'user:hunter2-secret@console' },
      { token: 'hunter2-secret\n', username: '', password: '' },
      { ...secrets, mode: 'watch' },
    ];
    for (const change of changes) {
      expect(await messageOf(change)).not.toBe('');
      expect(await messageOf(change)).not.toMatch(/hunter2|eyJ/);
    }
  });

  test('as one line, whatever it holds', async () => {
    expect(await messageOf({ tag: 'x\n::error::forged ##[error]y' })).not.toMatch(/\n|::error|##\[/);
  });

  test('by the declared error only, whatever comes', async () => {
    const values = fc.oneof(fc.string(), fc.constantFrom('', 'await', '1s', 'sha256:', 'https://x', digest));
    const given = fc.dictionary(fc.constantFrom(...INPUT_NAMES), values);
    await fc.assert(
      fc.asyncProperty(given, async (change) => {
        try {
          await parsed(change);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
