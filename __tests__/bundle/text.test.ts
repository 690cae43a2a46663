import { beforeAll, describe, expect, test } from '@jest/globals';
import { ended, entry, NEW_TIME, newRow, nothing, oldRow, ongoing, row } from './console-data.ts';
import { commands, gate, gates, PASSED, type Run, verdictOf } from './gate.ts';
import { HOSTILE } from './hostile.ts';
import { json, refused, type Scripts } from './scripted-console.ts';

const LONG = 'L'.repeat(300_000);

const spoken = (
  text: string,
): readonly { readonly name: string; readonly scripts: Scripts; readonly expected: string }[] => [
  {
    name: 'titles of the phases',
    scripts: {
      progress: [
        json([entry(true, { discovery: { title: text }, imageScan: { title: text } })]),
        json([entry(true, { discovery: { title: `${text}2` }, imageScan: { title: `${text}2` } })]),
        ended,
        nothing,
      ],
      report: [oldRow, newRow],
    },
    expected: PASSED,
  },
  {
    name: 'the error of a phase',
    scripts: { progress: [ongoing, json([entry(false, { imageScan: { error: text } })])], report: [oldRow] },
    expected: '1 failed scan-error',
  },
  {
    name: 'the error of the row',
    scripts: { progress: [ongoing, ended, nothing], report: [oldRow, json([row(NEW_TIME, { err: text })])] },
    expected: '1 failed scan-error',
  },
  {
    name: 'the words of a refusal',
    scripts: { progress: [refused(403, text)], report: [oldRow] },
    expected: '1 error forbidden',
  },
  {
    name: 'a refusal that is no JSON',
    scripts: { trigger: [{ status: 400, body: text }], report: [oldRow] },
    expected: '1 error bad-request',
  },
  {
    name: 'the words of a failure that passes',
    scripts: { progress: [refused(503, text), ongoing, ended, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'the words of a refused log-in',
    scripts: { authenticate: [refused(401, text)] },
    expected: '1 error unauthorized',
  },
];

/** Values of the report that end up in outputs: a wrong one may be refused, but may not get through. */
const FIELDS: readonly { readonly name: string; readonly scripts: Scripts }[] = [
  { name: 'scanTime', row: { scanTime: `${NEW_TIME}${HOSTILE}` } },
  { name: 'repoDigests', row: { repoDigests: [`library/alpine@sha256:${'1'.repeat(64)}${HOSTILE}`] } },
  {
    name: 'repoTag.digest',
    row: { repoDigests: [], repoTag: { registry: '', repo: 'library/alpine', tag: '3.16', digest: HOSTILE } },
  },
  {
    name: 'repoTag.registry',
    row: { repoTag: { registry: HOSTILE, repo: 'library/alpine', tag: '3.16' } },
  },
].map(({ name, row: given }) => ({
  name,
  scripts: { progress: [ongoing, ended, nothing], report: [oldRow, json([row(NEW_TIME, given)])] },
}));

/** The text of the summary outside code, which GitHub would render. */
const rendered = ({ summary }: Run): string =>
  summary.replaceAll(/(`+)(?:(?!\1)[^\n])*\1/g, 'code').replaceAll(/\\[!-/:-@[-`{-~]/g, '');

function expectHarmless(run: Run): void {
  for (const command of commands(run)) {
    expect(command).toMatch(
      /^::(add-mask::|(error|warning|notice) title=|warning::(?!forged)|debug::(?!forged)|(end)?group)/,
    );
  }
  expect(run.log).not.toContain('##[');
  const control = /[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u;
  expect(run.log).not.toMatch(control);
  expect(run.summary).not.toMatch(control);
  for (const value of Object.values(run.outputs)) {
    expect(value).not.toMatch(control);
    expect(value).not.toContain('\n');
  }

  const page = rendered(run);
  expect(page).not.toMatch(/<(?:img|script|\/td|\/tr|\/table|!--)/i);
  expect(page).not.toMatch(/\]\(https?:\/\/forged/);
  expect(page).not.toMatch(/^\s*(?:# forged|```|- \[x\])/m);
  expect(page).not.toMatch(/\*\*forged\*\*|~~forged~~/);

  for (const name of Object.keys(run.outputs)) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(run.outputs.verdict === 'passed').toBe(run.exitCode === 0);
  expect(Array.isArray(JSON.parse(run.outputs.results ?? ''))).toBe(true);
}

describe('hostile text from the Console is shown as text, and nothing more', () => {
  const cases = spoken(HOSTILE);
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates([...cases, ...FIELDS], ({ scripts }) => gate(scripts));
  });

  test.each(cases)('in $name', ({ name, expected }) => {
    const run = runOf(name);

    expect(verdictOf(run)).toBe(expected);
    expectHarmless(run);
  });

  test.each(FIELDS)('in $name of the report', ({ name }) => {
    const run = runOf(name);

    expectHarmless(run);
    expect(run.outputs.digest).toMatch(/^(sha256:[0-9a-f]{64})?$/);
    expect(run.outputs['image-by-digest']).toMatch(/^([\w./:-]+@sha256:[0-9a-f]{64})?$/);
    expect(run.outputs['scan-time']).toMatch(/^([\dTZ:.+-]{20,40})?$/);
  });
});

describe('text without end from the Console is cut', () => {
  const cases = spoken(LONG);
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(cases, ({ scripts }) => gate(scripts));
  });

  test.each(cases)('in $name', ({ name, expected }) => {
    const run = runOf(name);

    expect(verdictOf(run)).toBe(expected);
    expect(run.log.length).toBeLessThan(20_000);
    expect(Math.max(...run.log.split('\n').map((line) => line.length))).toBeLessThan(4_000);
    expect(run.summary.length).toBeLessThan(20_000);
    expect(JSON.stringify(run.outputs).length).toBeLessThan(20_000);
  });
});
