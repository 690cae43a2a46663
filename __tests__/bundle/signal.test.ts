import { describe, expect, test } from '@jest/globals';
import { ended, nothing, oldRow, ongoing } from './console-data.ts';
import { gate, type Run, shown, verdictOf } from './gate.ts';
import type { Call, Scripts } from './scripted-console.ts';

describe('a signal', () => {
  /** The step ends by the signal alone. */
  const LONG = { timeout: '1h', 'start-timeout': '1h', 'report-timeout': '1h' } as const;

  interface Moment {
    readonly name: string;
    readonly scripts: Scripts;
    readonly reached: readonly [Call, number];
  }

  const MOMENTS: Moment[] = [
    {
      name: 'before the first answer',
      scripts: { authenticate: [{ broken: 'stalled' }] },
      reached: ['authenticate', 1],
    },
    {
      name: 'while the log-in is tried again',
      scripts: { authenticate: [{ status: 503 }] },
      reached: ['authenticate', 2],
    },
    { name: 'while the report stalls', scripts: { report: [{ broken: 'stalled' }] }, reached: ['report', 1] },
    {
      name: 'while the Console takes its time over the request for the scan',
      scripts: { trigger: [{ broken: 'stalled' }] },
      reached: ['trigger', 1],
    },
    { name: 'while the scan is ongoing', scripts: { progress: [ongoing] }, reached: ['progress', 2] },
    { name: 'while nothing shows', scripts: { progress: [nothing] }, reached: ['progress', 2] },
    {
      name: 'while progress stalls',
      scripts: { progress: [ongoing, { broken: 'stalled' }] },
      reached: ['progress', 2],
    },
    {
      name: 'while progress stalls within its answer',
      scripts: { progress: [{ ...ongoing, broken: 'stalled-within' }] },
      reached: ['progress', 1],
    },
    {
      name: 'while the row is awaited',
      scripts: { progress: [ongoing, ended, nothing], report: [oldRow] },
      reached: ['report', 3],
    },
  ];

  const cancelled = async (signal: 'SIGINT' | 'SIGTERM', { scripts, reached }: Moment): Promise<Run> =>
    await gate(scripts, LONG, {
      meanwhile: async (console, started) => {
        const child = await started;
        await console.reached(...reached);
        await new Promise((resolve) => setTimeout(resolve, 100));
        child.kill(signal);
      },
    });

  test.concurrent.each(MOMENTS)('ends the step with cancelled, $name', async (moment) => {
    const runs = await Promise.all([cancelled('SIGINT', moment), cancelled('SIGTERM', moment)]);

    for (const run of runs) {
      expect(verdictOf(run)).toBe('1 cancelled signal');
      expect(run.outputs.results).toContain('cancelled');
      expect(run.asked.filter(({ path }) => path.includes('stop'))).toEqual([]);
    }
  });

  test.concurrent('says that the scan goes on', async () => {
    const run = await cancelled('SIGINT', {
      name: '',
      scripts: { progress: [ongoing] },
      reached: ['progress', 2],
    });

    expect(shown(run)).toMatch(/scan goes on/i);
  });

  test.concurrent('given twice still writes the verdict', async () => {
    const run = await gate({ progress: [ongoing] }, LONG, {
      meanwhile: async (console, started) => {
        const child = await started;
        await console.reached('progress', 1);
        child.kill('SIGINT');
        child.kill('SIGTERM');
      },
    });

    expect(verdictOf(run)).toBe('1 cancelled signal');
  });
});
