import { afterEach, describe, expect, test } from '@jest/globals';
import { buildDefender, buildImage, buildRegistry, buildScenario, buildScope } from '../src/builders.ts';
import type { Scenario, UserSpec } from '../src/scenario.ts';
import { type RunningConsole, startConsole } from '../src/server.ts';
import { TestClock } from './test-clock.ts';
import { STARTS_AT_MS } from './test-console.ts';

const running: RunningConsole[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((console) => console.close()));
});

/** Starts a Console and returns a function that reads a path as a user: the status, and the body if it is JSON. */
async function started(given: Partial<Scenario>, role: UserSpec['role'] = 'administrator', user = {}) {
  const clock = new TestClock(STARTS_AT_MS);
  const console = await startConsole({
    scenario: buildScenario({ ...given, users: [{ username: 'gate', password: 'secret', role, ...user }] }),
    now: () => clock.nowMs(),
  });
  running.push(console);
  const authorization = `Basic ${Buffer.from('gate:secret').toString('base64')}`;
  const read = async (path: string): Promise<unknown> => {
    const response = await fetch(`${console.url}/api/v32.07/${path}`, { headers: { authorization } });
    return response.ok ? response.json() : response.status;
  };
  return { clock, read, model: console.model };
}

const failing = buildRegistry({
  registry: 'https://harbor.example',
  discoveryMs: 1_000,
  outcome: 'discovery-error',
  errorText: 'Failed to retrieve repositories info',
});

describe('the configuration of a Console', () => {
  test('has an entry for each registry, spelled as the Console stores it', async () => {
    const { read } = await started({
      registries: [failing],
      images: [buildImage({ registry: 'registry.example.com', repo: 'shop/cart', tag: '7' })],
    });
    expect(await read('settings/registry')).toMatchObject({
      specifications: [
        { registry: 'registry.example.com', repository: '', tag: '', cap: 5, os: 'linux', version: '2' },
        { registry: 'https://harbor.example' },
      ],
    });
  });

  test('has the entries of the scenario instead', async () => {
    const scope = buildScope({
      registry: 'registry.example.com',
      repository: 'shop/*',
      excludedTags: ['*-dev'],
      cap: 20,
    });
    const { read } = await started({ registries: [failing], scopes: [scope] });
    expect(await read('settings/registry')).toMatchObject({
      specifications: [{ repository: 'shop/*', excludedTags: ['*-dev'], cap: 20 }],
    });
  });

  test('shows the state and the errors of the regular scan', async () => {
    const { read, model, clock } = await started({ registries: [failing] });
    expect(await read('statuses/registry')).toMatchObject({ completed: false, scanning: false });
    model.startRegularScan();
    expect(await read('statuses/registry')).toMatchObject({ completed: false, scanning: true });
    clock.advance(60_000);
    expect(await read('statuses/registry')).toEqual({
      hostname: '',
      scanTime: '2026-11-02T09:00:01.000Z',
      completed: true,
      scanning: false,
      selective: false,
      errors: ['Failed to retrieve repositories info'],
    });
  });

  test('names the Defenders, connected or not', async () => {
    const { read } = await started({
      defenders: [buildDefender(), buildDefender({ hostname: 'arm.example', arm64: true, connected: false })],
    });
    expect(await read('defenders/names')).toEqual(['defender-1.example', 'arm.example']);
    expect(await read('defenders/names?connected=true')).toEqual(['defender-1.example']);
    expect(await read('defenders/names?isARM64=true')).toEqual(['arm.example']);
  });

  test('limits a user to collections, and to the rows of their images', async () => {
    const images = ['All', 'shop'].map((collection) =>
      buildImage({ repo: `${collection.toLowerCase()}/cart`, tag: '7', collections: [collection] }),
    );
    const collections = [
      { name: 'All', color: '#7289da' },
      { name: 'shop', color: '#00aa00' },
    ];
    const { read, model } = await started({ images, collections }, 'reader', { collections: ['shop'] });
    for (const { repo, tag } of images) model.scan({ onDemandScan: true, tag: { registry: '', repo, tag } });
    expect(await read('current/collections')).toEqual([{ name: 'shop', color: '#00aa00' }]);
    expect(await read('registry/names')).toBeNull();
  });
});

describe('a role', () => {
  const calls = [
    'version',
    'registry/progress',
    'registry',
    'statuses/registry',
    'current/collections',
    'settings/registry',
    'defenders/names',
  ];

  test.each([
    ['administrator', calls.length],
    ['operator', 5],
    ['reader', 5],
    ['ci', 1],
  ] as const)('%s may make the first %d of the calls', async (role, allowed) => {
    const { read } = await started({}, role);
    const answers = await Promise.all(calls.map((call) => read(call)));
    expect(answers.map((answer) => answer !== 403)).toEqual(calls.map((_, place) => place < allowed));
  });

  test('can be denied single calls', async () => {
    const { read } = await started({}, 'administrator', { denied: ['settings-registry'] });
    expect([await read('settings/registry'), await read('defenders/names')]).toEqual([
      403,
      ['defender-1.example'],
    ]);
  });
});
