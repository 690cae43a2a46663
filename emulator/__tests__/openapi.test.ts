import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { buildEarlierScan, buildImage, buildRegistry, buildScenario } from '../src/builders.ts';
import type { Scenario } from '../src/scenario.ts';
import { recorded } from '../src/scenarios/recorded.ts';
import { samples } from '../src/scenarios/samples.ts';
import { type RunningConsole, startConsole } from '../src/server.ts';
import { versionSettings } from '../src/settings.ts';
import { TestClock } from './test-clock.ts';
import { STARTS_AT_MS } from './test-console.ts';

type Schema = Record<string, unknown>;

/*
 * Differences to the documents, each with the evidence for it:
 * - A list or an object without elements is null: recorded answers.
 * - A text with a list of allowed values is empty where it is not set: `type` in the published samples of progress,
 *   `trustStatus` in recorded rows.
 * - The values of `riskFactors` are {} and not texts: recorded rows.
 * - An exploit has a source that is none of the published ones: recorded rows.
 * - `GET _ping` answers text, and not a list of bytes: public clients. It is left out here.
 */

/** Makes a validator for the answer of each call from the facts of a published version. */
function answersOf(version: string): (call: string) => ValidateFunction | undefined {
  const url = new URL(`openapi-facts-${version}.json`, import.meta.url);
  const { operations, schemas }: { operations: Record<string, { answer?: Schema }>; schemas: Schema } =
    JSON.parse(readFileSync(url, 'utf8'));
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: { 'date-time': isTime, float: true, int64: true },
  });
  ajv.addSchema({
    $id: 'facts',
    schemas: {
      ...eachAdapted(schemas),
      'vulnerability.RiskFactors': { type: ['object', 'null'] },
      'vulnerability.ExploitType': { type: 'string' },
    },
  });
  return (call) => {
    const answer = operations[call]?.answer;
    return answer === undefined ? undefined : ajv.compile(adapted(answer));
  };
}

/** The schema with unknown fields refused, and with the differences above. */
function adapted(schema: Schema): Schema {
  if (typeof schema.$ref === 'string') return { $ref: `facts${schema.$ref}` };
  const { type, enum: values, items, properties, additionalProperties } = schema;
  return {
    ...schema,
    ...(type === 'array' || type === 'object' ? { type: [type, 'null'] } : {}),
    ...(type === 'string' && Array.isArray(values) ? { enum: [...values, ''] } : {}),
    ...(isSchema(items) ? { items: adapted(items) } : {}),
    ...(isSchema(additionalProperties) ? { additionalProperties: adapted(additionalProperties) } : {}),
    ...(isSchema(properties) ? { properties: eachAdapted(properties), additionalProperties: false } : {}),
  };
}

function eachAdapted(schemas: Schema): Schema {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, isSchema(schema) ? adapted(schema) : schema]),
  );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

const paths: readonly (readonly [string, string])[] = [
  ['GET version', 'version'],
  ['GET registry', 'registry?limit=250'],
  ['GET registry', 'registry?compact=true&limit=250'],
  ['GET registry', 'registry?normalizedSeverity=true'],
  ['GET registry', 'registry?name=no-such-image:1'],
  ['GET registry/names', 'registry/names'],
  ['GET registry/progress', 'registry/progress'],
  ['GET registry/progress', 'registry/progress?onDemand=true&repo=shop/cart&tag=7'],
  ['GET settings/registry', 'settings/registry'],
  ['GET statuses/registry', 'statuses/registry'],
  ['GET defenders/names', 'defenders/names'],
  ['GET current/collections', 'current/collections'],
];

const cart = buildImage({
  repo: 'shop/cart',
  tag: '7',
  earlier: buildEarlierScan(),
});

const everyField = buildScenario({
  images: [cart],
  registries: [buildRegistry({ registry: 'r.example', outcome: 'scan-error' })],
  events: [{ kind: 'regular-scan', atMs: 0 }],
  settings: {
    specScanStartTime: 'start',
    progressType: 'registry',
    extraProgressFields: [
      'error',
      'onDemand',
      'hostname',
      'scanTime',
      'aisInitialScanInProgress',
      'aisOnDemandScanInProgress',
    ],
    rowFields: 'recorded',
  },
});

const scenarios: readonly (readonly [string, Scenario])[] = [
  // The hostile image has texts that no Console would have for a kind of package.
  ['samples', { ...samples(), images: samples().images.filter(({ repo }) => repo !== 'shop/hostile') }],
  ['recorded', recorded()],
  ['every field', everyField],
];

describe.each(['32.07', '34.04'])('an answer, by the facts of the document of %s,', (version) => {
  const answerOf = answersOf(version);

  describe.each(scenarios)('with the scenario "%s",', (_, scenario) => {
    let console: RunningConsole;
    const clock = new TestClock(STARTS_AT_MS);
    const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;

    beforeAll(async () => {
      const settings = { ...scenario.settings, ...versionSettings(version), rateLimit: null };
      console = await startConsole({ scenario: { ...scenario, settings }, now: () => clock.nowMs() });
      const tag = { registry: '', repo: 'shop/cart', tag: '7' };
      await fetch(`${console.url}/api/v${version}/registry/scan`, {
        method: 'POST',
        headers: { authorization },
        body: JSON.stringify({ onDemandScan: true, tag }),
      });
      clock.advance(1_500);
    });

    afterAll(() => console.close());

    test.each(paths)('%s is valid: %s', async (call, path) => {
      const response = await fetch(`${console.url}/api/v${version}/${path}`, { headers: { authorization } });
      const isValid = answerOf(call);
      expect(response.status).toBe(200);
      expect(isValid).toBeDefined();
      isValid?.(await response.json());
      const errors = (isValid?.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );
      expect(errors.slice(0, 5)).toEqual([]);
    });

    test('authenticate is valid', async () => {
      const body = JSON.stringify({ username: 'gate', password: 'let-me-scan' });
      const response = await fetch(`${console.url}/api/v${version}/authenticate`, { method: 'POST', body });
      expect(answerOf('POST authenticate')?.(await response.json())).toBe(true);
    });
  });

  test('is refused if a field has a wrong type or is not published', () => {
    const isProgress = answerOf('GET registry/progress');
    expect(isProgress?.([{ isScanOngoing: 'true' }])).toBe(false);
    expect(isProgress?.([{ isScanOngoing: true, percent: 5 }])).toBe(false);
    expect(isProgress?.([{ isScanOngoing: true }])).toBe(true);
  });
});
