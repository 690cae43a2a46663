import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { INPUT_NAMES } from '../src/config/inputs.ts';
import { NO_PATHS, outputsOf } from '../src/output/outputs.ts';
import { VERDICT_OF } from '../src/policy/reasons.ts';
import { parseExceptions } from './config/decision-files/exception-list.ts';
import { failedRun } from './output/builders.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const pages = tracked.filter((path) => path.endsWith('.md'));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The targets of a page's links in this repository, as paths from its root. */
function linksOf(page: string): string[] {
  return [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => {
    const target = join(dirname(page), path).replace(/\/$/, '');
    return pages.includes(join(target, 'README.md')) ? join(target, 'README.md') : target;
  });
}

/** The blocks of YAML on a page, each without its indentation. */
function yamlOn(page: string): string[] {
  return [...read(page).matchAll(/^( *)```yaml\n([\s\S]*?)^\1```$/gm)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

/** Every object below a value, itself included. */
function objectsIn(value: unknown): { readonly [key: string]: unknown }[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [{ ...value }, ...Object.values(value).flatMap(objectsIn)];
}

// The last ones are of other CI systems.
const WORKFLOW_KEYS = ['name', 'on', 'permissions', 'jobs', 'steps', 'uses', 'env', 'include', 'tasks'];

/** The inputs of the gate that a block of YAML gives: those of its steps, or all keys of a mere part of a step. */
function inputsIn(text: string): string[] {
  const block: unknown = parse(text);
  const [whole] = objectsIn(block);
  const isPart = whole !== undefined && !Array.isArray(block) && !WORKFLOW_KEYS.some((key) => key in whole);
  const steps = objectsIn(block).filter(({ uses }) => String(uses).includes('registry-scan-gate'));
  return [...(isPart ? Object.keys(whole) : []), ...steps.flatMap((step) => Object.keys(step.with ?? {}))];
}

describe('The pages', () => {
  test.each(pages)('%s links only to what is there', (page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const broken = targets.filter(([, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      if (anchor === undefined) return false;
      const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        anchorOf(heading ?? ''),
      );
      return !headings.includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test.each(pages)('%s names only npm scripts that exist', (page) => {
    const scriptsIn = (path: string): Record<string, string> => JSON.parse(read(path)).scripts;
    // A page of the workspace package also names the scripts of that package.
    const scripts = {
      ...scriptsIn('package.json'),
      ...(page.startsWith('emulator/') ? scriptsIn('emulator/package.json') : {}),
    };
    const named = [...read(page).matchAll(/\bnpm run (?:--silent |-s )?([a-z:-]+)/g)].map(
      ([, name]) => name ?? '',
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('are all to be found from the README', () => {
    const found = new Set(['README.md']);
    for (const page of found) {
      for (const target of linksOf(page)) if (pages.includes(target)) found.add(target);
    }
    expect(pages.filter((page) => !found.has(page))).toEqual([]);
  });

  test.each(pages)('%s gives the gate only inputs that exist', (page) => {
    const known: readonly string[] = INPUT_NAMES;
    expect(
      yamlOn(page)
        .flatMap(inputsIn)
        .filter((name) => !known.includes(name)),
    ).toEqual([]);
  });

  test('give the gate inputs, so that there is something to compare', () => {
    expect(new Set(pages.flatMap(yamlOn).flatMap(inputsIn)).size).toBeGreaterThan(10);
  });

  test.each(pages)('%s takes from the gate only outputs that exist', (page) => {
    const known: readonly string[] = Object.keys(outputsOf(failedRun().record, NO_PATHS));
    const named = [...read(page).matchAll(/steps\.gate\.outputs\.([\w-]+)/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  test.each(['docs/exceptions.md', 'docs/troubleshooting.md'])(
    '%s shows exceptions that can be read',
    (page) => {
      const lists = yamlOn(page).filter((text) => objectsIn(parse(text)).some((entry) => 'reason' in entry));
      expect(lists.map((text) => Object.keys(parseExceptions(text)))).toEqual([['exceptions']]);
    },
  );

  test.each(pages.filter((page) => !page.includes('golden')))(
    '%s names each reason with its own verdict',
    (page) => {
      const verdicts: Readonly<Record<string, string>> = VERDICT_OF;
      const named = read(page).matchAll(/\b(passed|failed|timed-out|error|cancelled) \(([a-z-]+)\)/g);
      const wrong = [...named].filter(([, verdict, reason = '']) => verdicts[reason] !== verdict);
      expect(wrong.map(([line]) => line)).toEqual([]);
    },
  );

  test('for contributors have a place for every folder, and for every file of the source that is in none', () => {
    const folders = tracked.filter((path) => path.includes('/')).map((path) => `${path.split('/')[0]}/`);
    const files = tracked.filter((path) => /^src\/[^/]+$/.test(path));
    const page = read('CONTRIBUTING.md');
    const rooms = tracked.flatMap((path) => /^src\/[^/]+\//.exec(path) ?? []);
    const places = new Set([...folders, ...files, ...rooms]);
    expect([...places].filter((place) => !page.includes(`\`${place}`))).toEqual([]);
  });

  test.each(pages)('%s names only files and folders that are there', (page) => {
    const named = [
      ...read(page).matchAll(/`((?:src|__tests__|bench|demo|\.ci|\.github)\/[\w./-]*|[\w/-]+\.ts)`/g),
    ];
    const isThere = (name: string) =>
      tracked.some(
        (path) =>
          path.startsWith(name.replace(/\/?$/, '/')) ||
          ['', '.test.ts'].some((end) => `/${path}`.endsWith(`/${name}${end}`)),
      );
    const missing = named.map(([, name = '']) => name).filter((name) => !isThere(name));
    expect(missing.filter((name) => name !== 'bench/results.json')).toEqual([]);
  });

  test('of running names the default of api-version', () => {
    const action: { inputs: Record<string, { default?: string }> } = parse(read('action.yml'));
    expect(read('docs/running.md')).toContain(
      `leave the default, \`${action.inputs['api-version']?.default}\``,
    );
  });

  test('of security names only tests that exist', () => {
    const rows = read('docs/security.md').split('\n');
    const cells = rows.filter((line) => line.startsWith('| ')).map((line) => line.split(' | ')[3] ?? '');
    const prose = rows.filter((line) => line.startsWith('Tests: ')).join('\n');
    const named = [...cells, prose].flatMap((text) =>
      [...text.matchAll(/`([a-z]+[a-z/-]*)`/g)].map(([, name]) => name ?? ''),
    );
    expect(named.length).toBeGreaterThan(40);
    const exists = (name: string) =>
      ['', 'workflow/'].some((folder) => existsSync(join(root, '__tests__', folder, `${name}.test.ts`)));
    expect(named.filter((name) => !exists(name))).toEqual([]);
  });
});
