import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderSummary } from '../../src/output/summary.ts';
import type { ImageResult, RunResult } from '../../src/policy/result.ts';
import { noGates } from '../builders/policy.ts';
import {
  assessment,
  baselineRow,
  complianceIssue,
  DIGEST,
  decided,
  exception,
  failedRun,
  finding,
  imageResult,
  notMet,
  runInfo,
  runRequest,
  runResult,
  unknownImage,
} from './builders.ts';
import { rendered } from './rendered.ts';

const pageOf = (result: RunResult) =>
  rendered(renderSummary(result, { ...runInfo, receiptPath: '/reports/r.json' }));

/** Three images with this text wherever another party could have put it: one held, one failed, one passed. */
function imagesWith(text: string, link: string): readonly ImageResult[] {
  const accepting = { ...exception, id: text, reason: text, package: text, image: text };
  const texts = {
    id: text,
    title: text,
    cause: text,
    packageName: text,
    packageVersion: text,
    packageType: text,
    packagePath: text,
    rawSeverity: text,
    rawStatus: text,
    description: text,
    riskFactors: [`Remote ${text}`],
    link,
  };
  const objecting = finding({ ...texts, fix: { version: text } });
  const findings = [objecting, finding({ ...texts, acceptedBy: accepting }), complianceIssue({ ...texts })];
  const given = {
    name: text,
    image: {
      registry: text,
      repository: text,
      tag: text,
      digest: DIGEST,
      scanBy: { tag: text },
      platform: undefined,
    },
    imageByDigest: text,
    scanTime: text,
    warnings: [{ kind: 'findings-unread', unread: { kind: 'call-refused', what: text } } as const],
    baseline: baselineRow({
      scanTime: { text, epochMs: 0 },
      vulnerabilityCounts: { critical: 1, high: 1, medium: 0, low: 0, total: 2 },
    }),
    assessment: assessment(findings),
  };
  return [
    imageResult(findings, {
      ...given,
      decision: decided('severity-cutoff', text),
      gates: notMet([objecting]),
    }),
    unknownImage({ name: text, decision: decided('scan-error', text) }),
    imageResult(findings, given),
  ];
}

function filledWith(text: string, link = text): RunResult {
  const request = runRequest({
    project: text,
    platforms: text,
    policy: { ...noGates, severityCutoff: 'high' },
  });
  return runResult(imagesWith(text, link), {
    request,
    checks: [{ check: text, state: 'failed', message: text, fix: text }],
  });
}

const alone = (result: RunResult): RunResult => ({ ...result, images: result.images.slice(0, 1) });
const expected = pageOf(filledWith('x'));
const expectedAlone = pageOf(alone(filledWith('x')));

function expectSame(result: RunResult): void {
  expect(pageOf(result)).toEqual(expected);
  expect(pageOf(alone(result))).toEqual(expectedAlone);
}

describe('No text can become anything else in the summary', () => {
  test.each([
    '<img src=x onerror=alert(1)>',
    '<!-- hidden',
    '</details><details open>',
    '</code></summary>',
    '[x](https://evil.example)',
    '![x](https://evil.example/x.png)',
    '[x]: https://evil.example',
    'https://evil.example www.evil.example evil@evil.example ftp://evil.example',
    '<https://evil.example>',
    'a | b | c',
    'a \\| b',
    '`code` ``more`` ```',
    '**bold** _it_ ~~gone~~ $math$',
    '# heading',
    '- item',
    '1. item',
    '    indented',
    '===',
    'two\nlines\r\nand\u2028more',
    'a\n\nb',
    '> quote',
    '| a |\n| --- |\n| b |',
    'x\n\n```mermaid\ngraph TD\n```',
    '&lt;b&gt; &#60;b&#62;',
    '\\',
    'ends with \\',
  ])('not %j', (text) => {
    expectSame(filledWith(text));
    expectSame(filledWith(`x ${text}`));
    expectSame(filledWith(`x${text}x`));
  });

  test('whatever it is', () => {
    const sign = fc.constantFrom(...'<>&`*_[]()|~!#{}\\@$:/.-+= \n"\'1a');
    const text = fc.oneof(fc.string({ unit: sign }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, (rest) => expectSame(filledWith(`x${rest}x`))),
      { numRuns: 200 },
    );
  });

  test.each([
    ['https://nvd.example/a(b)c', 'https://nvd.example/a%28b%29c'],
    ['https://nvd.example/a|b`c', 'https://nvd.example/a%7Cb%60c'],
    ['https://nvd.example/?a=1&b="<>', 'https://nvd.example/?a=1&b=%22%3C%3E'],
    ['https://nvd.example/a b', 'https://nvd.example/a%20b'],
    ['https://nvd.example/a\\)b', 'https://nvd.example/a/%29b'],
    ['https://nvd.example/*_~$!', 'https://nvd.example/%2A_~%24%21'],
    ['https://nvd.example/#!/a', 'https://nvd.example/#!/a'],
  ])('the link %s leads where it says, and ends there', (link, target) => {
    const page = pageOf(filledWith('x', link));
    const others = page.links.filter((each) => !expected.links.includes(each));
    expect(new Set(others)).toEqual(new Set([target]));
    expect(page.skeleton.filter((kind) => kind !== 'link')).toEqual(
      expected.skeleton.filter((kind) => kind !== 'link'),
    );
  });

  test.each([
    'javascript:alert(1)',
    'https://nvd.example@evil.example/',
    'data:text/html,x',
    '//evil.example',
    '',
  ])('the address %j is no link', (link) => {
    expect(pageOf(filledWith('x', link)).links).toEqual(expected.links);
  });

  test('an address of the web leads to its own host, whatever comes after it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) => {
        const { links } = pageOf(filledWith('x', `https://nvd.example/${rest}`));
        const others = links.filter((link) => !expected.links.includes(link));
        expect(others.every((link) => new URL(link).host === 'nvd.example')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('the message of a run that ended early is text', () => {
    const page = pageOf(failedRun({ decision: decided('internal', '<b>x</b> [x](https://evil.example)') }));
    expect(page.links.some((link) => link.includes('evil'))).toBe(false);
    expect(page.tags).toEqual([]);
  });
});
