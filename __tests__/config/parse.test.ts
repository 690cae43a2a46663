import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InputError } from '../../src/config/input-reader.ts';
import { INPUT_NAMES, INPUTS } from '../../src/config/inputs.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { noGates } from '../builders/policy.ts';
import { COMPLETE, configOf, DIGEST, NO_IMAGE, problemsOf, warningsOf } from './reading.ts';

const noFiles = {
  read: (): string => {
    throw new Error('ENOENT');
  },
};

const messageOf = async (change: Record<string, string>): Promise<string> => {
  try {
    await configOf(change);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return '';
};

describe('Inputs', () => {
  test('become one record without anything undecided', async () => {
    expect(await configOf()).toEqual({
      address: { base: 'https://console.example.com', apiVersion: '32.07', project: undefined },
      credentials: { kind: 'login', username: 'gate', password: 'hunter2-secret' },
      tls: { extraCas: undefined, verify: true },
      task: {
        mode: 'trigger',
        images: [
          {
            registry: 'registry.example.com',
            repository: 'team/app',
            tag: '1.4',
            digest: undefined,
            scanBy: { tag: '1.4' },
            platform: undefined,
          },
        ],
        digestSource: 'input',
        platforms: 'scanned',
      },
      limits: { timeoutMs: 1_800_000, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 },
      pollInterval: 'auto',
      maxScanAgeMs: undefined,
      policy: noGates,
      exceptionFiles: [],
      warnings: [],
    });
  });

  test('given by their defaults are the same as inputs that are absent', async () => {
    const byDefault = INPUTS.map((input) => [input.name, input.default ?? '']);
    expect(await configOf({ ...Object.fromEntries(byDefault), ...COMPLETE })).toEqual(await configOf());
  });

  test('with white space around them are the same as without', async () => {
    const spaced = Object.entries(COMPLETE).map(([name, value]) => [name, ` ${value}\n`]);
    expect(await configOf(Object.fromEntries(spaced))).toEqual(await configOf());
  });

  test.each(
    INPUTS.filter(({ empty, isRequired }) => empty === 'default' && !isRequired)
      .map(({ name }) => name)
      .filter((name) => !Object.hasOwn(COMPLETE, name)),
  )('take the default where %s is empty', async (name) => {
    expect(await configOf({ [name]: '' })).toEqual(await configOf());
  });

  test('of images are not needed for a check of the access alone', async () => {
    expect((await configOf({ mode: 'check', ...NO_IMAGE })).task).toEqual({
      mode: 'check',
      images: [],
      digestSource: 'input',
      platforms: 'scanned',
    });
  });

  test.each(['trigger', 'await', 'check'])('name the image of mode %s', async (mode) => {
    expect((await configOf({ mode })).task).toMatchObject({ mode, images: [{ repository: 'team/app' }] });
  });

  test('of mode await-regular name no image', async () => {
    expect((await configOf({ mode: 'await-regular', ...NO_IMAGE })).task).toEqual({ mode: 'await-regular' });
  });
});

describe('A mode is refused', () => {
  test.each([
    ['watch', 'Input mode is "watch"; expected trigger, await, await-regular or check.'],
    [
      'await_regular',
      'Input mode is "await_regular"; expected trigger, await, await-regular or check. Did you mean await-regular?',
    ],
    [
      'Trigger',
      'Input mode is "Trigger"; expected trigger, await, await-regular or check. Did you mean trigger?',
    ],
    [
      'regular',
      'Input mode is "regular"; expected trigger, await, await-regular or check. Did you mean await-regular?',
    ],
    [
      'dry-run',
      'Input mode is "dry-run"; expected trigger, await, await-regular or check. Did you mean check?',
    ],
  ])('that is %s', async (mode, problem) => {
    expect(await problemsOf({ mode })).toEqual([problem]);
    expect(await problemsOf({ mode, ...NO_IMAGE })).toEqual([problem]);
  });

  test('of await-regular with inputs about images, each of them named', async () => {
    expect(
      await problemsOf({ mode: 'await-regular', registry: '', digest: DIGEST, 'severity-cutoff': 'high' }),
    ).toEqual([
      `Mode await-regular waits for whole registries and takes no inputs about images; leave out repo ("team/app"), tag ` +
        `("1.4"), digest ("${DIGEST}") and severity-cutoff ("high"), or use mode trigger or await.`,
    ]);
  });
});

describe('A name that is no input', () => {
  test.each([
    ['severity-cuttoff', 'Did you mean severity-cutoff?'],
    ['severity_cutoff', 'Did you mean severity-cutoff?'],
    ['insecure_skip_tls_verify', 'Did you mean insecure-skip-tls-verify?'],
    ['time-out', 'Did you mean timeout?'],
    ['consol-url', 'Did you mean console-url?'],
    ['platform', 'Did you mean platforms?'],
    ['repository', 'Did you mean repo?'],
    ['fail-on', 'Did you mean severity-cutoff?'],
    [
      'pcc_user',
      "It belongs to the vendor's own scan action. Here it is username. See https://github.com/OWNER/registry-scan-gate/blob/v1.0.0/docs/running.md#migration.",
    ],
    [
      'twistcli_debug',
      "It belongs to the vendor's own scan action. It has no counterpart here. See https://github.com/OWNER/registry-scan-gate/blob/v1.0.0/docs/running.md#migration.",
    ],
    [
      'sarif_file',
      "It belongs to the vendor's own scan action. The output sarif-path names such a file. See https://github.com/OWNER/registry-scan-gate/blob/v1.0.0/docs/running.md#migration.",
    ],
  ])('%s is answered', async (name, hint) => {
    expect(await problemsOf({ [name]: 'x' })).toEqual([`There is no input "${name}". ${hint}`]);
  });

  test('and is like none is answered with all inputs, once', async () => {
    expect(await problemsOf({ bogus: 'x', colour: 'y' })).toEqual([
      `There is no input "bogus", "colour". Inputs are ${INPUT_NAMES.join(', ')}. A variable of the job counts as an ` +
        'input: INPUT_BOGUS in GitHub Actions, SCAN_GATE_BOGUS on the command line.',
    ]);
  });

  test('is refused without a value only if it is a misspelt input', async () => {
    expect(await problemsOf({ bogus: '', version: ' ' })).toEqual([]);
    expect(await problemsOf({ 'severity-cutof': '' })).toEqual([
      'There is no input "severity-cutof". Did you mean severity-cutoff?',
    ]);
  });
});

describe('An input that is given empty', () => {
  test.each([
    ['severity-cutoff', 'none'],
    ['compliance-cutoff', 'none'],
    ['exploit-cutoff', 'none'],
    ['grace', 'none'],
    ['fail-on-policy', 'false'],
    ['digest', 'any'],
    ['platforms', 'scanned'],
  ])('is refused if it is %s', async (name, byDefault) => {
    const problem =
      `Input ${name} is empty; an expression or variable probably has no value. Set it to ${byDefault} to go without ` +
      'this check, or remove the input.';
    expect(await problemsOf({ [name]: '' })).toEqual([problem]);
    expect(await problemsOf({ [name]: ' \n', mode: 'check', ...NO_IMAGE })).toEqual([problem]);
  });

  test('is warned of if it limits what is accepted', async () => {
    expect(await warningsOf({ 'vex-max-age': '' })).toEqual([
      'Input vex-max-age is empty, and counts as its default, 365d.',
    ]);
  });
});

describe('An input without effect', () => {
  test.each<[Record<string, string>, string]>([
    [{ 'only-fixed': 'true' }, 'Input only-fixed has no effect without severity-cutoff.'],
    [{ mode: 'check', 'poll-interval': '5s' }, 'Input poll-interval has no effect with mode check.'],
    [
      { mode: 'check', 'start-timeout': '1m', 'report-timeout': '1m' },
      'Inputs start-timeout and report-timeout have no effect with mode check.',
    ],
    [
      { mode: 'await-regular', ...NO_IMAGE, 'report-timeout': '1m' },
      'Input report-timeout has no effect with mode await-regular.',
    ],
  ])('is warned of: %j', async (change, warning) => {
    expect(await warningsOf(change)).toEqual([warning]);
  });
});

describe('Mistakes', () => {
  test('are all reported at once', async () => {
    const change = { 'console-url': '', password: '', tag: 'a b', timeout: '30', mode: 'watch', bogus: '1' };
    const problems = await problemsOf(change);
    expect(problems.map((problem) => /input (\S+)/i.exec(problem)?.[1])).toEqual([
      '"bogus".',
      'console-url',
      'password',
      'mode',
      'tag',
      'timeout',
    ]);
    const message = await messageOf(change);
    expect(message).toMatch(/^6 mistakes in the inputs: \(1\) There is no input "bogus"/);
    for (const problem of problems) expect(message).toContain(problem);
  });

  test('that are alone are the message as they are', async () => {
    expect([await messageOf({ timeout: '30' })]).toEqual(await problemsOf({ timeout: '30' }));
  });

  test('are reported without any secret', async () => {
    const secrets = { password: 'hunter2-secret', token: 'eyJ.token' };
    const changes = [
      secrets,
      { ...secrets, username: '' },
      { 'console-url': 'https://user:hunter2-secret@console.example.com' },
      { 'console-url': 'user:hunter2-secret@console' },
      { 'console-url': 'https://app.prismacloud.io/?token=hunter2-secret' },
      { 'console-url': 'console?token=hunter2-secret' },
      { token: 'hunter2\nsecret', username: '', password: '' },
      { ...secrets, mode: 'watch' },
    ];
    for (const change of changes) {
      expect(await messageOf(change)).not.toBe('');
      expect(await messageOf(change)).not.toMatch(/hunter2|eyJ/);
    }
  });

  test.each(INPUT_NAMES)('in %s are one line, whatever it holds', async (name) => {
    const message = await messageOf({ [name]: 'x\n::error::forged ##[error]y' });
    expect(message).not.toMatch(/[\n\r]|::error|##\[/);
  });

  test('are shown with a value of a length that people read', async () => {
    expect((await messageOf({ tag: `${'x'.repeat(10_000)}/` })).length).toBeLessThan(400);
  });

  test('are the only error, whatever comes', async () => {
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', 'await', 'check', '1s', 'sha256:', 'https://x', 'a/b@c:d', 'all', DIGEST),
    );
    const names = fc.oneof(fc.constantFrom(...INPUT_NAMES), fc.string());
    const environments = fc.record({ https_proxy: fc.string(), no_proxy: fc.string() }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, values), environments, async (change, environment) => {
        try {
          await parseConfig(new Map(Object.entries({ ...COMPLETE, ...change })), noFiles, environment);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect(error instanceof InputError && error.problems.join('')).not.toMatch(/[\n\r]/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
