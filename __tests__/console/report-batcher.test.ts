import { describe, expect, test } from '@jest/globals';
import type { Query } from '../../src/console/endpoint.ts';
import { ConsoleError } from '../../src/console/failure.ts';
import { Ration } from '../../src/console/ration.ts';
import { decodeReport } from '../../src/console/report.ts';
import type { Detail } from '../../src/console/report-batch.ts';
import { ReportDesk } from '../../src/console/report-desk.ts';
import { Crowd } from '../../src/scan/crowd.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { type Answer, answer, type NoAnswer, type ReportReading } from '../../src/scan/evidence.ts';
import type { Image } from '../../src/scan/image.ts';
import { FakeClock } from '../scan/fake-clock.ts';

const REGISTRY = 'registry.example.com';
const TIME = '2026-11-02T09:00:00Z';
const DIGEST = `sha256:${'a'.repeat(64)}` as const;

const silence: NoAnswer = {
  kind: 'no-answer',
  reason: 'unreachable',
  message: 'down',
  retryAfterMs: undefined,
};

const images: readonly Image[] = Array.from({ length: 1_000 }, (_none, at) => ({
  registry: REGISTRY,
  repository: `a/b${at}`,
  scanBy: { tag: '1' },
  requiredDigest: undefined,
}));

function image(at: number): Image {
  const found = images[at];
  if (found === undefined) throw new Error(`there is no image ${at}`);
  return found;
}

function wireRow(name: string, given: object = {}): unknown {
  const [repo = '', tag = ''] = name.replace(`${REGISTRY}/`, '').split(':');
  return { repoTag: { registry: REGISTRY, repo, tag }, scanTime: TIME, ...given };
}

interface Call {
  readonly atMs: number;
  readonly names: readonly string[];
  readonly repositories: readonly string[];
  readonly offset: number;
  readonly detail: Detail;
}

type Fate = unknown[] | NoAnswer | Error;

/** A row of each name that is asked for. */
const rowsOf = (call: Call): unknown[] =>
  call.names.filter((name) => !name.startsWith('https')).map((name) => wireRow(name));

/** A desk for so many images, at a Console that does with each call as it is told. */
function openDesk(size: number, fateOf: (call: Call, nth: number) => Fate = rowsOf, timeoutMs = 1_800_000) {
  const clock = new FakeClock();
  const crowd = new Crowd();
  for (let at = 0; at < size; at += 1) void crowd.with(() => new Promise(() => undefined));
  const broken = new AbortController();
  const deadline = new Deadline(clock, timeoutMs);
  const calls: Call[] = [];
  const ask = async (query: Query, signal: AbortSignal) => {
    const call = callOf(query, clock.nowMs());
    const fate = fateOf(call, calls.push(call) - 1);
    await clock.sleep(50, signal);
    signal.throwIfAborted();
    if (fate instanceof Error) throw fate;
    if (!Array.isArray(fate)) return fate;
    return answer({ rows: decodeReport(fate), atEpochMs: 4_711 });
  };
  const desk = new ReportDesk(ask, new Ration(clock, deadline), {
    clock,
    deadline,
    crowd,
    signal: broken.signal,
  });
  const read = (which: readonly number[], detail: Detail = 'compact') =>
    Promise.all(which.map((at) => desk.read(image(at), detail)));
  return { clock, crowd, desk, calls, broken, read };
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

function kindOf(given: Answer<ReportReading>): string {
  if (given.kind === 'no-answer') return given.reason;
  return given.value.kind === 'unreadable' ? given.value.why : given.value.kind;
}

describe('The report of many images', () => {
  test('is read with one call for all who ask at about the same time', async () => {
    const { clock, desk, calls } = openDesk(40);
    const asking = upTo(40).map(async (at) => {
      await clock.sleep(at * 10);
      return desk.read(image(at), 'compact');
    });
    const readings = await clock.run(Promise.all(asking));
    expect(calls).toHaveLength(1);
    expect(readings.map(kindOf)).toEqual(upTo(40).map(() => 'row'));
  });

  test('is read with a call for every forty-five', async () => {
    const { clock, read, calls } = openDesk(200);
    await clock.run(read(upTo(200)));
    expect(calls.map(({ names }) => names.length)).toEqual([90, 90, 90, 90, 40]);
  });

  test('of a single one is asked for at once', async () => {
    const { clock, read, calls } = openDesk(1);
    await clock.run(read([0]));
    expect(calls.map(({ atMs }) => atMs)).toEqual([0]);
  });

  test.each([
    [2, 30],
    [20, 300],
    [40, 600],
    [1_000, 600],
  ])('waits where there are %d images %d ms for others to ask', async (images, ms) => {
    const { clock, read, calls } = openDesk(images);
    await clock.run(read([0]));
    expect(calls.map(({ atMs }) => atMs)).toEqual([ms]);
  });

  test('is each one’s own, and says when the Console answered', async () => {
    const { clock, read } = openDesk(3, (call) => rowsOf(call).slice(0, 2));
    const readings = await clock.run(read([0, 1, 2]));
    expect(readings.map(kindOf)).toEqual(['row', 'row', 'absent']);
    expect(readings[0]).toMatchObject({ value: { atEpochMs: 4_711, row: { scanTime: { text: TIME } } } });
  });

  test('that makes no sense for one is good for the others', async () => {
    const { clock, read } = openDesk(3, ({ names }) => [
      wireRow(names[0] ?? ''),
      wireRow(names[2] ?? '', { scanTime: 'yesterday' }),
      wireRow(names[4] ?? ''),
    ]);
    expect((await clock.run(read([0, 1, 2]))).map(kindOf)).toEqual(['row', 'invalid-response', 'row']);
  });

  test('with a row that may be of anybody is no answer for those who have none', async () => {
    const { clock, read } = openDesk(3, (call) => [...rowsOf(call).slice(0, 2), { repoTag: 7 }]);
    expect((await clock.run(read([0, 1, 2]))).map(kindOf)).toEqual(['row', 'row', 'invalid-response']);
  });

  test('that is not answered is not answered for all of the call', async () => {
    const { clock, read } = openDesk(3, () => silence);
    expect((await clock.run(read([0, 1, 2]))).map(kindOf)).toEqual(upTo(3).map(() => 'unreachable'));
  });

  test('is read again after a failure', async () => {
    const { clock, read, calls } = openDesk(3, (call, nth) => (nth === 0 ? silence : rowsOf(call)));
    await clock.run(read([0, 1]));
    expect((await clock.run(read([0, 1]))).map(kindOf)).toEqual(['row', 'row']);
    expect(calls).toHaveLength(2);
  });

  test.each(['forbidden', 'not-found'] as const)(
    'that is %s is unreadable for all of the call',
    async (why) => {
      const { clock, read } = openDesk(3, () => new ConsoleError(why, 'GET registry', 'no'));
      expect((await clock.run(read([0, 1, 2]))).map(kindOf)).toEqual(upTo(3).map(() => why));
    },
  );

  test.each([
    new ConsoleError('forbidden', 'POST authenticate', 'no'),
    new ConsoleError('unauthorized', 'GET registry', 'no'),
    new Error('a defect'),
  ])('fails for all of the call with %s', async (error) => {
    const { clock, read, desk } = openDesk(3, () => error);
    const all = Promise.allSettled([read([0]), read([1]), desk.read(image(2), 'compact')]);
    for (const settled of await clock.run(all))
      expect(settled).toEqual({ status: 'rejected', reason: error });
  });

  test('is served in the order of asking, a call after the other as the ration allows', async () => {
    const { clock, read, calls } = openDesk(1_000);
    await clock.run(read(upTo(450)));
    expect(calls.map(({ names }) => names[0])).toEqual(upTo(10).map((at) => `${REGISTRY}/a/b${at * 45}:1`));
    const gaps = calls.slice(1).map(({ atMs }, at) => Math.round(atMs - (calls[at]?.atMs ?? 0)));
    expect(gaps).toEqual([0, 0, 0, 0, 1_200, 1_200, 1_200, 1_200, 1_200]);
  });

  test('is asked for the next time while an answer takes its time', async () => {
    const { clock, desk, calls } = openDesk(1);
    const both = Promise.all([
      desk.read(image(0), 'compact'),
      clock.sleep(10).then(() => desk.read(image(1), 'compact')),
    ]);
    await clock.run(both);
    expect(calls.map(({ atMs }) => atMs)).toEqual([0, 10]);
  });

  test('in full is served every other time, before all that are only looked at', async () => {
    const { clock, read, calls } = openDesk(1_000);
    await clock.run(
      Promise.all([read(upTo(450)), read([900], 'full'), clock.sleep(1).then(() => read([901], 'full'))]),
    );
    expect(calls.slice(0, 3).map(({ detail }) => detail)).toEqual(['full', 'compact', 'compact']);
    expect(calls.findLastIndex(({ detail }) => detail === 'full')).toBeLessThan(7);
  });

  test('in full never keeps the others from their turn', async () => {
    const { clock, desk, calls } = openDesk(1_000, (call) =>
      call.detail === 'full' ? silence : rowsOf(call),
    );
    const again = async () => {
      for (let round = 0; round < 20; round += 1) {
        await Promise.all(upTo(20).map((at) => desk.read(image(at), 'full')));
      }
    };
    const looking = clock.sleep(5_000).then(() => desk.read(image(500), 'compact'));
    void again();
    await clock.run(looking);
    expect(calls.at(-1)?.detail).toBe('compact');
    expect(clock.nowMs()).toBeLessThan(9_000);
  });
});

describe('A refusal for too much', () => {
  const refusal: NoAnswer = { ...silence, isTooMuch: true, retryAfterMs: 20_000 };

  test('of one call holds all of them back', async () => {
    const { clock, read, calls } = openDesk(500, (call, nth) => (nth === 0 ? refusal : rowsOf(call)));
    await clock.run(read(upTo(450)));
    // Five were on their way by then.
    expect(calls.slice(0, 5).map(({ atMs }) => atMs)).toEqual(upTo(5).map(() => 600));
    expect(calls[5]?.atMs).toBeGreaterThanOrEqual(20_600);
  });

  test('of a single image is left to its own patience', async () => {
    const { clock, read, calls } = openDesk(1, (call, nth) => (nth === 0 ? refusal : rowsOf(call)));
    await clock.run(read([0]));
    await clock.run(read([0]));
    expect(clock.nowMs()).toBe(100);
    expect(calls).toHaveLength(2);
  });
});

describe('A report of several pages', () => {
  const page = (offset: number, rows: number): unknown[] =>
    upTo(rows).map((at) =>
      wireRow(`${REGISTRY}/a/b${offset + at}:1`, { repoDigests: [`a/b${offset + at}@${DIGEST}`] }),
    );

  test('is read to its end, each page for a turn of its own', async () => {
    const { clock, desk, calls } = openDesk(2, ({ offset }) => page(offset, offset === 450 ? 3 : 50));
    const given = await clock.run(desk.read(image(452), 'compact'));
    expect(kindOf(given)).toBe('row');
    expect(calls.map(({ offset }) => offset)).toEqual(upTo(10).map((at) => at * 50));
    expect(clock.nowMs()).toBeGreaterThan(5_000);
  });

  test('ends with an empty page where the rows fill the one before', async () => {
    const { clock, desk, calls } = openDesk(2, ({ offset }) => (offset === 0 ? page(0, 50) : []));
    expect(kindOf(await clock.run(desk.read(image(99), 'compact')))).toBe('absent');
    expect(calls).toHaveLength(2);
  });

  test('of which one is not answered is no answer', async () => {
    const { clock, desk } = openDesk(2, ({ offset }) => (offset === 0 ? page(0, 50) : silence));
    expect(kindOf(await clock.run(desk.read(image(3), 'compact')))).toBe('unreachable');
  });

  test('that never end does not say of any image that it is absent', async () => {
    const { clock, desk, calls } = openDesk(1, () => page(0, 50));
    const both = Promise.all([desk.read(image(3), 'compact'), desk.read(image(99), 'compact')]);
    const [found, missing] = await clock.run(both);
    expect([found, missing].flatMap((given) => given ?? []).map(kindOf)).toEqual(['row', 'invalid-response']);
    expect(calls.length).toBeLessThanOrEqual(200);
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
    const { clock, read, calls } = openDesk(100, counted(total));
    await clock.run(read(upTo(100)));
    const looks = calls.length;
    await clock.run(read(upTo(100), 'full'));
    expect(calls.slice(looks).map(({ names }) => names.length / 2)).toEqual(sizes);
  });

  const full = (calls: readonly Call[]) =>
    calls.filter(({ detail }) => detail === 'full').map(({ names }) => names.length / 2);

  test('are read by fewer after a call for several that failed, and by more again after that', async () => {
    const { clock, read, calls } = openDesk(40, (call, nth) => (nth < 1 ? silence : rowsOf(call)));
    await clock.run(read(upTo(40), 'full'));
    await clock.run(read(upTo(40), 'full'));
    expect(full(calls)).toEqual([40, 22, 18]);
    for (let round = 0; round < 10; round += 1) await clock.run(read(upTo(40), 'full'));
    expect(full(calls).at(-1)).toBe(40);
  });

  test('are read by no fewer because the Console refused too much', async () => {
    const { clock, read, calls } = openDesk(40, () => ({ ...silence, isTooMuch: true }));
    for (let round = 0; round < 3; round += 1) await clock.run(read(upTo(40), 'full'));
    expect(full(calls)).toEqual([40, 40, 40]);
  });

  test('are read by no fewer because one alone could not be read', async () => {
    const { clock, read, calls } = openDesk(40, (call, nth) => (nth < 5 ? silence : rowsOf(call)));
    for (let round = 0; round < 5; round += 1) await clock.run(read([0], 'full'));
    await clock.run(read(upTo(40), 'full'));
    expect(full(calls).at(-1)).toBe(40);
  });

  test('are read by several again soon after a long outage', async () => {
    const { clock, read, calls } = openDesk(40, (call) => (clock.nowMs() < 200_000 ? silence : rowsOf(call)));
    while (clock.nowMs() < 200_000) await clock.run(read(upTo(40), 'full'));
    const during = calls.length;
    await clock.run(read(upTo(40), 'full'));
    await clock.run(read(upTo(40), 'full'));
    expect(calls.length - during).toBeLessThan(60);
  });
});

describe('An image that is asked for by digest', () => {
  const byDigest: Image = {
    registry: REGISTRY,
    repository: 'a/b0',
    scanBy: { digest: DIGEST },
    requiredDigest: DIGEST,
  };
  const rows = [
    wireRow(`${REGISTRY}/a/b0:1`, { repoDigests: [`a/b0@${DIGEST}`] }),
    wireRow(`${REGISTRY}/a/b0:2`, { repoDigests: [`a/b0@sha256:${'b'.repeat(64)}`] }),
  ];

  test('is looked for in its whole repository, and read in full by the name that was found', async () => {
    const { clock, desk, calls } = openDesk(1, () => rows);
    for (const detail of ['full', 'compact', 'full', 'compact'] as const) {
      await clock.run(desk.read(byDigest, detail));
    }
    const name = `${REGISTRY}/a/b0:1`;
    expect(calls.map(({ repositories, names }) => ({ repositories, names }))).toEqual([
      { repositories: ['a/b0'], names: [] },
      { repositories: ['a/b0'], names: [] },
      { repositories: [], names: [name, `https://${name}`] },
      { repositories: ['a/b0'], names: [] },
    ]);
  });
});

describe('A step that is broken off', () => {
  test('leaves nobody waiting, and asks nothing more of the Console', async () => {
    const { clock, read, calls, broken } = openDesk(500);
    const reason = new Error('broken off');
    const all = Promise.allSettled(upTo(450).map((at) => read([at])));
    void clock.sleep(3_000).then(() => broken.abort(reason));
    const settled = await clock.run(all);
    expect(clock.nowMs()).toBe(3_000);
    expect(calls.filter(({ atMs }) => atMs < 3_000).length).toBeGreaterThan(0);
    const rejected = settled.filter(({ status }) => status === 'rejected');
    expect(rejected.length).toBeGreaterThan(100);
    for (const each of rejected) expect(each).toEqual({ status: 'rejected', reason });
  });
});

describe('At the deadline', () => {
  test('nobody waits for others to ask, nor for a turn', async () => {
    const { clock, read, calls } = openDesk(40, rowsOf, 3_000);
    await clock.run(read(upTo(400)));
    expect(Math.max(...calls.map(({ atMs }) => atMs))).toBeLessThanOrEqual(3_000);
    await clock.run(clock.sleep(10_000));
    const fromMs = clock.nowMs();
    await clock.run(read([0]));
    expect(calls.at(-1)?.atMs).toBe(fromMs);
  });
});
