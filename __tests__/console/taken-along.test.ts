import { describe, expect, test } from '@jest/globals';
import type { Query } from '../../src/console/address.ts';
import { decodeReport } from '../../src/console/report-row.ts';
import { retryable, success } from '../../src/scan/evidence.ts';
import type { Detail } from '../../src/scan/wait.ts';
import { taggedImage } from '../builders/image.ts';
import { batcherFor, wireRow } from './batcher.ts';

const image = (repository: string) => taggedImage(repository, '1');

interface Call {
  readonly detail: Detail;
  readonly repositories: readonly string[];
}

/** Requests at the same time, each of an image and a detail; and the calls that they led to. */
async function requested(
  requests: readonly (readonly [repository: string, detail: Detail])[],
  {
    isFullRefused = false,
    findings = 0,
  }: { readonly isFullRefused?: boolean; readonly findings?: number } = {},
) {
  const calls: Call[] = [];
  const readPage = async (query: Query) => {
    const detail = query.some(([name]) => name === 'compact') ? 'compact' : 'full';
    const names = query.flatMap(([name, value]) => (name === 'name' ? [value] : []));
    const repositories = names.flatMap((name) => /^registry\.example\.com\/(.*):1$/.exec(name)?.[1] ?? []);
    calls.push({ detail, repositories });
    if (detail === 'full' && isFullRefused) {
      return retryable({ kind: 'unreachable', what: 'too much', retryAfterMs: undefined });
    }
    const rows = repositories.map((repo) => wireRow(repo, { vulnerabilitiesCount: findings }));
    return success({ rows: decodeReport(rows, (text) => text), readAtMs: 0, totalCount: rows.length });
  };
  const { clock, activeScans, batcher } = batcherFor(() => readPage);
  const images = new Map(requests.map(([repository]) => [repository, image(repository)]));
  const request = (repository: string, detail: Detail) =>
    activeScans.during(() => batcher.request(images.get(repository) ?? image(repository), detail, () => []));
  // The compact rows show the number of findings of an image.
  await clock.run(Promise.all([...images.keys()].map((repository) => request(repository, 'compact'))));
  calls.length = 0;
  const results = await clock.run(Promise.all(requests.map((each) => request(...each))));
  return { calls, results };
}

describe('A full request', () => {
  test('takes compact requests along, which need no call of their own', async () => {
    const { calls, results } = await requested([
      ['a', 'compact'],
      ['b', 'full'],
      ['c', 'compact'],
    ]);
    expect(calls).toEqual([{ detail: 'full', repositories: ['b', 'a', 'c'] }]);
    expect(results.every(({ ok }) => ok)).toBe(true);
  });

  test('that fails leaves the compact ones a call of their own', async () => {
    const { calls, results } = await requested(
      [
        ['a', 'compact'],
        ['b', 'full'],
      ],
      { isFullRefused: true },
    );
    expect(calls).toEqual([
      { detail: 'full', repositories: ['b', 'a'] },
      { detail: 'compact', repositories: ['a'] },
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
  });

  test('takes none along that would make it much larger', async () => {
    const { calls } = await requested(
      [
        ['a', 'compact'],
        ['b', 'full'],
      ],
      { findings: 2_000 },
    );
    expect(calls).toEqual([
      { detail: 'full', repositories: ['b'] },
      { detail: 'compact', repositories: ['a'] },
    ]);
  });
});
