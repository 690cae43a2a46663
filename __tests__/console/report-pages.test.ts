import { describe, expect, test } from '@jest/globals';
import type { Query } from '../../src/console/address.ts';
import { decodeReport } from '../../src/console/report-row.ts';
import type { Image } from '../../src/image/image.ts';
import { success } from '../../src/scan/evidence.ts';
import { taggedImage } from '../builders/image.ts';
import { batcherFor, wireRow } from './batcher.ts';

const IMAGES = ['a', 'b', 'c', 'd', 'e'].map((repository) => taggedImage(repository, '1'));

/** A Console without `Total-Count` that gives at most so many rows a page. */
function openReport(rowsAPage: number) {
  const offsets: number[] = [];
  let scanned: readonly string[] = [];
  const readPage = async (query: Query) => {
    const offset = Number(query.find(([name]) => name === 'offset')?.[1]);
    offsets.push(offset);
    const rows = scanned.slice(offset, offset + rowsAPage).map((repo) => wireRow(repo));
    return success({ rows: decodeReport(rows, (text) => text), readAtMs: 0, totalCount: undefined });
  };
  const { clock, activeScans, batcher } = batcherFor(() => readPage);
  /** Reads the report of all images; gives the offsets that were asked for, and how many images it shows. */
  const read = async (images: string, of: readonly Image[] = IMAGES) => {
    scanned = [...images];
    offsets.length = 0;
    const request = (image: Image) => activeScans.during(() => batcher.request(image, 'compact', () => []));
    const results = await clock.run(Promise.all(of.map(request)));
    const shown = results.filter((result) => result.ok && result.value.kind === 'row').length;
    return { offsets: [...offsets], shown };
  };
  return { read };
}

describe('Of many images, without Total-Count', () => {
  test('the first read goes on to an empty page', async () => {
    const { read } = openReport(50);
    expect(await read('ab')).toEqual({ offsets: [0, 2], shown: 2 });
  });

  test('a page that is longer than all before is not followed by another', async () => {
    const { read } = openReport(50);
    await read('');
    expect(await read('a')).toEqual({ offsets: [0], shown: 1 });
    expect(await read('abc')).toEqual({ offsets: [0], shown: 3 });
  });

  test('a page that is shorter than one before is the last', async () => {
    const { read } = openReport(50);
    await read('abcd');
    expect(await read('ab')).toEqual({ offsets: [0], shown: 2 });
  });

  test('pages that a Console cuts are all read, once their length stays the same', async () => {
    const { read } = openReport(2);
    await read('');
    expect((await read('abcde')).shown).toBe(2);
    expect(await read('abcde')).toEqual({ offsets: [0, 2, 4], shown: 5 });
  });
});

test('Of one image, the next page is always read until it shows', async () => {
  const { read } = openReport(2);
  const last = IMAGES.slice(-1);
  await read('', last);
  expect(await read('abcde', last)).toEqual({ offsets: [0, 2, 4], shown: 1 });
});
