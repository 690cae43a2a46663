import { describe, expect, test } from '@jest/globals';
import { configOf, problemsOf, warningsOf } from './reading.ts';

const ANY = 'a duration such as 90s, 15m, 1h30m or 2d, of at most 5d';
const AT_LEAST = 'a duration such as 90s, 15m, 1h30m or 2d, of at least 1s and at most 5d';

describe('Durations', () => {
  test('are milliseconds', async () => {
    const { limits, pollInterval, maxScanAgeMs } = await configOf({
      timeout: '2d',
      'start-timeout': '1h30m',
      'report-timeout': '0s',
      'poll-interval': '1s',
      'max-scan-age': '30d',
    });
    expect(limits).toEqual({ timeoutMs: 172_800_000, startTimeoutMs: 5_400_000, reportTimeoutMs: 0 });
    expect(pollInterval).toEqual({ everyMs: 1_000 });
    expect(maxScanAgeMs).toBe(2_592_000_000);
  });

  test('never let start-timeout go beyond timeout, and warn if that was asked for', async () => {
    expect((await configOf({ timeout: '90s' })).limits.startTimeoutMs).toBe(90_000);
    expect(await warningsOf({ timeout: '90s' })).toEqual([]);
    expect(await warningsOf({ timeout: '90s', 'start-timeout': '1h' })).toEqual([
      'Input start-timeout (1h) is longer than timeout (1m30s), which ends the step first.',
    ]);
  });

  test.each([
    ['30', 'A number needs a unit: 30s, 30m or 30h.'],
    ['1h 30m', 'Did you mean 1h30m?'],
    ['5min', 'Did you mean 5m?'],
    ['5 minutes', 'Did you mean 5m?'],
    ['1 hour and 30 mins', 'Did you mean 1h30m?'],
    ['2 days', 'Did you mean 2d?'],
    ['90sec', 'Did you mean 90s?'],
    ['15M', 'Did you mean 15m?'],
    ['1.5h', 'Did you mean 1h30m?'],
    ['0,5h', 'Did you mean 30m?'],
    ['1 week', 'Did you mean 7d?'],
    ['PT30M', 'Did you mean 30m?'],
    ['$WAIT', 'It contains a variable or an expression that was not expanded.'],
    ['500ms', ''],
    ['-5m', ''],
    ['30m1h', ''],
    ['1e3s', ''],
    ['٣m', ''],
    ['soon', ''],
  ])('are not written %s', async (value, hint) => {
    const problem = `Input start-timeout is "${value}"; expected ${ANY}.`;
    expect(await problemsOf({ 'start-timeout': value })).toEqual([
      hint === '' ? problem : `${problem} ${hint}`,
    ]);
  });

  test.each([
    ['poll-interval', 'Auto', 'auto'],
    ['max-scan-age', 'NEVER', 'never'],
  ])('are asked back if %s is %s', async (name, value, meant) => {
    expect(await problemsOf({ [name]: value })).toEqual([expect.stringMatching(`Did you mean ${meant}\\?$`)]);
  });

  test.each([
    ['timeout', '0s', AT_LEAST],
    ['timeout', '6d', AT_LEAST],
    ['timeout', `${'9'.repeat(8)}s`, AT_LEAST],
    ['report-timeout', '121h', ANY],
    ['poll-interval', '0s', `auto, or ${AT_LEAST}`],
    [
      'max-scan-age',
      '0s',
      'never, or a duration such as 90s, 15m, 1h30m or 2d, of at least 1s and at most 365d',
    ],
    [
      'max-scan-age',
      '366d',
      'never, or a duration such as 90s, 15m, 1h30m or 2d, of at least 1s and at most 365d',
    ],
  ])('have bounds: %s is not %s', async (name, value, expected) => {
    expect(await problemsOf({ [name]: value })).toEqual([
      `Input ${name} is "${value}"; expected ${expected}.`,
    ]);
  });
});
