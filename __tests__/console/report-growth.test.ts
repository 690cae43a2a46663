import { describe, expect, test } from '@jest/globals';
import { decodeReport, type ReportRow } from '../../src/console/report-row.ts';
import { success } from '../../src/scan/evidence.ts';
import { taggedImage } from '../builders/image.ts';
import { batcherFor, wireRow } from './batcher.ts';

const image = (at: number) => taggedImage(`a/${at}`, '1', 'r.example.com');

/** How often rows are looked at while so many images are read from a report of so many rows that ignores paging. */
async function looksOf(
  images: number,
  rows: number,
): Promise<{ looks: number; shown: number; pages: number }> {
  let [looks, pages] = [0, 0];
  const wire = Array.from({ length: rows }, (_none, at) => wireRow(`a/${at}`, {}, 'r.example.com'));
  const counted = (row: ReportRow): ReportRow =>
    new Proxy(row, {
      get: (target, name) => {
        if (name === 'ownTag') looks += 1;
        return Reflect.get(target, name);
      },
    });
  const report = decodeReport(wire, (text) => text).map(counted);
  const { clock, batcher } = batcherFor(
    () => async () => {
      pages += 1;
      return success({ rows: report, readAtMs: undefined, totalCount: undefined });
    },
    images,
  );
  const asked = Array.from({ length: images }, (_none, at) =>
    batcher.request(image(at), 'compact', () => []),
  );
  const results = await clock.run(Promise.all(asked));
  const shown = results.filter((result) => result.ok && result.value.kind === 'row').length;
  return { looks, shown, pages };
}

describe('A report of far more rows than were asked for', () => {
  test.each([
    [1, 2_000],
    [20, 2_000],
    [40, 2_000],
    [40, 4_000],
  ])('is looked at in proportion to images and rows: %i images, %i rows', async (images, rows) => {
    const { looks, shown, pages } = await looksOf(images, rows);
    expect(shown).toBe(images);
    // The second page is the first one again.
    expect(pages).toBe(2);
    expect(looks).toBeLessThanOrEqual(10 * (images + rows));
  });
});
