import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { weigh } from '../bench/weight.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(`${root}${folder}`).sort();
  return Object.fromEntries(names.map((name) => [name, read(`${folder}/${name}`)]));
}

/** The packages whose modules the bundler put in, by its own statistics. */
function packagesIn(statistics: string): string[] {
  const names = statistics.matchAll(
    /"\.\/(?:node_modules\/((?:@[^/"]+\/)?[^/"]+)|(stand-ins\/[^/"]+))\/[^"]*"/g,
  );
  return [...new Set([...names].map(([, name, standIn]) => name ?? standIn ?? ''))].sort();
}

beforeAll(() => {
  const options = ['-o', 'build/fresh-dist', '--stats-out', 'build/statistics.json'];
  execFileSync('npm', ['run', 'build', '--', ...options], { cwd: root, stdio: 'pipe' });
}, 120_000);

describe('The committed dist/', () => {
  test('equals what the source builds', () => {
    const fresh = filesOf('build/fresh-dist');
    const committed = filesOf('dist');
    expect(Object.keys(committed)).toEqual(Object.keys(fresh));
    // Not `toEqual` on the whole: nobody wants to read a diff of minified code.
    const stale = Object.keys(fresh).filter((name) => committed[name] !== fresh[name]);
    expect(stale).toEqual([]);
  });

  test('holds these packages and no other', () => {
    expect(packagesIn(read('build/statistics.json'))).toEqual([
      '@actions/core',
      '@actions/http-client',
      'js-yaml',
      'stand-ins/actions-exec',
      'stand-ins/undici',
      'tunnel',
    ]);
  });

  test('weighs less than 400 kB', () => {
    expect(weigh().dist).toBeLessThan(400_000);
  });

  test('brings the licences of what it contains', () => {
    const licences = read('dist/licenses.txt').split('\n');
    expect(licences).toEqual(
      expect.arrayContaining(['@actions/core', '@actions/http-client', 'js-yaml', 'tunnel']),
    );
    expect(licences).not.toContain('undici');
  });
});
