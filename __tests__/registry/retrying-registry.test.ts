import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TransportError } from '../../src/http/transport-error.ts';
import type { FailedRead, ImageManifests } from '../../src/image/manifests.ts';
import type { ImageRegistry } from '../../src/registry/registry.ts';
import { registryError } from '../../src/registry/registry-error.ts';
import { retrying, retryingForPlatforms } from '../../src/registry/retrying-registry.ts';
import { withHint } from '../../src/text/call-text.ts';
import { digestOf, indexOf } from '../image/manifests.ts';
import { InstantClock } from './scripted-registry.ts';

const IMAGE = { registry: 'registry.example.com', repository: 'shop/cart' };
const DIGEST = digestOf('x');
const FOUND = indexOf('linux/amd64');

/** A registry that answers in turn, the last answer again and again. */
function answering(...answers: readonly (ImageManifests | Error)[]) {
  let count = 0;
  const registry: ImageRegistry = {
    resolveTag: async () => DIGEST,
    manifestsOf: async () => {
      const answer = answers[Math.min(count, answers.length - 1)] ?? FOUND;
      count += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { registry, count: () => count };
}

function limits({ forMs = 120_000, leftMs = 1_800_000 } = {}) {
  const clock = new InstantClock();
  const abort = new AbortController();
  const whys: string[] = [];
  const retry = {
    clock,
    signal: abort.signal,
    forMs,
    leftMs: () => leftMs,
    onPause: (why: FailedRead) => whys.push(withHint(why)),
  };
  return { clock, abort, whys, retry };
}

const REFUSED = registryError('forbidden', 'The registry answered 403', { hint: 'Log in.' });

describe('A registry that cannot be asked', () => {
  test('is asked again with pauses that grow, and each is explained', async () => {
    const { registry, count } = answering(REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, FOUND);
    const { clock, retry, whys } = limits();

    expect(await retrying(registry, retry).manifestsOf(IMAGE, DIGEST)).toBe(FOUND);
    expect(count()).toBe(7);
    expect(clock.sleeps).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(new Set(whys)).toEqual(new Set(['The registry answered 403. Log in.']));
  });

  test.each([
    [120_000, 1_800_000, 120_000],
    [120_000, 60_000, 15_000],
    [10_000, 1_800_000, 10_000],
    [0, 1_800_000, 0],
  ])('is given up after %i ms, with %i ms left for all: %i ms', async (forMs, leftMs, spentMs) => {
    const { registry } = answering(REFUSED);
    const { clock, retry } = limits({ forMs, leftMs });

    await expect(retrying(registry, retry).manifestsOf(IMAGE, DIGEST)).rejects.toBe(REFUSED);
    expect(clock.nowMs()).toBe(spentMs);
  });

  test.each([
    ['a request that makes no sense', registryError('unsupported', 'It is not a tag')],
    [
      'a name that does not exist',
      registryError('unreachable', 'x', { cause: new TransportError('unresolved', 'ENOTFOUND', 'x') }),
    ],
    ['a defect', new TypeError('x')],
  ])('is not asked again after %s', async (_what, error) => {
    const { registry, count } = answering(error);

    await expect(retrying(registry, limits().retry).manifestsOf(IMAGE, DIGEST)).rejects.toBe(error);
    expect(count()).toBe(1);
  });

  test('is not asked again once the run is to end', async () => {
    const { registry, count } = answering(REFUSED);
    const { abort, retry } = limits();
    abort.abort(new Error('stopped'));

    await expect(retrying(registry, retry).manifestsOf(IMAGE, DIGEST)).rejects.toThrow('stopped');
    expect(count()).toBe(1);
  });

  test('takes as long as it is given and no longer, whatever it answers', async () => {
    const answer = fc.constantFrom<ImageManifests | Error>(
      REFUSED,
      { ...FOUND, unread: { what: 'why' } },
      FOUND,
    );
    const times = fc.record({ forMs: fc.nat(300_000), leftMs: fc.nat(3_600_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 40 }), times, async (answers, given) => {
        const { clock, retry } = limits(given);
        await retryingForPlatforms(answering(...answers).registry, retry)
          .manifestsOf(IMAGE, DIGEST)
          .catch(() => undefined);
        expect(clock.nowMs()).toBeLessThanOrEqual(Math.min(given.forMs, given.leftMs / 4) + 1e-6);
      }),
    );
  });
});

describe('A platform that could not be read', () => {
  const unread = { ...FOUND, unread: { what: 'The registry answered 503' } };

  test('is asked for again if platforms are needed', async () => {
    const { registry, count } = answering(unread, FOUND);

    expect(await retryingForPlatforms(registry, limits().retry).manifestsOf(IMAGE, DIGEST)).toBe(FOUND);
    expect(count()).toBe(2);
  });

  test('stays unknown in the end', async () => {
    const { registry } = answering(unread);

    expect(await retryingForPlatforms(registry, limits().retry).manifestsOf(IMAGE, DIGEST)).toBe(unread);
  });

  test('affects no other image', async () => {
    const { registry, count } = answering(unread);

    expect(await retrying(registry, limits().retry).manifestsOf(IMAGE, DIGEST)).toBe(unread);
    expect(count()).toBe(1);
  });
});
