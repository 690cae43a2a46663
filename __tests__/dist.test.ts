import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

/** The largest size of each bundle in bytes, a few percent above the real one. */
const MOST_BYTES: Readonly<Record<string, number>> = {
  'cli.js': 430_000,
  'console.js': 350_000,
  'index.js': 406_000,
  'library.js': 350_000,
};

const PACKAGES = [
  '@actions/core',
  '@actions/http-client',
  'ajv',
  'fast-deep-equal',
  'fast-uri',
  'js-yaml',
  'json-schema-traverse',
  'tunnel',
  'yaml',
];

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(`${root}${folder}`).sort();
  return Object.fromEntries(names.map((name) => [name, read(`${folder}/${name}`)]));
}

beforeAll(() => {
  execFileSync(process.execPath, ['build.ts', 'build/fresh-dist'], { cwd: root, stdio: 'pipe' });
}, 600_000);

describe('The committed dist/', () => {
  test('equals what the source builds', () => {
    const fresh = filesOf('build/fresh-dist');
    const committed = filesOf('dist');
    expect(Object.keys(committed)).toEqual(Object.keys(fresh));
    // Not `toEqual` on the whole: a diff of minified code is unreadable.
    const stale = Object.keys(fresh).filter((name) => committed[name] !== fresh[name]);
    expect(stale).toEqual([]);
  });

  test('holds these bundles, and none is heavier than its limit', () => {
    const sizes = readdirSync(`${root}dist`)
      .filter((name) => name.endsWith('.js'))
      .map((name) => ({ name, bytes: Buffer.byteLength(read(`dist/${name}`)) }));
    expect(sizes.map(({ name }) => name).sort()).toEqual(Object.keys(MOST_BYTES).sort());
    expect(sizes.filter(({ name, bytes }) => bytes > (MOST_BYTES[name] ?? 0))).toEqual([]);
  });

  test('holds these packages and no other, each with its license', () => {
    const entries = read('dist/licenses.txt').split(/^-{72}$/m);
    const found = entries.map((entry) =>
      /^(?<name>\S+) [\d.]+\n(?<license>MIT|ISC|BSD-3-Clause)\n\n\S/.exec(entry.trimStart()),
    );
    expect(found.map((entry) => entry?.groups?.name)).toEqual(PACKAGES);
  });
});
