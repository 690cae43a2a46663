import { expect, test } from '@jest/globals';
import { ConsoleApi } from '../../src/console/api.ts';
import { ActiveScans } from '../../src/scan/clock.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { FakeClock } from '../scan/fake-clock.ts';

/** The result of a trigger that is answered 200 with this body. */
async function triggered(body: string) {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const api = new ConsoleApi(
    { base: 'https://console.example.com', apiVersion: '32.07', project: '' },
    { kind: 'token', token: 'a-token' },
    {
      transport: async () => ({ status: 200, headers: {}, body: Buffer.from(body) }),
      clock,
      deadline: new Deadline(clock, 60_000),
      activeScans: new ActiveScans(),
      signal,
      redact: (text) => text,
      addSecret: () => undefined,
      debug: () => undefined,
    },
  );
  const image = {
    registry: '',
    repository: 'library/alpine',
    tag: '3',
    scanBy: { tag: '3' },
    digest: undefined,
    platform: undefined,
  };
  return clock.run(api.starterOf(image, 10_000)(signal));
}

test.each(['', 'null', '{}', '"accepted"', '[]', 'accepted'])(
  'A 200 with the body %p accepts the trigger',
  async (body) => {
    expect(await triggered(body)).toEqual({ ok: true, value: 'accepted' });
  },
);

test.each(['<!DOCTYPE html><html></html>', ' \n<html>'])(
  "A proxy's page, such as %p, leaves open whether the Console got the trigger",
  async (body) => {
    expect(await triggered(body)).toMatchObject({ ok: false, failure: { kind: 'invalid-response' } });
  },
);
