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
  runInfo,
  runResult,
} from './builders.ts';
import { RUNS } from './runs.ts';

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
  test.each(Object.entries(RUNS))(
    'has only what the schema of Jenkins has, for the run %s',
    (_name, result) => {
      const [root] = parsed(junitOf(result, runInfo)).children;
      expect(root?.name).toBe('testsuites');
      if (root !== undefined) expectForJenkins(root);
    },
  );

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

  test('lists a hundred findings, and the number of the others', () => {
    const findings = Array.from({ length: 130 }, (_none, at) => finding({ id: `CVE-2026-${at}` }));
    const [failure] = suiteOf(runResult([heldImage('web', findings)])).children[0]?.children ?? [];
    const lines = failure?.text.split('\n') ?? [];
    expect(lines.filter((line) => line.startsWith('high: '))).toHaveLength(100);
    expect(lines.at(-1)).toBe('… and 30 more.');
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
