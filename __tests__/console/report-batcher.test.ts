import { describe, expect, test } from '@jest/globals';
import type { Query } from '../../src/console/address.ts';
import { decodeReport } from '../../src/console/report-row.ts';
import { CallError } from '../../src/http/call-error.ts';
import type { Image } from '../../src/image/image.ts';
import type { CallFailureKind } from '../../src/scan/call-failure.ts';
import { type ReportSnapshot, type Result, retryable, success } from '../../src/scan/evidence.ts';
import type { Detail } from '../../src/scan/wait.ts';
import type { FakeClock } from '../builders/fake-clock.ts';
import { digestedImage, taggedImage } from '../builders/image.ts';
import { batcherFor, wireRow as wireRowOf } from './batcher.ts';

const refusal = (kind: CallFailureKind, call: string, what: string) =>
  new CallError({ server: 'Console', kind, call, what });

const REGISTRY = 'registry.example.com';
const TIME = '2026-11-02T09:00:00Z';
const DIGEST = `sha256:${'a'.repeat(64)}` as const;

type Failure = ReturnType<typeof retryable>;

const silence = retryable({ kind: 'unreachable', what: 'down', retryAfterMs: undefined });
const refusalFor = (retryAfterMs?: number) =>
  retryable({ kind: 'rate-limited', what: 'slow down', retryAfterMs });
const noAliases = () => [];

const images = Array.from({ length: 1_000 }, (_none, at) => taggedImage(`a/b${at}`, '1'));

function image(at: number): Image {
  const found = images[at];
  if (found === undefined) throw new Error(`there is no image ${at}`);
  return found;
}

function wireRow(name: string, given: object = {}): unknown {
  const [repo = '', tag = ''] = name.replace(`${REGISTRY}/`, '').split(':');
  return wireRowOf(repo, given, REGISTRY, tag);
}

interface Call {
  readonly atMs: number;
  readonly names: readonly string[];
  readonly repositories: readonly string[];
  readonly offset: number;
  readonly detail: Detail;
}

interface Page {
  readonly rows: readonly unknown[] | null;
  readonly totalCount?: number;
}

type Fate = unknown[] | Page | Failure | Error;

/** A row of each name that is asked for. */
const rowsOf = (call: Call): unknown[] =>
  call.names.filter((name) => !name.startsWith('https')).map((name) => wireRow(name));

/** A batcher for this number of images, at a Console that answers each call as scripted. */
function begin(size: number, fateOf: (call: Call, nth: number) => Fate = rowsOf, timeoutMs = 1_800_000) {
  const calls: Call[] = [];
  const pagesOf = (clock: FakeClock) => async (query: Query, signal: AbortSignal) => {
    const call = callOf(query, clock.nowMs());
    const fate = fateOf(call, calls.push(call) - 1);
    await clock.sleep(50, signal);
    signal.throwIfAborted();
    if (fate instanceof Error) throw fate;
    if ('ok' in fate) return fate;
    const { rows, totalCount }: Page = 'rows' in fate ? fate : { rows: fate };
    return success({
      rows: decodeReport(rows, (text) => text),
      readAtMs: 4_711 + calls.length,
      totalCount: totalCount ?? ('rows' in fate ? undefined : fate.length + call.offset),
    });
  };
  const { clock, aborted, batcher } = batcherFor(pagesOf, size, timeoutMs);
  const readOne = (of: Image, detail: Detail = 'compact') => batcher.request(of, detail, noAliases);
  const read = (which: readonly number[], detail: Detail = 'compact') =>
    Promise.all(which.map((at) => readOne(image(at), detail)));
  return { clock, calls, aborted, read, readOne };
}

function callOf(query: Query, atMs: number): Call {
  const params = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]));
  expect(params.get('limit')).toBe('50');
  return {
    atMs,
    names: params.getAll('name'),
    repositories: params.getAll('repository'),
    offset: Number(params.get('offset')),
    detail: params.has('compact') ? 'compact' : 'full',
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_none, at) => at);

function kindOf(given: Result<ReportSnapshot>): string {
  if (!given.ok) return given.failure.kind;
  return given.value.kind === 'unreadable' ? given.value.why : given.value.kind;
}

describe('The report of many images', () => {
  test('is read with one call for all requests of about the same time', async () => {
    const { clock, readOne, calls } = begin(40);
    const asking = upTo(40).map(async (at) => {
      await clock.sleep(at * 10);
      return readOne(image(at), 'compact');
    });
    const readings = await clock.run(Promise.all(asking));
    expect(calls).toHaveLength(1);
    expect(readings.map(kindOf)).toEqual(upTo(40).map(() => 'row'));
  });

  test('is read with a call for every forty-five', async () => {
    const { clock, read, calls } = begin(200);
    await clock.run(read(upTo(200)));
    expect(calls.map(({ names }) => names.length)).toEqual([90, 90, 90, 90, 40]);
  });

  test('of a single one is asked for at once', async () => {
    const { clock, read, calls } = begin(1);
    await clock.run(read([0]));
    expect(calls.map(({ atMs }) => atMs)).toEqual([0]);
  });

  test.each([
    [2, 30],
    [20, 300],
    [40, 600],
    [1_000, 600],
  ])('waits if there are %d images %d ms for other requests', async (images, ms) => {
    const { clock, read, calls } = begin(images);
    await clock.run(read([0]));
    expect(calls.map(({ atMs }) => atMs)).toEqual([ms]);
  });

  test('is each one’s own, and says when the Console answered', async () => {
    const { clock, read } = begin(3, (call) => rowsOf(call).slice(0, 2));
    const readings = await clock.run(read([0, 1, 2]));
    expect(readings.map(kindOf)).toEqual(['row', 'row', 'absent']);
    expect(readings[0]).toMatchObject({ value: { readAtMs: 4_712, row: { scanTime: { text: TIME } } } });
  });

  test('that is invalid for one is good for the others', async () => {
    const { clock, read } = begin(3, ({ names }) => [
      wireRow(names[0] ?? ''),
      wireRow(names[2] ?? '', { scanTime: 'yesterday' }),
      wireRow(names[4] ?? ''),
    ]);
    expect((await clock.run(read([0, 1, 2]))).map(kindOf)).toEqual(['row', 'invalid-response', 'row']);
  });

  test('with a row that may be of any image is invalid for those without a row', async () => {
    const { clock, read } = begin(3, (call) => [...rowsOf(call).slice(0, 2), { repoTag: 7 }]);
    expect((await clock.run(read([0, 1, 2]))).map(kindOf)).toEqual(['row', 'row', 'invalid-response']);
  });

  test('that is not answered is not answered for all of the call', async () => {
    const { clock, read } = begin(3, () => silence);
    expect((await clock.run(read([0, 1, 2]))).map(kindOf)).toEqual(upTo(3).map(() => 'unreachable'));
  });

  test('is read again after a failure', async () => {
    const { clock, read, calls } = begin(3, (call, nth) => (nth === 0 ? silence : rowsOf(call)));
    await clock.run(read([0, 1]));
    expect((await clock.run(read([0, 1]))).map(kindOf)).toEqual(['row', 'row']);
    expect(calls).toHaveLength(2);
  });

  test.each(['forbidden', 'not-found'] as const)(
    'that is %s is unreadable for all of the call',
    async (why) => {
      const { clock, read } = begin(3, () => refusal(why, 'GET registry', 'no'));
      expect((await clock.run(read([0, 1, 2]))).map(kindOf)).toEqual(upTo(3).map(() => why));
    },
  );

  test.each([
    refusal('forbidden', 'POST authenticate', 'no'),
    refusal('unauthorized', 'GET registry', 'no'),
    new Error('a defect'),
  ])('fails for all of the call with %s', async (error) => {
    const { clock, read, readOne } = begin(3, () => error);
    const all = Promise.allSettled([read([0]), read([1]), readOne(image(2), 'compact')]);
    for (const settled of await clock.run(all))
      expect(settled).toEqual({ status: 'rejected', reason: error });
  });

  test('is read in the order of the requests, as the rate limiter allows', async () => {
    const { clock, read, calls } = begin(1_000);
    await clock.run(read(upTo(450)));
    expect(calls.map(({ names }) => names[0])).toEqual(upTo(10).map((at) => `${REGISTRY}/a/b${at * 45}:1`));
    const gaps = calls.slice(1).map(({ atMs }, at) => Math.round(atMs - (calls[at]?.atMs ?? 0)));
    expect(gaps).toEqual([0, 0, 0, 0, 1_200, 1_200, 1_200, 1_200, 1_200]);
  });

  test('is asked for the next time while an answer takes its time', async () => {
    const { clock, readOne, calls } = begin(1);
    const both = Promise.all([
      readOne(image(0), 'compact'),
      clock.sleep(10).then(() => readOne(image(1), 'compact')),
    ]);
    await clock.run(both);
    expect(calls.map(({ atMs }) => atMs)).toEqual([0, 10]);
  });

  test('in full alternates with the compact form', async () => {
    const { clock, read, calls } = begin(1_000);
    await clock.run(
      Promise.all([read(upTo(450)), read([900], 'full'), clock.sleep(1).then(() => read([901], 'full'))]),
    );
    expect(calls.slice(0, 3).map(({ detail }) => detail)).toEqual(['full', 'compact', 'compact']);
    expect(calls.findLastIndex(({ detail }) => detail === 'full')).toBeLessThan(7);
  });

  test('in full never starves the compact form', async () => {
    const { clock, readOne, calls } = begin(1_000, (call) =>
      call.detail === 'full' ? silence : rowsOf(call),
    );
    const again = async () => {
      for (let round = 0; round < 20; round += 1) {
        await Promise.all(upTo(20).map((at) => readOne(image(at), 'full')));
      }
    };
    const looking = clock.sleep(5_000).then(() => readOne(image(500), 'compact'));
    void again();
    await clock.run(looking);
    expect(calls.at(-1)?.detail).toBe('compact');
    expect(clock.nowMs()).toBeLessThan(9_000);
  });
});

describe('A 429', () => {
  const refusal = refusalFor(20_000);

  test('of one call is the answer to all that wait, and nothing more is sent until the pause is over', async () => {
    const { clock, read, calls } = begin(500, (call, nth) => (nth === 0 ? refusal : rowsOf(call)));
    const first = await clock.run(read(upTo(450)));
    // Five were on their way by then.
    expect(calls.map(({ atMs }) => atMs)).toEqual(upTo(5).map(() => 600));
    expect(first.filter(({ ok }) => ok)).toHaveLength(4 * 45);
    await clock.run(clock.sleep(5_000));
    const again = await clock.run(read(upTo(450)));
    expect(calls).toHaveLength(5);
    for (const result of [...first, ...again]) {
      if (!result.ok) expect(result.failure).toMatchObject({ kind: 'rate-limited', what: 'slow down' });
    }
    await clock.run(clock.sleep(20_000));
    expect((await clock.run(read(upTo(450)))).every(({ ok }) => ok)).toBe(true);
  });

  test.each([1, 500])('is the answer with the pause to keep, of %i images', async (size) => {
    const { clock, read, calls } = begin(size, (call, nth) => (nth === 0 ? refusal : rowsOf(call)));
    const [refused] = await clock.run(read([0]));
    expect(refused).toMatchObject({ ok: false, failure: { kind: 'rate-limited', retryAfterMs: 20_000 } });
    await clock.run(clock.sleep(15_000));
    const [early] = await clock.run(read([0]));
    expect(early).toMatchObject({ ok: false, failure: { kind: 'rate-limited', retryAfterMs: 5_000 } });
    await clock.run(clock.sleep(5_000));
    expect(await clock.run(read([0]))).toMatchObject([{ ok: true }]);
    expect(calls).toHaveLength(2);
  });
});

describe('A report of several pages', () => {
  const page = (offset: number, rows: number): unknown[] =>
    upTo(rows).map((at) =>
      wireRow(`${REGISTRY}/a/b${offset + at}:1`, { repoDigests: [`a/b${offset + at}@${DIGEST}`] }),
    );
  /** The part of a report of so many rows that a call asks for, in pages of a size. */
  const partOf = (total: number, size: number, { offset }: Call) =>
    page(offset, Math.max(0, Math.min(size, total - offset)));

  test.each<[string, number, number, number | undefined, number]>([
    ['in pages of 50, which say how many there are', 453, 50, 453, 10],
    ['in small pages, which say how many there are', 120, 20, 120, 6],
    ['in small pages, which do not', 120, 20, undefined, 7],
    ['in pages of 50, which do not', 453, 50, undefined, 11],
  ])('is read to its end %s', async (_how, total, size, totalCount, expectedCalls) => {
    const { clock, readOne, calls } = begin(2, (call) => ({
      rows: partOf(total, size, call),
      ...(totalCount === undefined ? {} : { totalCount }),
    }));
    expect(kindOf(await clock.run(readOne(image(total - 1))))).toBe('row');
    expect(kindOf(await clock.run(readOne(image(999))))).toBe('absent');
    // Without a count only an empty page proves that an image is absent.
    expect(calls.filter(({ offset }) => offset === 0)).toHaveLength(2);
    expect(calls.length).toBeLessThanOrEqual(expectedCalls * 2);
    expect(calls.map(({ offset }) => offset).slice(0, 3)).toEqual([0, size, size * 2]);
  });

  test('takes a call of the rate limiter for each page', async () => {
    const { clock, readOne } = begin(2, (call) => ({ rows: partOf(453, 50, call), totalCount: 453 }));
    await clock.run(readOne(image(3)));
    expect(clock.nowMs()).toBeGreaterThan(5_000);
  });

  test('without a count is read no further once every image is shown on a page that is not full', async () => {
    const { clock, read, calls } = begin(2, (call) => ({ rows: rowsOf(call) }));
    expect((await clock.run(read([0, 1]))).map(kindOf)).toEqual(['row', 'row']);
    expect(calls).toHaveLength(1);
  });

  test('ends with an empty page, whatever it counts', async () => {
    const { clock, readOne, calls } = begin(2, ({ offset }) => ({
      rows: offset === 0 ? page(0, 50) : null,
      totalCount: 9_999,
    }));
    expect(kindOf(await clock.run(readOne(image(99))))).toBe('absent');
    expect(calls).toHaveLength(2);
  });

  test('is read on if a page only begins with what the one before ended with', async () => {
    const { clock, readOne } = begin(1, ({ offset }) => ({
      rows: offset === 0 ? page(0, 50) : page(49, 20),
    }));
    expect(kindOf(await clock.run(readOne(image(60))))).toBe('row');
  });

  test.each<[string, number | undefined]>([
    ['without a count', undefined],
    ['with a count below the rows that are there', 10],
  ])('is read on after a full page, %s, because a later row may follow', async (_which, totalCount) => {
    const later = '2026-11-02T09:30:00Z';
    const name = `${REGISTRY}/a/b3:1`;
    const { clock, readOne } = begin(1, ({ offset }) => ({
      rows: offset === 0 ? page(0, 50) : offset === 50 ? [wireRow(name, { scanTime: later })] : null,
      ...(totalCount === undefined ? {} : { totalCount }),
    }));
    const read = await clock.run(readOne(image(3)));
    expect(read).toMatchObject({ value: { row: { scanTime: { text: later } }, all: [{}, {}] } });
    expect(await clock.run(readOne(image(4)))).not.toHaveProperty('value.all');
  });

  test('is of the time of its first page', async () => {
    const { clock, readOne } = begin(2, (call) => ({ rows: partOf(70, 50, call), totalCount: 70 }));
    expect(await clock.run(readOne(image(60)))).toMatchObject({ value: { readAtMs: 4_712 } });
  });

  test('of which one is not answered is not answered', async () => {
    const { clock, readOne } = begin(2, ({ offset }) =>
      offset === 0 ? { rows: page(0, 50), totalCount: 60 } : silence,
    );
    expect(kindOf(await clock.run(readOne(image(3))))).toBe('unreachable');
  });

  test.each<[string, number | undefined]>([
    ['which says how many there are', 120],
    ['which does not', undefined],
  ])(
    'at a Console that ignores offset, %s, says of no image that it is absent',
    async (_which, totalCount) => {
      const { clock, readOne, calls } = begin(1, () => ({
        rows: page(0, 50),
        ...(totalCount === undefined ? {} : { totalCount }),
      }));
      const both = Promise.all([readOne(image(3)), readOne(image(99))]);
      expect((await clock.run(both)).map(kindOf)).toEqual(['row', 'invalid-response']);
      expect(calls.length).toBeLessThanOrEqual(4);
    },
  );

  test('at a Console that ignores offset has an end if the page is not full', async () => {
    const { clock, readOne, calls } = begin(1, () => ({ rows: page(0, 5) }));
    expect(kindOf(await clock.run(readOne(image(99))))).toBe('absent');
    expect(calls).toHaveLength(2);
  });

  test('that never ends says of no image that it is absent', async () => {
    const { clock, readOne, calls } = begin(1, ({ offset }) => ({ rows: page(1_000 + offset, 50) }));
    expect(kindOf(await clock.run(readOne(image(99))))).toBe('invalid-response');
    expect(calls).toHaveLength(100);
  });
});

describe('Images whose scan is over', () => {
  const counted = (total: number) => (call: Call) =>
    call.names
      .filter((name) => !name.startsWith('https'))
      .map((name) => wireRow(name, { vulnerabilityDistribution: { critical: total, total } }));

  test.each([
    [0, [45, 45, 10]],
    [2_000, upTo(10).map(() => 10)],
    [400_000, upTo(100).map(() => 1)],
  ])('are read in full by as many as their %d findings allow', async (total, sizes) => {
    const { clock, read, calls } = begin(100, counted(total));
    await clock.run(read(upTo(100)));
    const looks = calls.length;
    await clock.run(read(upTo(100), 'full'));
    expect(calls.slice(looks).map(({ names }) => names.length / 2)).toEqual(sizes);
  });

  const full = (calls: readonly Call[]) =>
    calls.filter(({ detail }) => detail === 'full').map(({ names }) => names.length / 2);

  test('are read in smaller batches after a call for several that failed, and in larger ones again after that', async () => {
    const { clock, read, calls } = begin(40, (call, nth) => (nth < 1 ? silence : rowsOf(call)));
    await clock.run(read(upTo(40), 'full'));
    await clock.run(read(upTo(40), 'full'));
    expect(full(calls)).toEqual([40, 22, 18]);
    for (let round = 0; round < 10; round += 1) await clock.run(read(upTo(40), 'full'));
    expect(full(calls).at(-1)).toBe(40);
  });

  test('are read in batches as large as before after a 429', async () => {
    const { clock, read, calls } = begin(40, () => refusalFor());
    for (let round = 0; round < 3; round += 1) {
      await clock.run(read(upTo(40), 'full'));
      await clock.run(clock.sleep(60_000));
    }
    expect(full(calls)).toEqual([40, 40, 40]);
  });

  test('are read in batches as large as before after a failure of one alone', async () => {
    const { clock, read, calls } = begin(40, (call, nth) => (nth < 5 ? silence : rowsOf(call)));
    for (let round = 0; round < 5; round += 1) await clock.run(read([0], 'full'));
    await clock.run(read(upTo(40), 'full'));
    expect(full(calls).at(-1)).toBe(40);
  });

  test('are read in large batches again soon after a long outage', async () => {
    const { clock, read, calls } = begin(40, (call) => (clock.nowMs() < 200_000 ? silence : rowsOf(call)));
    while (clock.nowMs() < 200_000) await clock.run(read(upTo(40), 'full'));
    const during = calls.length;
    await clock.run(read(upTo(40), 'full'));
    await clock.run(read(upTo(40), 'full'));
    expect(calls.length - during).toBeLessThan(60);
  });
});

describe('An image that is asked for by digest', () => {
  const byDigest = digestedImage('a/b0', DIGEST);
  const ours = { repoDigests: [`a/b0@${DIGEST}`] };
  const other = wireRow(`${REGISTRY}/a/b0:2`, { repoDigests: [`a/b0@sha256:${'b'.repeat(64)}`] });
  const requests = (calls: readonly Call[]) =>
    calls.map(({ detail, repositories, names }) => [detail, ...repositories, ...names]);

  test('is looked for in its whole repository, and read in full by the name that was found', async () => {
    const { clock, readOne, calls } = begin(1, () => [wireRow(`${REGISTRY}/a/b0:1`, ours), other]);
    for (const detail of ['full', 'compact', 'full', 'compact'] as const) {
      await clock.run(readOne(byDigest, detail));
    }
    const name = `${REGISTRY}/a/b0:1`;
    expect(requests(calls)).toEqual([
      ['full', 'a/b0'],
      ['compact', 'a/b0'],
      ['full', name, `https://${name}`],
      ['compact', 'a/b0'],
    ]);
  });

  test('is found in a row without a tag, and read in full with its repository', async () => {
    const untagged = wireRow(`${REGISTRY}/a/b0:`, ours);
    const { clock, readOne, calls } = begin(1, () => [other, untagged]);
    expect(kindOf(await clock.run(readOne(byDigest)))).toBe('row');
    expect(kindOf(await clock.run(readOne(byDigest, 'full')))).toBe('row');
    expect(requests(calls)).toEqual([
      ['compact', 'a/b0'],
      ['full', 'a/b0'],
    ]);
  });

  test.each([`${REGISTRY}/a/b0:`, `${REGISTRY}/a/b0:1`])(
    'is read in full if the compact row %s has no digest',
    async (name) => {
      const { clock, readOne, calls } = begin(1, ({ detail }) => [
        wireRow(name, detail === 'full' ? ours : {}),
        other,
      ]);
      expect(kindOf(await clock.run(readOne(byDigest)))).toBe('row');
      expect(calls.map(({ detail }) => detail)).toEqual(['compact', 'full']);
    },
  );

  test('is absent if the full rows are of other digests', async () => {
    const { clock, readOne } = begin(1, () => [wireRow(`${REGISTRY}/a/b0:1`), other]);
    expect(kindOf(await clock.run(readOne(byDigest)))).toBe('absent');
  });
});

describe('A report that was read', () => {
  const forbidden = refusal('forbidden', 'GET registry', 'no');

  test('is never unreadable later: a refusal that lasts is final', async () => {
    const { clock, read } = begin(2, (call, nth) => (nth === 0 ? rowsOf(call) : forbidden));
    await clock.run(read([0]));
    await expect(clock.run(read([0]))).rejects.toBe(forbidden);
    await expect(clock.run(read([1]))).rejects.toBe(forbidden);
  });

  test('may have been refused before', async () => {
    const { clock, read } = begin(2, (call, nth) => (nth === 0 ? forbidden : rowsOf(call)));
    expect((await clock.run(read([0]))).map(kindOf)).toEqual(['forbidden']);
    expect((await clock.run(read([0]))).map(kindOf)).toEqual(['row']);
  });

  test('can be refused in full, which another attempt may mend', async () => {
    const tooMuch = refusal('bad-request', 'GET registry', 'too much');
    const { clock, read } = begin(2, (call) => (call.detail === 'full' ? tooMuch : rowsOf(call)));
    await clock.run(read([0]));
    expect((await clock.run(read([0], 'full'))).map(kindOf)).toEqual(['invalid-response']);
    const compact = begin(1, () => tooMuch);
    await expect(compact.clock.run(compact.readOne(image(0)))).rejects.toBe(tooMuch);
  });
});

describe('A step that is aborted', () => {
  test('rejects every request, and sends nothing more', async () => {
    const { clock, read, calls, aborted } = begin(500);
    const reason = new Error('aborted');
    const all = Promise.allSettled(upTo(450).map((at) => read([at])));
    void clock.sleep(3_000).then(() => aborted.abort(reason));
    const settled = await clock.run(all);
    expect(clock.nowMs()).toBe(3_000);
    expect(calls.filter(({ atMs }) => atMs < 3_000).length).toBeGreaterThan(0);
    const rejected = settled.filter(({ status }) => status === 'rejected');
    expect(rejected.length).toBeGreaterThan(100);
    for (const each of rejected) expect(each).toEqual({ status: 'rejected', reason });
  });
});

describe('A request after the abort', () => {
  test('is rejected with its reason, sends nothing, and leaves no other rejection behind', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    const { clock, read, calls, aborted } = begin(2);
    const reason = new Error('aborted');
    aborted.abort(reason);
    await expect(clock.run(read([0]))).rejects.toBe(reason);
    await clock.run(clock.sleep(60_000));
    process.off('unhandledRejection', note);
    expect([calls, unhandled]).toEqual([[], []]);
  });
});

describe('At the deadline', () => {
  test('no request waits for others, nor for the rate limiter', async () => {
    const { clock, read, calls } = begin(40, rowsOf, 3_000);
    await clock.run(read(upTo(400)));
    expect(Math.max(...calls.map(({ atMs }) => atMs))).toBeLessThanOrEqual(3_000);
    await clock.run(clock.sleep(10_000));
    const fromMs = clock.nowMs();
    await clock.run(read([0]));
    expect(calls.at(-1)?.atMs).toBe(fromMs);
  });
});
