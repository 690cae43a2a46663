import { describe, expect, test } from '@jest/globals';
import type { OutputFile } from '../../src/host.ts';
import { NO_PATHS } from '../../src/output/outputs.ts';
import { OutputsLostError, publish } from '../../src/output/publish.ts';
import { decided, finding, imageResult, otherImage, runResult, unknownImage } from './builders.ts';
import { recordingHost } from './publish-host.ts';

const failedImage = imageResult([finding()], { decision: decided('severity-cutoff', 'It has findings.') });

function firstIndex(order: readonly string[], pattern: RegExp): number {
  return order.findIndex((entry) => pattern.test(entry));
}

function lastIndex(order: readonly string[], pattern: RegExp): number {
  return order.findLastIndex((entry) => pattern.test(entry));
}

describe('Publishing', () => {
  test('writes outputs before any file, then the summary, and as the last line the one that decides', async () => {
    const { host, order } = recordingHost();
    await publish(host, runResult([imageResult([finding()], { warnings: [{ kind: 'no-report' }] })]));
    const kinds = order.map((entry) => entry.split(' ')[0]);
    expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).toEqual([
      'output',
      'file',
      'summary',
      'warning',
      'info',
    ]);
  });

  test('writes a pass as the last output and everything else as the first', async () => {
    const passed = recordingHost();
    await publish(passed.host, runResult());
    expect(lastIndex(passed.order, /^output/)).toBe(passed.order.indexOf('output verdict'));
    const failed = recordingHost();
    await publish(failed.host, runResult([failedImage]));
    expect(failed.order[0]).toBe('output verdict');
  });

  test.each(['verdict', 'reason', 'results', 'digest'])(
    'throws if a pass cannot be written, and leaves none of it behind: %s',
    async (name) => {
      const { host, outputs, files } = recordingHost((what) => what === `output ${name}`);
      await expect(publish(host, runResult())).rejects.toThrow(
        new OutputsLostError(new Error(`output ${name}: no space left on device`)),
      );
      expect(outputs.size).toBe(0);
      expect(files.size).toBe(0);
    },
  );

  test('goes on if the outputs of a failure cannot be written', async () => {
    const { host, log, files } = recordingHost((what) => what.startsWith('output'));
    await publish(host, runResult([failedImage]));
    expect(log.filter((line) => line.includes('The outputs could not be written'))).toHaveLength(1);
    expect(log.some((line) => line.includes('a file that is not there'))).toBe(false);
    expect(log.some((line) => line.includes('failed (severity-cutoff): It has findings.'))).toBe(true);
    expect([...files.keys()]).toContain('/reports/receipt.json');
  });

  test('writes every file that an output names', async () => {
    const { host, outputs, files } = recordingHost();
    await publish(host, runResult());
    const named = [...outputs].filter(([name]) => name in NO_PATHS).map(([, path]) => path);
    expect(named).toHaveLength(Object.keys(NO_PATHS).length);
    expect(new Set(files.keys())).toEqual(new Set(named));
  });

  test.each([
    ['an image that failed', runResult([failedImage])],
    ['one failed image of two', runResult([imageResult(), failedImage])],
    ['a run that was stopped', runResult([imageResult()], { decision: decided('signal') })],
  ])('has no checksums and no verification result of %s', async (_name, result) => {
    const { host, outputs, files } = recordingHost();
    await publish(host, result);
    expect([outputs.get('subjects-path'), outputs.get('svr-path')]).toEqual(['', '']);
    expect([...files.keys()].filter((path) => /subjects|svr/.test(path))).toEqual([]);
    const passed = recordingHost();
    await publish(passed.host, runResult());
    expect(passed.files.get(passed.outputs.get('subjects-path') ?? '')).toMatch(/^a{64} {2}/);
  });

  test.each(['receipt.json', 'findings.sarif', 'vuln.json', 'svr.json', 'subjects.txt', 'results.json'])(
    'withdraws the output of a file that cannot be written, and passes: %s',
    async (name) => {
      const { host, outputs, files, log } = recordingHost((what) => what === `file ${name}`);
      await publish(host, runResult());
      expect(outputs.get('verdict')).toBe('passed');
      expect(files.has(`/reports/${name}`)).toBe(false);
      expect([...outputs.values()].some((value) => value.includes(name))).toBe(false);
      expect(log.some((line) => line.startsWith('warning: ') && line.includes('could not be written'))).toBe(
        true,
      );
    },
  );

  test('warns if an output names a file that is not there and cannot be withdrawn', async () => {
    let isFull = false;
    const { host, log } = recordingHost((what) => {
      isFull ||= what.startsWith('file');
      return isFull;
    });
    await publish(host, runResult());
    expect(log).toContainEqual(
      expect.stringMatching(/^warning: The output receipt-path names a file that does not exist/),
    );
  });

  test('has the predicate of each image if there are several, and names those that were written', async () => {
    const { host, outputs, files } = recordingHost((what) => what === 'file vuln-2.json');
    await publish(host, runResult([imageResult(), otherImage('other'), unknownImage()]));
    expect(outputs.get('vuln-path')).toBe('');
    expect(JSON.parse(files.get('/reports/results.json') ?? '')).toMatchObject([
      { vulnPath: '/reports/vuln-1.json' },
      { vulnPath: '' },
      { vulnPath: '' },
    ]);
  });

  test('has a predicate of the scan for a failure, and none of the verdict', async () => {
    const { host, outputs, files } = recordingHost();
    await publish(host, runResult([failedImage]));
    expect(files.has('/reports/vuln.json')).toBe(true);
    expect(outputs.get('svr-path')).toBe('');
  });

  test('writes the files of a shell after its own, and what cannot be rendered is a warning', async () => {
    const file = (name: string, render: OutputFile['render']): OutputFile => ({
      name,
      path: `/reports/${name}`,
      render,
      output: undefined,
    });
    const { host, log, files, order } = recordingHost(undefined, [
      file('junit.xml', () => '<testsuites/>'),
      file('nothing.json', () => undefined),
      file('broken.json', () => {
        throw new Error('a defect');
      }),
    ]);
    await publish(host, runResult());
    expect(files.get('/reports/junit.xml')).toBe('<testsuites/>');
    expect(files.has('/reports/nothing.json')).toBe(false);
    expect(order.indexOf('file junit.xml')).toBeGreaterThan(order.indexOf('file results.json'));
    expect(log).toContain('warning: The broken.json could not be written: a defect.');
  });

  test('passes if the summary cannot be written', async () => {
    const { host, outputs, log } = recordingHost((what) => what === 'summary');
    await publish(host, runResult());
    expect(outputs.get('verdict')).toBe('passed');
    expect(log).toContain('warning: The job summary could not be written: summary: no space left on device.');
    expect(log.at(-1)).toMatch(/^passed/);
  });

  test('does all but the summary before it first waits', () => {
    const { host, order } = recordingHost();
    void publish(host, runResult());
    expect(firstIndex(order, /^output verdict$/)).toBeGreaterThanOrEqual(0);
    expect(order).toContain('file results.json');
  });
});
