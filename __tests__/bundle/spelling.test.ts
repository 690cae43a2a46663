import { describe, expect, test } from '@jest/globals';
import { ended, NEW_TIME, nothing, OLD_TIME, ongoing, row } from './console-data.ts';
import { gate, of, PASSED, verdictOf } from './gate.ts';
import { type Asked, json, READ_TIME, type Scripts } from './scripted-console.ts';

const valuesOf = ({ query }: Asked, wanted: string): readonly string[] =>
  query.filter(([name]) => name === wanted).map(([, value]) => value);

/** A Console that has the registry as `stored`, and shows the row only under exactly this name. */
function consoleWith(stored: string, repo: string, scanTime: string): Scripts {
  const repoTag = { registry: stored, repo, tag: '3.16' };
  const one = row(scanTime, { repoTag, repoDigests: [], id: `sha256:${'c'.repeat(64)}` });
  return {
    progress: [nothing, ongoing, ended, nothing],
    report: (asked) => {
      const isNamed = valuesOf(asked, 'name').includes(`${stored}/${repo}:3.16`);
      const isInRepository = valuesOf(asked, 'repository').includes(repo);
      return json(isNamed || isInRepository ? [one] : null);
    },
  };
}

describe('a registry that the Console spells otherwise', () => {
  test.concurrent.each([
    ['https://art.example.com/', 'art.example.com'],
    ['MyACR.azurecr.io', 'myacr.azurecr.io'],
    ['HTTPS://Registry.Example.com', 'registry.example.com'],
  ])('%s is found when %s is asked for, with one query more', async (stored, registry) => {
    const run = await gate(consoleWith(stored, 'team/app', NEW_TIME), {
      registry,
      repo: 'team/app',
      'severity-cutoff': 'none',
    });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'report').filter((asked) => valuesOf(asked, 'repository').length > 0)).toHaveLength(1);
  });

  test.concurrent.each([
    ['the scan before', OLD_TIME],
    ['a scan that ended just before the first read, which did not show it', '2026-11-20T09:28:30Z'],
    ['a scan of the moment of the first read', READ_TIME],
  ])('does not pass by %s', async (_name, scanTime) => {
    const run = await gate(consoleWith('MyACR.azurecr.io', 'team/app', scanTime), {
      registry: 'myacr.azurecr.io',
      repo: 'team/app',
    });

    expect(verdictOf(run)).toBe('1 error unconfirmed');
  });
});
