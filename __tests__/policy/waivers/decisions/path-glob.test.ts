import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesGlob, parsePathGlob } from '../../../../src/policy/waivers/decisions/path-glob.ts';

function matches(pattern: string, path: string): boolean | undefined {
  const glob = parsePathGlob(pattern);
  return glob && matchesGlob(glob, path);
}

// The results of doublestar, Trivy's library, for the same pairs (github.com/bmatcuk/doublestar, doublestar_test.go).
describe('a pattern over paths', () => {
  test.each([
    ['abc', 'abc', true],
    ['*', 'abc', true],
    ['*c', 'abc', true],
    ['a*', 'a', true],
    ['a*', 'ab/c', false],
    ['a*/b', 'abc/b', true],
    ['a*/b', 'a/c/b', false],
    ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
    ['a*b*c*d*e*/f', 'axbxcxdxe/xxx/f', false],
    ['a*b?c*x', 'abxbbxdbxebxczzx', true],
    ['a*b?c*x', 'abxbbxdbxebxczzy', false],
    ['ab[c]', 'abc', true],
    ['ab[b-d]', 'abc', true],
    ['ab[e-g]', 'abc', false],
    ['ab[^c]', 'abc', false],
    ['ab[!c]', 'abc', false],
    ['ab[^e-g]', 'abc', true],
    ['a\\*b', 'ab', false],
    ['a\\*b', 'a*b', true],
    ['a?b', 'a☺b', true],
    ['a?b', 'a/b', false],
    ['a*b', 'a/b', false],
    ['[\\]a]', ']', true],
    ['[x\\-]', '-', true],
    ['[x\\-]', 'z', false],
    ['*x', 'xxx', true],
    ['**', 'a/b/c', true],
    ['a/**', 'a', true],
    ['a/**', 'a/b/c', true],
    ['a/**', 'ab/c', false],
    ['**/c', 'c', true],
    ['**/c', 'a/b/c', true],
    ['**/c', 'a/b', false],
    ['**/c', 'abcd', false],
    ['**/c', 'a/abc', false],
    ['a/**/b', 'a/b', true],
    ['a/**/d', 'a/b/c/d', true],
    ['a/\\**', 'a/b/c', false],
    ['ab{c,d}', 'abc', true],
    ['ab{c,d,*}', 'abcde', true],
    ['{a,b}/{c,d}.jar', 'b/d.jar', true],
    ['{a/b,c}/*.jar', 'a/b/x.jar', true],
    ['{a,{b,c}}/x', 'c/x', true],
    ['a{,b}', 'a', true],
    ['{a,b}', 'c', false],
    ['abc**', 'abc', true],
    ['**abc', 'abc', true],
    ['**/*-lock.json', 'app/package-lock.json', true],
    ['/usr/lib/**', 'usr/lib/x.jar', true],
    ['usr/lib/**', '/usr/lib/x.jar', true],
    ['', 'a', false],
  ])('%s over %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  test.each(['[]a]', '[', '[^', '[^bc', 'a[', 'ab{c,d}[', 'a{b', 'a}', '\\', `${'a'.repeat(1_001)}`])(
    'is malformed: %s',
    (pattern) => {
      expect(parsePathGlob(pattern)).toBeUndefined();
    },
  );

  test('with too many alternatives is refused', () => {
    expect(parsePathGlob('{a,b}'.repeat(8))).toBeDefined();
    expect(parsePathGlob('{a,b}'.repeat(9))).toBeUndefined();
    expect(parsePathGlob(`{${'a,'.repeat(400)}b}`)).toBeUndefined();
  });

  test('without special characters is for one path alone', () => {
    const path = fc.stringMatching(/^[a-z./]{1,20}$/).filter((each) => !each.startsWith('/'));
    fc.assert(
      fc.property(path, path, (one, two) => {
        expect(matches(one, two)).toBe(one === two);
      }),
    );
  });

  test('takes a bounded time, whatever it is', () => {
    expect(matches(`${'*a'.repeat(400)}b`, 'a'.repeat(4_000))).toBe(false);
    expect(matches('**/a/'.repeat(150), `${'a/'.repeat(2_000)}b`)).toBe(false);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (pattern, path) => void matches(pattern, path)));
  });
});
