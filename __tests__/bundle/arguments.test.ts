import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { FILE_FLAGS } from '../../src/command/flags.ts';
import { type CommandEnd, command, gateCommand, IMAGE } from './command.ts';
import { ended, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { PASSWORD } from './gate.ts';

const passes = { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] };

const all = <T>(inputs: readonly T[], run: (input: T) => Promise<CommandEnd>) =>
  pMap(inputs, run, { concurrency: 3 });

const lastLine = ({ stderr }: CommandEnd) => stderr.trimEnd().split('\n').at(-1);

/** Arguments that nothing may be gated with, whatever stands around them. */
const MISTAKEN: readonly (readonly string[])[] = [
  [],
  ['gates', IMAGE],
  ['gate', '--help'],
  ['gate', IMAGE, '-h'],
  ['check', '--help'],
  ['check', IMAGE, '--bogus'],
  ['--help', 'gate'],
  ['--version', IMAGE],
  ['help', 'gate', IMAGE],
  ['completion', 'csh'],
  ['gate', ''],
  ['gate', IMAGE, ' '],
  ['gate', IMAGE, '# none'],
  ['gate', IMAGE, '--only-fixed', 'false'],
  ['gate', '--insecure-skip-tls-verify', 'false', IMAGE],
  ['gate', 'true'],
  ['gate', 'version'],
  ['gate', IMAGE, '--severity-cutoff', 'high', '--severity-cutoff', 'none'],
  ['gate', IMAGE, '--timeout'],
  ['gate', IMAGE, '--json', '--sarif', 'x.sarif'],
  ['gate', IMAGE, '--password', 'hunter2-secret'],
  ['gate', IMAGE, '--pasword=hunter2-secret'],
  ['gate', IMAGE, '--password-file', 'hunter2-secret'],
  ['gate', IMAGE, '--exceptions', '-----BEGIN hunter2-secret'],
];

describe('A command line that is wrong', () => {
  test('ends with 2, a verdict as the last line, and the files that were asked for; none of the run before is left', async () => {
    const ends = await all(MISTAKEN, (args) =>
      gateCommand(passes, [], {
        args: [...args, '--dotenv', 'gate.env', '--json', 'gate.json', '--tekton', 'results'],
        meanwhile: async () => undefined,
        prepare: async (folder) => {
          await writeFile(join(folder, 'gate.env'), 'SCAN_RESULT_VERDICT=passed\n');
          await mkdir(join(folder, 'results'));
          await writeFile(join(folder, 'results', 'image-by-digest'), 'stale');
        },
      }),
    );
    for (const [index, end] of ends.entries()) {
      const args = MISTAKEN[index];
      expect([args, end.exitCode, lastLine(end)]).toEqual([
        args,
        2,
        expect.stringMatching(/^error \(invalid-input\): /),
      ]);
      expect(end.files['gate.env']).toMatch(/^SCAN_RESULT_VERDICT=error\nSCAN_RESULT_REASON=invalid-input\n/);
      expect(JSON.parse(end.files['gate.json'] ?? '')).toMatchObject({ verdict: 'error', critical: null });
      expect(end.files['results/image-by-digest']).toBe('');
      expect(JSON.stringify(end)).not.toContain('hunter2');
      expect(end).toMatchObject({ asked: [] });
    }
  });

  test('names every mistake at once, those of the arguments and those of the inputs', async () => {
    const end = await command(['gate', IMAGE, '--bogus', '--timeout', 'soon', '--severity-cutoff', '']);
    for (const mistake of ['--bogus', 'timeout is "soon"', 'severity-cutoff is', 'console-url is empty']) {
      expect(lastLine(end)).toContain(mistake);
    }
  });

  test('shows the same help as help, and ends with 2', async () => {
    const [wrong, right] = await all(
      [
        ['gate', IMAGE, '--help'],
        ['help', 'gate'],
      ],
      (args) => command(args),
    );
    expect(right).toMatchObject({ exitCode: 0, stderr: '' });
    expect(wrong).toMatchObject({ exitCode: 2, stdout: right?.stdout });
    const json = await command(['gate', '--help', '--json', '-']);
    expect(JSON.parse(json.stdout)).toMatchObject({ reason: 'invalid-input' });
    expect(json.stderr).toContain(right?.stdout);
  });
});

describe('The files of the run before', () => {
  test('are gone before anything is asked for', async () => {
    const flags = Object.keys(FILE_FLAGS).flatMap((flag) => [`--${flag}`, `old-${flag}`]);
    let left: unknown;
    const end = await gateCommand(
      {
        ...passes,
        authenticate: async () => {
          left = await Promise.all(
            Object.keys(FILE_FLAGS)
              .filter((flag) => flag !== 'tekton')
              .map((flag) => readFile(join(folderOfRun, `old-${flag}`), 'utf8').catch(() => 'gone')),
          );
          return { status: 401, body: 'no' };
        },
      },
      flags,
      {
        meanwhile: async () => undefined,
        prepare: async (folder) => {
          folderOfRun = folder;
          for (const flag of Object.keys(FILE_FLAGS)) {
            if (flag !== 'tekton') await writeFile(join(folder, `old-${flag}`), 'stale');
          }
        },
      },
    );
    expect(end.exitCode).toBe(3);
    expect(left).toEqual(Array(Object.keys(FILE_FLAGS).length - 1).fill('gone'));
  });
  let folderOfRun = '';

  test('are gone if it had more images, and what only looks like them stays', async () => {
    const others = [
      'sbom-2024.json',
      'sbom-1.xml',
      'sbom-01.json',
      'sbom-a.json',
      'other-1.json',
      'sbom-3.json',
    ];
    const args = ['gate', '', '--sbom', 'sbom.json', '--exceptions', 'sbom-3.json'];
    const end = await command(args, {
      prepare: (folder) =>
        Promise.all(
          ['sbom.json', 'sbom-1.json', 'sbom-2.json', 'sbom-12.json', ...others].map((name) =>
            writeFile(join(folder, name), 'stale'),
          ),
        ),
    });
    expect(end.exitCode).toBe(2);
    expect(Object.keys(end.files).sort()).toEqual([...others].sort());
  });

  test('are never an input of this one', async () => {
    const end = await gateCommand(passes, [], {
      args: ['gate', IMAGE, '--password-file', 'kept', '--json', './kept'],
      meanwhile: async () => undefined,
      prepare: (folder) => writeFile(join(folder, 'kept'), PASSWORD),
    });
    expect(end).toMatchObject({ exitCode: 2, files: { kept: PASSWORD } });
  });

  test('are removed if a link leads to them, and what it leads to stays', async () => {
    const end = await gateCommand(passes, ['--dotenv', 'link'], {
      prepare: async (folder) => {
        await writeFile(join(folder, 'target'), 'kept');
        await symlink('target', join(folder, 'link'));
      },
    });
    expect(end.files.target).toBe('kept');
    expect(end.files.link).toContain('SCAN_RESULT_VERDICT=passed');
  });
});

describe('Standard output', () => {
  test.each(Object.keys(FILE_FLAGS).filter((flag) => flag !== 'tekton'))(
    'has what --%s - asks for, and nothing else',
    async (flag) => {
      const [piped, filed] = await all([['-'], ['file']], ([path = '']) =>
        gateCommand(passes, [`--${flag}`, path]),
      );
      expect(piped).toMatchObject({ exitCode: 0, files: {} });
      const withoutTimes = (text = '') => text.replace(/\d+/g, '0');
      if (flag !== 'json') expect(withoutTimes(piped?.stdout)).toBe(withoutTimes(filed?.files.file));
      expect(lastLine(piped ?? { exitCode: 0, stdout: '', stderr: '', files: {} })).toMatch(/^passed /);
      expect(filed?.stdout).toBe('');
    },
  );

  test('has JSON with numbers, null, the paths of files and the findings', async () => {
    const end = await gateCommand(passes, ['--json', '-', '--receipt', 'receipt.json']);
    const json = JSON.parse(end.stdout);
    expect(json).toMatchObject({
      verdict: 'passed',
      scanned: expect.any(Number),
      'duration-seconds': expect.any(Number),
      'sarif-path': null,
      'receipt-path': expect.stringMatching(/^\/.*\/receipt\.json$/),
      files: { receipt: expect.stringMatching(/receipt\.json$/) },
      results: [expect.objectContaining({ image: IMAGE })],
    });
    expect(JSON.stringify(json)).not.toContain('""');
  });

  test('has nothing with --quiet, and standard error the line that decides alone', async () => {
    const end = await gateCommand(passes, ['--quiet']);
    expect(end.stdout).toBe('');
    expect(end.stderr).toMatch(/^(?:warning: [^\n]*\n)*passed \(scan-completed\): [^\n]*\n$/);
  });
});
