import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };

let folder = '';
let home = '';

/** Unpacked by hand, with the dependencies of this repository: npm would ask the network for them. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compute-console-emulator-'));
  home = join(folder, 'node_modules', 'compute-console-emulator');
  const { stdout } = await run('npm', ['run', '--silent', 'package'], { cwd: root, env });
  await mkdir(home, { recursive: true });
  await run('tar', ['-xzf', stdout.trim(), '-C', home, '--strip-components=1']);
  const { dependencies } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    await symlink(join(root, '..', 'node_modules', name), join(folder, 'node_modules', name));
  }
  await writeFile(join(folder, 'package.json'), '{"private": true, "type": "module"}');
}, 300_000);

afterAll(() => rm(folder, { recursive: true }));

describe('The package, installed in an empty folder,', () => {
  test('has no script, and names files that are there', async () => {
    const {
      scripts,
      private: isPrivate,
      exports,
      bin,
    } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
    expect([scripts, isPrivate]).toEqual([undefined, undefined]);
    const paths = [
      ...Object.values(bin),
      ...Object.values(exports).flatMap((each) => Object.values(Object(each))),
    ];
    const named = paths.filter((path): path is string => typeof path === 'string' && path.startsWith('./'));
    expect(named.length).toBeGreaterThan(8);
    for (const path of named) expect((await readFile(join(home, path))).length).toBeGreaterThan(0);
  });

  test('has the command', async () => {
    const { bin } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
    const command = join(home, bin['compute-console-emulator']);
    const { stdout } = await run(process.execPath, [command, '--print-schema'], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ title: 'Scenario of the embedded Console' });
  });

  test('serves a Console to a program', async () => {
    const program = `import { buildScenario, startConsole } from 'compute-console-emulator';
import { samples } from 'compute-console-emulator/scenarios';
const running = await startConsole({ scenario: buildScenario({ images: samples().images }) });
const answer = await fetch(running.url + '/api/v32.07/_ping');
console.log(answer.status, await answer.text());
await running.close();
`;
    await writeFile(join(folder, 'program.js'), program);
    const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder });
    expect(stdout).toBe('200 OK\n');
  });
});
