import { describe, expect, test } from '@jest/globals';
import { isSamePlatform, parsePlatform, platformName } from '../../src/image/platform.ts';

const platform = (os: string, architecture: string, variant = '') => ({ os, architecture, variant });

describe('A platform', () => {
  test.each([
    ['linux/amd64', platform('linux', 'amd64')],
    ['linux/arm/v7', platform('linux', 'arm', 'v7')],
    ['Linux/ARM64', platform('linux', 'arm64')],
  ])('%s is read', (text, expected) => {
    const parsed = parsePlatform(text);
    expect(parsed).toEqual(expected);
    expect(parsed && platformName(parsed)).toBe(text.toLowerCase());
  });

  test.each(['', 'linux', 'linux/', '/amd64', 'linux/arm/', 'linux/arm/v7/x', 'linux/a b', '*/amd64'])(
    '%j is none',
    (text) => {
      expect(parsePlatform(text)).toBeUndefined();
    },
  );

  test.each([
    ['linux/arm64', 'linux/arm64/v8', true],
    ['linux/arm64/v8', 'linux/arm64', true],
    ['linux/arm/v7', 'linux/arm/v6', false],
    ['linux/arm/v7', 'linux/arm', true],
    ['linux/arm/v6', 'linux/arm', false],
    ['linux/amd64', 'linux/amd64/v1', true],
    ['linux/amd64', 'linux/amd64/v3', false],
    ['linux/amd64', 'linux/x86_64', true],
    ['linux/x86-64', 'linux/amd64', true],
    ['linux/riscv64/v1', 'linux/riscv64', false],
    ['linux/aarch64', 'linux/arm64/v8', true],
    ['linux/amd64', 'windows/amd64', false],
    ['linux/amd64', 'linux/arm64', false],
  ])('%s asked for and %s: %s', (asked, actual, expected) => {
    const [one, other] = [parsePlatform(asked), parsePlatform(actual)];
    expect(one && other && isSamePlatform(one, other)).toBe(expected);
  });
});
