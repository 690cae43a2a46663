import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(`${root}${folder}`).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${root}${folder}/${name}`, 'utf8')]));
}

test('The committed dist/ equals what the source builds', () => {
  execFileSync('npm', ['run', 'build', '--', '-o', 'build/fresh-dist'], { cwd: root, stdio: 'pipe' });
  const fresh = filesOf('build/fresh-dist');
  const committed = filesOf('dist');
  expect(Object.keys(committed)).toEqual(Object.keys(fresh));
  // Not `toEqual` on the whole: nobody wants to read a diff of minified code.
  const stale = Object.keys(fresh).filter((name) => committed[name] !== fresh[name]);
  expect(stale).toEqual([]);
}, 120_000);

test('The bundle brings the licences of what it contains', () => {
  const licences = readFileSync(`${root}dist/licenses.txt`, 'utf8');
  for (const name of ['@actions/core', '@actions/http-client', 'tunnel', 'undici'])
    expect(licences).toContain(name);
});
