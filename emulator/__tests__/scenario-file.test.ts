import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { allFindings } from '../src/findings.ts';
import { ConsoleModel } from '../src/model.ts';
import { parseYaml, ScenarioError, scenarioFrom, settingsFrom } from '../src/scenario-file.ts';
import { definitions } from '../src/scenario-schema.ts';
import { samples } from '../src/scenarios/samples.ts';
import { settingSchemas } from '../src/setting-schemas.ts';
import { defaultSettings } from '../src/settings.ts';
import { publishedSchema } from '../src/write-schema.ts';

const fromYaml = (text: string) => scenarioFrom(parseYaml(text));

/** The messages that a scenario is refused with. */
function refused(text: string): string[] {
  try {
    fromYaml(text);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a scenario file', () => {
  test('has defaults for everything', () => {
    const scenario = fromYaml('images: [{ repo: shop/cart, tag: "7" }]');
    expect(scenario.images).toMatchObject([
      { registry: '', scans: [{ scanMs: 2_000, outcome: 'finished' }] },
    ]);
    expect(scenario.users).toEqual([{ username: 'gate', password: 'let-me-scan', role: 'administrator' }]);
    expect(scenario.settings).toEqual(defaultSettings);
    expect(fromYaml('').images).toEqual([]);
  });

  test('extends a built-in scenario, whose lists it can replace', () => {
    const scenario = fromYaml('{ extends: contrary, fleet: 3, registries: [], settings: { rowLagMs: 1 } }');
    expect(scenario.images).toHaveLength(samples().images.length + 3);
    expect(scenario.registries).toEqual([]);
    expect(scenario.settings).toMatchObject({ rowLagMs: 1, endReadBy: 'each-user' });
  });

  test('has findings by name, by seed and written out', () => {
    const { images } = fromYaml(`
images:
  - repo: shop/cart
    tag: "7"
    scans:
      - findings: severe
      - findings: { seed: 7, count: 12 }
      - findings:
          - { cve: CVE-2099-1, severity: high, packageName: openssl, packageVersion: "3.0", fixedIn: "3.1" }
        complianceIssues: [{ id: 41, severity: low, title: Runs as root }]
      - findings: broken
    earlier: { findings: few }
`);
    const scans = images[0]?.scans ?? [];
    expect(scans.map((scan) => allFindings(scan.findings, 0).length)).toEqual([5, 12, 1, 0]);
    expect(scans[2]).toMatchObject({
      findings: [{ status: 'fixed in 3.1' }],
      complianceIssues: [{ id: 41 }],
    });
    expect(scans[3]).toMatchObject({ outcome: 'scan-error' });
    expect(images[0]?.earlier?.findings).toHaveLength(2);
  });

  test('has every kind of event', () => {
    const image = '{ repo: shop/cart, tag: "7" }';
    const digest = `sha256:${'0'.repeat(64)}`;
    const { events } = fromYaml(`
images: [${image}]
events:
  - { kind: restart, atMs: 1 }
  - { kind: scan, atMs: 2, image: ${image}, scan: { outcome: scan-error } }
  - { kind: read, atMs: 3, image: ${image} }
  - { kind: regular-scan, atMs: -60000 }
  - { kind: read-regular, atMs: 5 }
  - { kind: stop-regular, atMs: 6 }
  - { kind: push, atMs: 7, image: ${image}, digest: "${digest}" }
  - { kind: clock, atMs: 8, byMs: -30000 }
`);
    expect(events).toHaveLength(8);
    expect(events[1]).toMatchObject({ scan: { outcome: 'scan-error', scanMs: 2_000 } });
  });

  test('can be the example of the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, example = ''] = /^```yml\n([\s\S]*?)^```$/m.exec(readme) ?? [];
    const scenario = fromYaml(example);
    expect(scenario.images.map(({ scans }) => scans.length)).toEqual([3]);
    expect(scenario.faults).toHaveLength(1);
  });

  test('builds a Console that answers', () => {
    const scenario = fromYaml('images: [{ repo: shop/cart, tag: "7", earlier: { agoMs: 60000 } }]');
    const model = new ConsoleModel({ now: () => Date.UTC(2026, 10, 2), scenario });
    expect(model.report()).toMatchObject({ body: [{ _id: 'shop/cart:7' }] });
  });
});

describe('a mistake in a scenario file is named', () => {
  test.each([
    ['settings: { rowLagMS: 5 }', 'settings: unknown key "rowLagMS"; did you mean "rowLagMs"?'],
    [
      'images: [{ repo: a, tag: b, scans: [{ outcome: failed }] }]',
      'images[0].scans[0].outcome: "failed" is not one of finished, discovery-error, scan-error, report-error',
    ],
    ['images: [{ repo: a, tag: b, scans: [] }]', 'images[0].scans: the list must not be empty'],
    ['images: [{ repo: a, tag: 7 }]', 'images[0].tag: 7 must be string; write "7"'],
    ['images: [{ repo: a }]', 'images[0]: the key "tag" is missing'],
    ['image: []', 'the scenario: unknown key "image"; did you mean "images"?'],
    [
      'events: [{ kind: restrat, atMs: 5 }]',
      'events[0]: kind "restrat" is not one of restart, scan, read, regular-scan, read-regular, stop-regular, push, clock',
    ],
    ['events: [{ kind: clock, atMs: 5 }]', 'events[0]: the key "byMs" is missing'],
    ['users: [{ username: a, password: b, role: admin }]', 'administrator, operator, reader, ci'],
    ['users: []', 'users: the list must not be empty'],
    ['settings: { rateLimit: { requests: 30 } }', 'settings.rateLimit: the key "windowMs" is missing'],
    ['settings: { reportStatus: 500 }', 'settings.reportStatus: 500 is not one of 200, 403, 404'],
    [
      'faults: [{ call: progress, fault: { kind: rewrite, pattern: "(", to: "" } }]',
      'must match format "regex"',
    ],
    ['images: [{ repo: a, tag: b }, { repo: a, tag: b }]', 'images[1]: "a:b" is there already'],
    [
      'images: [{ repo: a, tag: b, scans: [{ scanned: 2 }] }]',
      'images[0].scans[0].scanned: 2 is more than 1, which is images',
    ],
    [
      'images: [{ repo: shop/cart, tag: "7" }]\nevents: [{ kind: read, atMs: 5, image: { repo: shop/cat, tag: "7" } }]',
      'events[0].image: there is no image "shop/cat:7"; did you mean "shop/cart:7"?',
    ],
    [
      'users: [{ username: a, password: b, role: ci }, { username: a, password: c, role: ci }]',
      'users[1]: "a" is there already',
    ],
    ['extends: sample', 'extends: "sample" is not one of samples'],
    ['fleet: 10001', 'fleet: 10001 must be <= 10000'],
    ['[]', 'the scenario: [] must be object'],
  ])('%s', (text, message) => {
    const messages = refused(text);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(message);
  });

  test('once for each mistake, and only for the form of findings that was meant', () => {
    const image = (findings: string) => `{ repo: a, tag: b, scans: [{ findings: ${findings} }] }`;
    expect(
      refused(
        `images: [${image('sever')}, ${image('[{ cve: X }]')}, ${image('{ seed: 1 }')}, ${image('7')}]`,
      ),
    ).toEqual([
      expect.stringMatching(
        /^images\[0\]\.scans\[0\]\.findings: "sever" is not one of .* did you mean "severe"\?$/,
      ),
      'images[1].scans[0].findings[0]: the key "severity" is missing',
      'images[1].scans[0].findings[0]: the key "packageName" is missing',
      'images[1].scans[0].findings[0]: the key "packageVersion" is missing',
      'images[2].scans[0].findings: the key "count" is missing',
      expect.stringMatching(
        /^images\[3\]\.scans\[0\]\.findings: 7 must be the name of a set \(.*\), \{seed, count\}, or a list/,
      ),
    ]);
  });

  test.each(['a: [', 'a: 1\na: 2', '*b'])('as YAML: %j', (text) => {
    expect(refused(text)).not.toEqual([]);
  });
});

describe('the published schema', () => {
  test('is the one in use: after a change run "npm run schema --workspace compute-console-emulator"', () => {
    const file = readFileSync(new URL('../scenario.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(publishedSchema()));
  });

  test('has each setting, and its default is valid', () => {
    expect(Object.keys(settingSchemas).toSorted()).toEqual(Object.keys(defaultSettings).toSorted());
    expect(settingsFrom(defaultSettings)).toEqual(defaultSettings);
    expect(definitions.settings.additionalProperties).toBe(false);
  });
});
