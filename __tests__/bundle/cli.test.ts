import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startConsole as startEmbeddedConsole } from 'compute-console-emulator';
import pMap from 'p-map';
import { cycloneDxErrors } from '../output/cyclonedx-schema.ts';
import { gitlabErrors, receiptErrors, sarifErrors } from '../output/schemas.ts';
import { command, type GateCommandOptions, type GateEnd, gateCommand, IMAGE } from './command.ts';
import { ended, entry, NEW_DIGEST, nothing, oldRow, ongoing } from './console-data.ts';
import { found, reportOf, type WireFinding } from './findings-data.ts';
import { PASSWORD, USER } from './gate.ts';
import { HOSTILE } from './hostile.ts';
import { preload } from './preload.ts';
import { fleetConsole, referenceOf } from './release-console.ts';
import { type Asked, json, refused, type Scripts, token } from './scripted-console.ts';

/** The variables by which the CI systems are known. */
const SYSTEMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a plain log': {},
  Azure: { TF_BUILD: 'True' },
  Buildkite: { BUILDKITE: 'true' },
  GitHub: { GITHUB_ACTIONS: 'true' },
  GitLab: { GITLAB_CI: 'true', CI: 'true' },
  TeamCity: { TEAMCITY_VERSION: '2026.1' },
};

const FILES = {
  json: 'gate.json',
  junit: 'junit.xml',
  sarif: 'findings.sarif',
  sbom: 'sbom.cdx.json',
  receipt: 'receipt.json',
  summary: 'summary.md',
  gitlab: 'gl-container-scanning-report.json',
  dotenv: 'gate.env',
  tekton: 'results',
} as const;
const FILE_FLAGS = Object.entries(FILES).flatMap(([flag, path]) => [`--${flag}`, path]);

/** A scan that finishes with these findings. */
const scanned = (findings: readonly WireFinding[] = [], given: WireFinding = {}): Scripts => ({
  progress: [ongoing, ended, nothing],
  report: (asked: Asked, nth: number) => (nth === 0 ? oldRow : reportOf(findings, given)(asked)),
});

const passes = scanned();
const fails: Scripts = {
  progress: [ongoing, json([entry(false, { imageScan: { error: 'cannot pull' } })])],
  report: [oldRow],
};

/** Runs many at a time, since each mostly waits for its process. */
const all = <Case, Result>(cases: readonly Case[], run: (one: Case) => Promise<Result>): Promise<Result[]> =>
  pMap(cases, run, { concurrency: 3 });

/** Sends a signal to the gate while the scan is under way. */
const signalled = (signal: NodeJS.Signals, flags: readonly string[] = []) =>
  gateCommand({ progress: [ongoing], report: [oldRow] }, flags, {
    meanwhile: async (console, started) => {
      const child = await started;
      await console.reached('progress', 2);
      child.kill(signal);
    },
  });

describe('The exit status', () => {
  const ENDS: readonly {
    readonly status: number;
    readonly text: RegExp;
    readonly scripts: Scripts;
    readonly flags?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  }[] = [
    { status: 0, text: /^passed \(scan-completed\)/m, scripts: passes },
    { status: 1, text: /^failed \(scan-error\)/m, scripts: fails },
    {
      status: 1,
      text: /^failed \(severity-cutoff\)/m,
      scripts: scanned([found('high')]),
      flags: ['--severity-cutoff', 'high'],
    },
    { status: 2, text: /^error \(invalid-input\)/m, scripts: passes, flags: ['--timeout', 'soon'] },
    {
      status: 2,
      text: /^error \(invalid-input\).*severity-cutoff/m,
      scripts: passes,
      flags: ['--severity-cutoff', ''],
    },
    { status: 3, text: /^error \(unauthorized\)/m, scripts: { authenticate: [refused(401, 'no')] } },
    { status: 4, text: /^timed-out \(not-started\)/m, scripts: { progress: [nothing], report: [oldRow] } },
    { status: 4, text: /^timed-out \(still-scanning\)/m, scripts: { progress: [ongoing], report: [oldRow] } },
    {
      status: 3,
      text: /^error \(internal\)/m,
      scripts: passes,
      env: preload(`
        import { syncBuiltinESMExports } from 'node:module';
        import http from 'node:http';
        http.request = () => { setImmediate(() => { throw new Error('boom'); }); return new Promise(() => {}); };
        syncBuiltinESMExports();`),
    },
  ];

  test.each(ENDS.map((end) => ({ ...end, name: `${end.status} for ${end.text.source}` })))(
    'is $name',
    async ({ status, text, scripts, flags = [], env = {} }) => {
      const options: GateCommandOptions =
        Object.keys(env).length > 0 ? { env, meanwhile: async () => undefined } : {};
      const end = await gateCommand(scripts, flags, options);
      expect({ status: end.exitCode, stderr: end.stderr }).toEqual({
        status,
        stderr: expect.stringMatching(text),
      });
      expect(end.stdout).toBe('');
    },
  );

  test.each(['SIGINT', 'SIGTERM'] as const)('is 130 for %s, and the files are written', async (signal) => {
    const end = await signalled(signal, FILE_FLAGS);
    expect(end.exitCode).toBe(130);
    expect(end.stderr).toMatch(/^cancelled \(signal\): .*/m);
    expect(JSON.parse(end.files['gate.json'] ?? '')).toMatchObject({
      verdict: 'cancelled',
      reason: 'signal',
    });
  });

  test.each([
    { args: [], text: /There is no command\. .*gate, check, console/ },
    { args: ['gates'], text: /did you mean gate/ },
    { args: ['gate', '--severity-cutof', 'high'], text: /did you mean --severity-cutoff/ },
    { args: ['gate', '--password', 'hunter2'], text: /SCAN_GATE_PASSWORD, or --password-file/ },
    { args: ['gate', '--token=hunter2'], text: /SCAN_GATE_TOKEN, or --token-file/ },
    { args: ['gate', '--json', ''], text: /--json needs the path of a file/ },
    { args: ['gate', '--tekton', '-'], text: /--tekton needs the path of a folder/ },
  ])('is 2 for the arguments $args', async ({ args, text }) => {
    const end = await command(args);
    expect(end).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(text) });
    expect(end.stderr).not.toContain('hunter2');
    expect(end.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('is 2 if an image or the address is given empty, and nothing is sent', async () => {
    const ends = [
      await command(['gate', ''], { env: { SCAN_GATE_CONSOLE_URL: 'https://console.example.com' } }),
      await command(['gate', IMAGE], { env: { SCAN_GATE_CONSOLE_URL: '' } }),
    ];
    for (const end of ends)
      expect(end).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^error/m) });
  });

  test('is 0 for the help and the version', async () => {
    const [help, version] = await all([['--help'], ['--version']], (args) => command(args));
    expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Usage:$/m) });
    expect(version).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe('An input', () => {
  const pathAsked = async (flags: readonly string[], env: Readonly<Record<string, string>>) => {
    const { asked } = await gateCommand({ version: '0' }, flags, { env });
    return asked[0]?.path;
  };

  test('comes from the flag, then from the environment, then from the default', async () => {
    const env = { SCAN_GATE_API_VERSION: '33.01' };
    expect(await pathAsked(['--api-version', '34.04'], env)).toBe('/api/v34.04/authenticate');
    expect(await pathAsked([], env)).toBe('/api/v33.01/authenticate');
    expect(await pathAsked([], {})).toBe('/api/v32.07/authenticate');
  });

  test('that is misspelt in the environment is refused', async () => {
    const end = await gateCommand(passes, [], { env: { SCAN_GATE_SEVERITY_CUTOF: 'high' } });
    expect(end).toMatchObject({ exitCode: 2, asked: [], stderr: expect.stringMatching(/severity-cutoff/) });
  });
});

describe('A secret', () => {
  const NONE = { SCAN_GATE_PASSWORD: '' };
  const sentPassword = ({ asked }: GateEnd): unknown => JSON.parse(asked[0]?.body ?? '{}').password;

  test('comes from a file, without the line break at its end', async () => {
    const end = await gateCommand(passes, ['--password-file', 'password'], {
      env: NONE,
      prepare: (folder) => writeFile(join(folder, 'password'), `${PASSWORD}\n`),
    });
    expect([end.exitCode, sentPassword(end)]).toEqual([0, PASSWORD]);
  });

  test('comes from standard input', async () => {
    const end = await gateCommand(passes, ['--password-file', '-'], { env: NONE, stdin: `${PASSWORD}\n` });
    expect([end.exitCode, sentPassword(end)]).toEqual([0, PASSWORD]);
  });

  test('whose file is missing or empty is a wrong input, and nothing is sent', async () => {
    const ends = await all(['missing', 'empty'], (path) =>
      gateCommand(passes, ['--password-file', path], {
        env: NONE,
        prepare: (folder) => writeFile(join(folder, 'empty'), '\n'),
      }),
    );
    for (const end of ends) expect(end).toMatchObject({ exitCode: 2, asked: [] });
    expect(ends[0]?.stderr).toMatch(/--password-file cannot be read/);
  });

  /** Says everything back that it was sent. */
  const echo = ({ headers, body }: Asked): string =>
    `${headers.authorization} ${body} ${PASSWORD} ${token(1)}`;
  const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '');
  const SECRETS = [PASSWORD, token(1), base64(PASSWORD), base64(`${USER}:${PASSWORD}`)];
  const ECHOING: readonly Scripts[] = [
    {
      progress: (asked, nth) =>
        nth < 2 ? json([entry(true, { imageScan: { title: echo(asked) } })]) : nothing,
      report: (asked, nth) =>
        nth === 0 ? oldRow : reportOf([found('high', { description: echo(asked), cve: echo(asked) })])(asked),
    },
    { progress: (asked) => json([entry(false, { imageScan: { error: echo(asked) } })]), report: [oldRow] },
    { authenticate: (asked) => refused(401, `${PASSWORD} ${base64(`${USER}:${PASSWORD}`)} ${asked.body}`) },
    { authenticate: (asked) => ({ status: 500, body: echo(asked) }) },
  ];

  test.each(Object.keys(SYSTEMS))('is nowhere in what %s is told, nor in any file', async (system) => {
    const ends = await all(ECHOING, (scripts) =>
      gateCommand(scripts, ['--debug', '--severity-cutoff', 'high', ...FILE_FLAGS], {
        env: SYSTEMS[system] ?? {},
      }),
    );
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([1, 1, 3, 3]);
    for (const { stdout, stderr, files } of ends) {
      const written = [stdout, stderr, ...Object.values(files)].join('\n');
      expect(written.length).toBeGreaterThan(1_000);
      expect(SECRETS.filter((secret) => written.includes(secret))).toEqual([]);
    }
  });
});

describe('Text of the Console', () => {
  const HOSTILE_LINES = ['--- forged', '+++ forged', '~~~ forged', '^^^ +++', '##vso[task.complete]forged'];
  const TEXTS = [HOSTILE, ...HOSTILE_LINES];
  const hostileScripts = TEXTS.flatMap((text): Scripts[] => [
    {
      progress: [
        json([entry(true, { discovery: { title: text }, imageScan: { title: text } })]),
        ended,
        nothing,
      ],
      report: (asked, nth) =>
        nth === 0
          ? oldRow
          : reportOf([found('high', { cve: text, packageName: text, description: text, status: text })], {
              osDistro: text,
            })(asked),
    },
    { progress: [json([entry(false, { imageScan: { error: text } })])], report: [oldRow] },
    { trigger: [{ status: 400, body: text }], report: [oldRow] },
  ]);
  const sample = hostileScripts.slice(0, 3);
  const buildkite = hostileScripts.slice(3);

  /** The commands of our own that a system may find, with the text behind them. */
  const OWN =
    /^(?:##vso\[task\.(?:logissue type=\w+|setvariable variable=\w+;isoutput=true|uploadsummary)\]|::(?:warning|error) title=[^:]*::)/;

  test.each(Object.keys(SYSTEMS))('is no command for %s', async (system) => {
    const scripts = system === 'Buildkite' || system === 'Azure' ? [...sample, ...buildkite] : sample;
    const ends = await all(scripts, (each) =>
      gateCommand(each, ['--severity-cutoff', 'high', '--debug'], { env: SYSTEMS[system] ?? {} }),
    );
    for (const { exitCode, stdout, stderr } of ends) {
      expect([1, 3]).toContain(exitCode);
      const lines = `${stdout}\n${stderr}`.split(/[\n\r\u2028\u2029\u0085\v\f]/);
      const texts = lines.map((line) => line.replace(OWN, ''));
      expect(texts.filter((line) => /::|##(?:vso|teamcity)?\[/.test(line))).toEqual([]);
      expect(texts.filter((line) => /^\s*(?:---|\+\+\+|~~~|\^\^\^)/.test(line))).toEqual([]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would act on them
      expect(texts.filter((line) => /[\u0000-\u0008\u001b\u007f-\u009f\u202a-\u202e]/.test(line))).toEqual(
        [],
      );
    }
  });
});

describe('A file', () => {
  const FINDINGS = [found('critical'), found('low')];

  test('is written whole for each flag', async () => {
    const packages = [{ pkgsType: 'package', pkgs: [{ name: 'openssl', version: '3.0.1' }] }];
    const end = await gateCommand(scanned(FINDINGS, { packages }), FILE_FLAGS);
    expect(end.exitCode).toBe(0);
    const { files } = end;
    expect(cycloneDxErrors(JSON.parse(files[FILES.sbom] ?? ''))).toEqual([]);
    expect(
      Object.keys(files)
        .filter((name) => !name.startsWith('results/'))
        .sort(),
    ).toEqual(
      Object.values(FILES)
        .filter((name) => name !== 'results')
        .sort(),
    );
    expect(JSON.parse(files[FILES.json] ?? '')).toMatchObject({
      verdict: 'passed',
      reason: 'scan-completed',
      critical: 1,
      findings: 2,
      results: [
        {
          image: IMAGE,
          verdict: 'passed',
          digest: NEW_DIGEST,
          vulnerabilities: [expect.objectContaining({ severity: 'critical' }), expect.anything()],
        },
      ],
    });
    expect(files[FILES.junit]).toMatch(/^<\?xml [\s\S]*tests="1" failures="0"[\s\S]*<\/testsuites>\n$/);
    expect(sarifErrors(JSON.parse(files[FILES.sarif] ?? ''))).toEqual([]);
    expect(receiptErrors(JSON.parse(files[FILES.receipt] ?? ''))).toEqual([]);
    expect(gitlabErrors(JSON.parse(files[FILES.gitlab] ?? ''))).toEqual([]);
    expect(JSON.parse(files[FILES.gitlab] ?? '').vulnerabilities).toHaveLength(2);
    expect(files[FILES.summary]).toContain(NEW_DIGEST);
    expect(files[FILES.dotenv]).toContain(`SCAN_RESULT_IMAGE_BY_DIGEST=library/alpine@${NEW_DIGEST}\n`);
    expect(files[FILES.dotenv]).toMatch(/^(?:[A-Z_]+=\S*\n)+$/);
    expect(files['results/digest']).toBe(NEW_DIGEST);
    expect(files['results/verdict']).toBe('passed');
  });

  test('is written if the gate fails, and if its inputs are wrong', async () => {
    const ends = [
      await gateCommand(fails, FILE_FLAGS),
      await gateCommand(fails, ['--tag', 'x', ...FILE_FLAGS]),
    ];
    const failed = ends.map(({ exitCode, files }) => [
      exitCode,
      files['results/verdict'],
      files[FILES.junit],
    ]);
    expect(failed).toEqual([
      [1, 'failed', expect.stringContaining('<failure')],
      [2, 'error', expect.stringContaining('<error')],
    ]);
    for (const { files } of ends) expect(gitlabErrors(JSON.parse(files[FILES.gitlab] ?? ''))).toEqual([]);
  });

  /** A disk that takes half of each text. */
  const FULL_DISK = preload(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { writeFileSync } = fs;
    fs.writeFileSync = (path, text) => {
      writeFileSync(path, String(text).slice(0, 10));
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
  `);

  test.each(['a plain log', 'Azure', 'Buildkite'])(
    'on a full disk is a warning in %s, and leaves no part',
    async (name) => {
      const ends = await all([passes, fails], (scripts) =>
        gateCommand(scripts, FILE_FLAGS, {
          env: { ...SYSTEMS[name], ...FULL_DISK },
          meanwhile: async () => undefined,
          prepare: (folder) => writeFile(join(folder, FILES.json), '{"verdict":"passed"}'),
        }),
      );
      expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 1]);
      for (const { files, stderr } of ends) {
        expect(files).toEqual({});
        expect(stderr).toMatch(/JUnit file could not be written: ENOSPC/);
        expect(stderr).not.toMatch(/uploadsummary|buildkite-agent/);
      }
    },
  );

  test('never takes the place of a device', async () => {
    const end = await gateCommand(passes, ['--junit', '/dev/full', '--receipt', '/dev/null']);
    expect(end.exitCode).toBe(0);
    expect(end.files).toEqual({});
    expect(end.stderr).toMatch(/JUnit file could not be written: ENOSPC/);
    expect(end.stderr).not.toMatch(/receipt could not be written/);
  });

  test.each([
    ['gate', '--json', 'kept', 'it is a folder'],
    ['check', '--sarif', 'kept/file/findings.sarif', 'its folder is a file'],
    ['gate', '--summary', 'missing/folder/summary.md', 'ENOENT'],
    ['check', '--tekton', 'kept/file', 'its folder is a file'],
  ])('is a mistake before anything is asked: %s %s %s', async (name, flag, path, why) => {
    const end = await gateCommand(passes, [], {
      args: [name, IMAGE, flag, path, '--dotenv', 'gate.env'],
      prepare: async (folder) => {
        await mkdir(join(folder, 'kept'));
        await writeFile(join(folder, 'kept', 'file'), 'still here');
        await writeFile(join(folder, 'gate.env'), 'SCAN_RESULT_VERDICT=passed');
      },
    });
    expect([end.exitCode, end.asked]).toEqual([2, []]);
    expect(end.stderr).toMatch(
      new RegExp(`^error \\(invalid-input\\): ${flag} is ".*", which cannot be written: ${why}`, 'm'),
    );
    expect(end.files['kept/file']).toBe('still here');
    expect(end.files['gate.env']).toContain('SCAN_RESULT_VERDICT=error');
  });
});

describe('A pipe that closes', () => {
  test.each([
    ['would pass', passes],
    ['would fail', fails],
  ] as const)('ends a run that %s as an error, and does not hang', async (_what, scripts) => {
    const closed = Promise.withResolvers<void>();
    const { progress = [] } = scripts;
    const waiting: Scripts = {
      ...scripts,
      progress: async (_asked, nth) => {
        await closed.promise;
        return (
          (Array.isArray(progress) ? progress[Math.min(nth, progress.length - 1)] : undefined) ?? nothing
        );
      },
    };
    const end = await gateCommand(waiting, FILE_FLAGS, {
      meanwhile: async (console, started) => {
        const child = await started;
        await console.reached('progress', 1);
        child.stdout.destroy();
        child.stderr.destroy();
        closed.resolve();
      },
    });
    expect(end.exitCode).toBe(3);
    expect(JSON.parse(end.files[FILES.json] ?? '')).toMatchObject({ verdict: 'error', reason: 'internal' });
  });

  test('is no error for the help', async () => {
    const end = await command(['--help'], { onStart: ({ stdout }) => stdout.destroy() });
    expect(end).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('A terminal', () => {
  const TERMINAL = preload(`
    import process from 'node:process';
    process.stderr.isTTY = true;
    process.stderr.columns = 80;
  `);
  const BAR = '\r\u001b[2K';
  const COLOUR = '\u001b[31m';
  // The bar shows what repeats.
  const slow = {
    ...fails,
    progress: [ongoing, ongoing, ongoing, json([entry(false, { imageScan: { error: 'no' } })])],
  };
  const onTerminal = (flags: readonly string[] = [], env = {}) =>
    gateCommand(slow, flags, { env: { TERM: 'xterm', ...TERMINAL, ...env } });

  test('has a progress bar and colours', async () => {
    const { stderr } = await onTerminal();
    expect(stderr).toContain(BAR);
    expect(stderr).toContain(`${COLOUR}failed (scan-error)`);
  });

  test('has no colours with NO_COLOR, no bar with --no-progress, and neither if it is dumb', async () => {
    const plain = await onTerminal([], { NO_COLOR: '1' });
    expect([plain.stderr.includes(BAR), plain.stderr.includes(COLOUR)]).toEqual([true, false]);
    const still = await onTerminal(['--no-progress']);
    expect([still.stderr.includes(BAR), still.stderr.includes(COLOUR)]).toEqual([false, true]);
    const dumb = await onTerminal([], { TERM: 'dumb' });
    expect(dumb.stderr).not.toContain('\u001b');
  });

  test('that is none has neither', async () => {
    const { stderr } = await gateCommand(fails);
    expect(stderr).not.toContain('\u001b');
  });
});

describe('What a CI system shows', () => {
  test('is issues, variables and a summary in Azure', async () => {
    const { stderr, files } = await gateCommand(fails, [], { env: SYSTEMS.Azure ?? {} });
    expect(stderr).toMatch(/^##vso\[task\.logissue type=error\]failed \(scan-error\)/m);
    expect(stderr).toMatch(/^##vso\[task\.setvariable variable=SCAN_RESULT_VERDICT;isoutput=true\]failed$/m);
    const path = /^##vso\[task\.uploadsummary\](\/.*)$/m.exec(stderr)?.[1] ?? '';
    expect(path).toMatch(/\/tmp\/.*\/summary\.md$/);
    expect(Object.keys(files)).toEqual([expect.stringMatching(/^tmp\/.*summary\.md$/)]);
  });

  test('is the file of --summary, if that is given, by its absolute path', async () => {
    const ends = await all(['Azure', 'Buildkite'], (system) =>
      gateCommand(passes, ['--summary', 'summary.md'], { env: SYSTEMS[system] ?? {} }),
    );
    expect(ends.map(({ files }) => Object.keys(files))).toEqual([['summary.md'], ['summary.md']]);
    // A receipt that no flag asked for is nowhere to be found.
    expect(ends.map(({ files }) => files['summary.md'])).not.toContainEqual(
      expect.stringContaining('Receipt'),
    );
    const [azure, buildkite] = ends.map(({ stderr }) => stderr);
    expect(azure).toMatch(/^##vso\[task\.uploadsummary\]\/.*\/summary\.md$/m);
    expect(buildkite).toMatch(
      /^Annotate: buildkite-agent annotate --style success --context scan-gate < \/.*\/summary\.md$/m,
    );
  });

  test('is the log alone elsewhere', async () => {
    const ends = await all(['TeamCity', 'GitLab', 'a plain log'], (system) =>
      gateCommand(passes, [], { env: SYSTEMS[system] ?? {} }),
    );
    for (const { stderr, files } of ends) {
      expect(files).toEqual({});
      expect(stderr).not.toMatch(/##|::/);
    }
  });
});

describe('The preflight', () => {
  const check = async (user: string, image?: string) => {
    const scenario = fleetConsole(1);
    const console = await startEmbeddedConsole({ scenario });
    const known = scenario.images.map(referenceOf)[0] ?? '';
    try {
      const env = {
        SCAN_GATE_CONSOLE_URL: console.url,
        SCAN_GATE_USERNAME: user,
        SCAN_GATE_PASSWORD: 'let-me-scan',
      };
      return {
        ...(await command(['check', image ?? known, ...FILE_FLAGS], { env })),
        asked: console.requests,
      };
    } finally {
      await console.close();
    }
  };

  test('starts nothing, and its exit status is 0 if nothing is wrong', async () => {
    const { exitCode, stderr, files, asked } = await check('gate');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/^passed \(check-passed\)/m),
    });
    expect(asked.filter(({ method, path }) => method === 'POST' && path.includes('scan'))).toEqual([]);
    expect(files[FILES.junit]).toMatch(/<testcase name="log-in"[^>]*\/>/);
  });

  test('has exit status 3 if something is wrong, and says what to do', async () => {
    const { exitCode, stderr, files } = await check('stranger');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: expect.stringMatching(/^error \(check-failed\)/m),
    });
    expect(files[FILES.junit]).toContain('<failure');
  });
});

describe('The embedded Console', () => {
  test('is started by console, has its own help, and ends with a signal', async () => {
    const ready = Promise.withResolvers<string>();
    const running = command(['console', '--port', '0'], {
      onStart: (child) => {
        let text = '';
        child.stdout.on('data', (chunk) => {
          text += chunk;
          const url = /^console ready: (\S+)\n/.exec(text)?.[1];
          if (url === undefined) return;
          ready.resolve(url);
          fetch(`${url}/api/v32.07/authenticate`, {
            method: 'POST',
            body: JSON.stringify({ username: 'gate', password: 'let-me-scan' }),
          }).then(
            ({ status }) => child.kill(status === 200 ? 'SIGTERM' : 'SIGKILL'),
            () => child.kill('SIGKILL'),
          );
        });
      },
    });
    expect(await ready.promise).toMatch(/^http:\/\//);
    expect(await running).toMatchObject({ exitCode: 0, stderr: '' });
    const [help, asked, wrong] = await all(
      [
        ['help', 'console'],
        ['console', '--port', '0', '--help'],
        ['console', '--prot', '1'],
      ],
      (args) => command(args),
    );
    expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('--port'), stderr: '' });
    expect(asked).toMatchObject({ exitCode: 2, stdout: help?.stdout });
    expect(asked?.stderr).toContain('registry-scan-gate help console');
    expect(help?.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--help') });
  });
});
