import { describe, expect, test } from '@jest/globals';
import { commonFix } from '../../src/policy/common-fix.ts';

describe('The version that has all fixes', () => {
  test.each<[string, readonly string[], boolean, string | undefined]>([
    ['is the only one', ['3.0.2'], false, '3.0.2'],
    ['is the newest of one branch', ['3.0.2', '3.0.13', '3.0.7'], false, '3.0.13'],
    ['is unknown for two branches of a library', ['1.20.3', '1.21.1'], false, undefined],
    [
      'is the newest of a distribution',
      ['2.36-9+deb12u4', '2.36-9+deb12u10', '2.36-9+deb12u7'],
      true,
      '2.36-9+deb12u10',
    ],
    ['is the newest of a distribution whatever its upstream', ['1.20.3-1', '1.21.1-1'], true, '1.21.1-1'],
    ['is unknown for versions of different forms', ['3.0.2', '3.0.2-rc1'], true, undefined],
    ['is unknown for lists of versions', ['1.20.3, 1.21.1', '1.20.4, 1.21.2'], true, undefined],
    ['is unknown if the report names none', ['', '3.0.2'], true, undefined],
    ['is unknown without a version', [], true, undefined],
    [
      'is compared beyond what a number holds',
      ['1.90071992547409930', '1.90071992547409931'],
      false,
      '1.90071992547409931',
    ],
  ])('%s', (_what, versions, isOfSystem, expected) => {
    expect(commonFix(versions, isOfSystem)).toBe(expected);
  });
});
