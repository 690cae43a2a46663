import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { junitOf } from '../../src/output/junit.ts';
import { type Reason, VERDICT_OF } from '../../src/policy/reasons.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
import {
  decided,
  failedRun,
  finding,
  heldImage,
  imageResult,
  notMet,
  otherImage,
  runInfo,
  runRequest,
  runResult,
  unknownImage,
} from './builders.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITY = /&(?:amp|lt|gt|quot|apos|#\d+);/g;

function unescaped(text: string): string {
  expect(text.replace(ENTITY, '')).not.toMatch(/[&<>]/);
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(ENTITY, (entity) => {
    const name = entity.slice(1, -1);
    return named[name] ?? String.fromCodePoint(Number(name.slice(1)));
  });
}

/** Reads the subset of XML that the file uses, and refuses everything else. */
function parsed(xml: string): Element {
  // The characters that XML 1.0 allows in a document.
  expect(xml).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  expect(xml.startsWith(declaration)).toBe(true);
  const document: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [document];
  for (const [token] of xml.slice(declaration.length).matchAll(/<[^>]*>|[^<]+/g)) {
    const current = open.at(-1);
    if (current === undefined) throw new Error('An element is closed twice.');
    if (!token.startsWith('<')) {
      current.text += unescaped(token);
      continue;
    }
    if (token.startsWith('</')) {
      expect(token).toBe(`</${current.name}>`);
      open.pop();
      continue;
    }
    const [, name = '', given = '', end = ''] = /^<([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>$/.exec(token) ?? [];
    expect(name).not.toBe('');
    const attributes = Object.fromEntries(
      [...given.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, unescaped(value)]),
    );
    const element: Element = { name, attributes, children: [], text: '' };
    current.children.push(element);
    if (end === '') open.push(element);
  }
  expect(open).toEqual([document]);
  return document;
}

/** The only suite of the file. */
function suiteOf(result: RecordedRun): Element {
  const [root] = parsed(junitOf(result, runInfo)).children;
  expect(root?.name).toBe('testsuites');
  expect(root?.children).toHaveLength(1);
  const [suite] = root?.children ?? [];
  if (suite === undefined) throw new Error('There is no suite.');
  return suite;
}

const problemsOf = ({ children }: Element) =>
  children.map((one) => [one.attributes.name, one.children[0]?.name, one.children[0]?.attributes.type]);

/** The attributes that the schema of Jenkins' xUnit plugin (junit-10.xsd) has for each element that the file uses. */
const JENKINS: Readonly<Record<string, readonly string[]>> = {
  testsuites: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'],
  testsuite: [
    'name',
    'tests',
    'failures',
    'errors',
    'time',
    'disabled',
    'skipped',
    'timestamp',
    'hostname',
    'id',
  ],
  testcase: ['name', 'assertions', 'time', 'classname', 'status'],
  failure: ['type', 'message'],
  error: ['type', 'message'],
  skipped: ['type', 'message'],
};

function expectForJenkins({ name, attributes, children }: Element): void {
  const unknown = Object.keys(attributes).filter((attribute) => !JENKINS[name]?.includes(attribute));
  expect({ name, unknown }).toEqual({ name, unknown: [] });
  for (const child of children) expectForJenkins(child);
}

describe('The JUnit file', () => {
  test('has only what the schema of Jenkins has', () => {
    const checks = (['ok', 'failed', 'cannot-tell'] as const).map((state) => ({
      check: state,
      state,
      message: 'm',
      fix: 'f',
    }));
    for (const result of [
      runResult([imageResult(), heldImage('web'), unknownImage()]),
      runResult([], { decision: decided('check-failed'), checks }),
    ]) {
      const [root] = parsed(junitOf(result, runInfo)).children;
      if (root !== undefined) expectForJenkins(root);
      expect(root?.name).toBe('testsuites');
    }
  });

  test('says what happened once, and what to do once', () => {
    const [, web] = suiteOf(runResult([imageResult(), heldImage('web')])).children;
    const text = `${web?.children[0]?.attributes.message}\n${web?.children[0]?.text}`;
    expect(text.split('it has 1 finding')).toHaveLength(2);
    expect(text.split('Update to the fixed versions')).toHaveLength(2);
  });

  test('has a test case for each image, and counts them', () => {
    const message = 'The scan of app is finished, but it has one high vulnerability.';
    const failed = otherImage('web', [], {
      decision: decided('severity-cutoff', message),
      gates: notMet([finding()]),
    });
    const suite = suiteOf(runResult([imageResult(), failed, unknownImage()]));
    expect(suite.attributes).toEqual({
      name: 'registry-scan-gate',
      tests: '3',
      failures: '2',
      errors: '0',
      skipped: '0',
      time: '65.000',
      timestamp: '2026-11-24T10:00:00',
    });
    expect(problemsOf(suite)).toEqual([
      ['registry.example.com:5000/team/app:1.4', undefined, undefined],
      ['registry.example.com:5000/team/web:1.4', 'failure', 'severity-cutoff'],
      ['registry.example.com:5000/team/app:1.4', 'failure', 'not-started'],
    ]);
    const [failure] = suite.children[1]?.children ?? [];
    expect(failure?.attributes.message).toBe(message);
    expect(failure?.text).toBe(
      'Correct the input; nothing was sent to the Console.\nhigh: CVE-2026-0001 in openssl 3.0.1 (fixed in 3.0.2)',
    );
  });

  test.each(
    Object.entries(VERDICT_OF).filter(([reason]) => !['scan-completed', 'recent-scan'].includes(reason)),
  )('tells a failure from an error for %s', (reason, verdict) => {
    const isReason = (name: string): name is Reason => Object.hasOwn(VERDICT_OF, name);
    if (!isReason(reason)) throw new Error('There is no such reason.');
    const suite = suiteOf(failedRun({ decision: decided(reason, 'Why.') }));
    const expected = {
      passed: undefined,
      failed: 'failure',
      'timed-out': 'failure',
      error: 'error',
      cancelled: 'error',
    };
    expect(problemsOf(suite)[0]?.slice(0, 2)).toEqual(['the run', expected[verdict]]);
  });

  test('has the run as a failed case if all images passed and the run did not', () => {
    const cancelled = runResult([imageResult()], { decision: decided('signal', 'Stopped by SIGTERM.') });
    expect(problemsOf(suiteOf(cancelled))).toEqual([
      ['registry.example.com:5000/team/app:1.4', undefined, undefined],
      ['the run', 'error', 'signal'],
    ]);
  });

  test('names the registries for the regular scan', () => {
    const regular = runResult([], {
      decision: decided('scan-completed', 'The scan is finished.'),
      request: runRequest({ mode: 'await-regular' }),
    });
    expect(problemsOf(suiteOf(regular))).toEqual([['the registries', undefined, undefined]]);
  });

  test('has the checks of a preflight, and skips those without a result', () => {
    const preflight = runResult([], {
      decision: decided('check-failed', 'One check failed.'),
      request: runRequest({ mode: 'check' }),
      checks: [
        { check: 'address', state: 'ok', message: 'It answers.', fix: '' },
        { check: 'log-in', state: 'failed', message: '401', fix: 'Check username and password.' },
        { check: 'role', state: 'cannot-tell', message: 'Starting a scan was not tried.', fix: '' },
      ],
    });
    const suite = suiteOf(preflight);
    expect(suite.attributes).toMatchObject({ tests: '3', failures: '1', skipped: '1' });
    expect(problemsOf(suite)).toEqual([
      ['address', undefined, undefined],
      ['log-in', 'failure', 'check-failed'],
      ['role', 'skipped', undefined],
    ]);
    expect(suite.children[1]?.children[0]?.text).toBe('Check username and password.');
  });

  test('is well-formed XML whatever the texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const image = imageResult([], {
          name: text,
          decision: decided('severity-cutoff', text),
          gates: notMet([finding({ id: text, packageName: text })]),
        });
        expect(suiteOf(runResult([image])).children).toHaveLength(1);
      }),
      { examples: [['\u0000\u001b]]>\ud800\ufffe<a b="c">&amp;\'\n\t😀']] },
    );
    const [shown] = suiteOf(runResult([imageResult([], { name: 'a\u0000<b>&"\'\n😀' })])).children;
    expect(shown?.attributes.name).toBe('a\ufffd<b>&"\'\n😀');
  });
});
