import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FINDINGS_LABEL } from '../src/real-registry.ts';
import { scenarioNamed, scenarioNames } from '../src/scenarios/catalogue.ts';
import { findingSetNames } from '../src/scenarios/finding-sets.ts';
import { samples } from '../src/scenarios/samples.ts';
import { defaultSettings } from '../src/settings.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const tableRows = readme.split('\n').filter((line) => line.startsWith('| '));

describe('the README of the embedded Console', () => {
  test.each(Object.entries(defaultSettings))(
    'has a row for %s, with its default and its basis',
    (key, value) => {
      const rows = tableRows.filter((row) =>
        row.startsWith(`| \`${key}\` | \`${JSON.stringify(value)}\` | `),
      );
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatch(/\| (documented|seen|assumed) \| .+ \|$/);
    },
  );

  test('names no setting that is not there', () => {
    const named = tableRows.flatMap(
      (row) => /^\| `(\w+)` \| `.*` \| (?:documented|seen|assumed) \|/.exec(row)?.[1] ?? [],
    );
    expect(named.toSorted()).toEqual(Object.keys(defaultSettings).toSorted());
  });

  test('has a row for each sample image', () => {
    const names = samples().images.map(({ repo, tag }) => `${repo}:${tag}`);
    const listed = tableRows.flatMap((row) => /`([\w/-]+:[\w.]+)` \| [\d, s]+ \|/.exec(row)?.[1] ?? []);
    expect(listed.toSorted()).toEqual([...new Set(names)].toSorted());
  });

  test('shows the digest that was pushed under the tag that moved', () => {
    const moved = samples().images.find(({ repo }) => repo === 'team/moved');
    expect(readme).toContain(`\`${moved?.digest}\``);
    expect(moved?.scans[0].digest).not.toBe(moved?.digest);
  });

  test('has every set of findings that a label can name, and the label', () => {
    const listed = tableRows.flatMap((row) => [
      ...(/^\| (`.*?) \| [a-z]/.exec(row)?.[1] ?? '').matchAll(/`([\w-]+)`/g),
    ]);
    const names = listed.map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining([...findingSetNames]));
    expect(readme).toContain(`--config.label ${FINDINGS_LABEL}=severe`);
  });

  test('has every user and every scenario', () => {
    for (const { username, password } of samples().users) {
      expect(readme).toContain(`| \`${username}\` | \`${password}\` |`);
    }
    for (const name of scenarioNames) {
      expect(readme).toContain(`\`${name}\``);
      expect(scenarioNamed(name)).toBeDefined();
    }
  });

  test('uses no host that belongs to anybody', () => {
    const hosts = samples().images.map(({ registry }) => registry);
    expect(hosts.filter((host) => !/^$|\.example(\.com)?\/?$/.test(host))).toEqual([]);
  });
});
