import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { NO_PATHS, outputsOf } from '../src/output/outputs.ts';
import { VERDICT_OF } from '../src/policy/reasons.ts';
import { PROJECT_PAGE, VERSION } from '../src/text/version.ts';
import { failedRun } from './output/builders.ts';

const OUTPUT_NAMES = Object.keys(outputsOf(failedRun().record, NO_PATHS));

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

interface Action {
  readonly inputs: Record<string, { description: string; required?: boolean; default?: unknown }>;
  readonly outputs: Record<string, { description: string }>;
  readonly runs: { readonly using: string; readonly main: string };
}

const action: Action = parse(read('action.yml'));
const readme = read('README.md');

/** The rows of the first table under a heading of a page: its cells, without the code marks. */
function tableUnder(page: string, heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}

describe('The contract', () => {
  test('declares in action.yml the outputs that the code writes, in the same order', () => {
    expect(Object.keys(action.outputs)).toEqual(OUTPUT_NAMES);
  });

  test('shows every output in the README', () => {
    expect(tableUnder(readme, 'Outputs').map(([name]) => name)).toEqual(OUTPUT_NAMES);
  });

  test('explains every reason, with its verdict, on the page of troubleshooting', () => {
    const shown = tableUnder(read('docs/troubleshooting.md'), 'Reasons').map(([reason, verdict]) => [
      reason,
      verdict,
    ]);
    expect(shown).toEqual(Object.entries(VERDICT_OF));
  });

  test('gives every reason a section to link to', () => {
    const page = read('docs/troubleshooting.md')
      .split('\n## ')
      .find((section) => section.startsWith('Reasons\n'));
    const sections = [...(page ?? '').matchAll(/^### (.+)\n\n`([a-z-]+)`/gm)].map(([, name, verdict]) => [
      name,
      verdict,
    ]);
    expect(sections).toEqual(Object.entries(VERDICT_OF));
  });

  test('runs the bundle on Node 24', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' });
  });

  test('names the version of the package to the Console', () => {
    const { version }: { version: string } = JSON.parse(read('package.json'));
    expect(VERSION).toBe(version);
  });

  test('locks every optional package, for every system that the project is worked on with', () => {
    const { packages }: { packages: Record<string, { optionalDependencies?: object }> } = JSON.parse(
      read('package-lock.json'),
    );
    const locked = new Set(
      Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
    );
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  });

  test('uses in the whole workflow of the README only inputs and outputs that exist', () => {
    const text = /```yaml\n(name: [\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const workflow: { jobs: { promote: { steps: { id?: string; with?: Record<string, unknown> }[] } } } =
      parse(text);
    const gate = workflow.jobs.promote.steps.find(({ id }) => id === 'gate');
    const names = Object.keys(gate?.with ?? {});
    expect(names).toContain('console-url');
    expect(names.filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
    const outputs = [...text.matchAll(/steps\.gate\.outputs\.([a-z-]+)/g)].map(([, name]) => name ?? '');
    expect(outputs).toContain('image-by-digest');
    expect(outputs.filter((name) => !Object.hasOwn(action.outputs, name))).toEqual([]);
  });
});

test('The repository that messages lead to is that of package.json, and the package is of its owner', () => {
  const { name, repository } = JSON.parse(read('package.json'));
  expect(repository.url).toBe(`git+${PROJECT_PAGE}.git`);
  const owner = new URL(PROJECT_PAGE).pathname.split('/')[1];
  expect(name).toBe(`@${owner}/registry-scan-gate`);
  expect(read('.github/workflows/release.yml')).toContain(
    `test "$name" = "@\${GITHUB_REPOSITORY_OWNER,,}/registry-scan-gate"`,
  );
});

test('No line that people copy names a package that nobody owns', () => {
  const pages = execFileSync(
    'git',
    ['grep', '-hE', 'npx |npm (install|i) ', '--', 'README.md', 'docs', 'examples'],
    {
      cwd: new URL('..', import.meta.url),
      encoding: 'utf8',
    },
  );
  const lines = pages.split('\n').filter((line) => line.includes('registry-scan-gate'));
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.filter((line) => !line.includes('@OWNER/registry-scan-gate'))).toEqual([]);
});
