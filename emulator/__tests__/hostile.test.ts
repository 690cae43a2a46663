import { describe, expect, test } from '@jest/globals';
import { samples } from '../src/scenarios/samples.ts';
import { testConsole } from './test-console.ts';

describe('the hostile sample', () => {
  const image = samples().images.filter(({ repo }) => repo === 'shop/hostile');
  const { model, trigger, clock } = testConsole({ images: image });
  trigger({ registry: 'registry.example.com', repo: 'shop/hostile', tag: '1.0' });
  clock.advance(60_000);
  const result = model.report();
  const [row] = result.status === 200 ? (result.body ?? []) : [];
  const findings = row?.vulnerabilities ?? [];

  test.each([
    'cve',
    'packageName',
    'packageVersion',
    'packageType',
    'status',
    'description',
    'link',
    'severity',
  ] as const)('puts commands of the runner into %s', (field) => {
    expect(findings.some((finding) => /^(fixed in )?\s*::[a-z-]+/.test(finding[field]))).toBe(true);
  });

  test.each([
    ['Markdown', '\n# PASSED'],
    ['HTML', '<script>'],
    ['codes of a terminal', '\u001b[2J'],
    ['marks that turn writing round', '\u202e'],
    ['the delimiter of an output', 'ghadelimiter_'],
    ['mentions', '@everyone'],
  ])('has %s', (_, text) => {
    expect(findings.some(({ description }) => description.includes(text))).toBe(true);
    expect(row?.complianceIssues?.some(({ title }) => title.includes(text))).toBe(true);
    expect(row?.distro).toContain(text);
  });

  test('links to what no page should follow', () => {
    const schemes = findings.flatMap(({ link }) => /^[a-z]+(?=:)/i.exec(link)?.[0].toLowerCase() ?? []);
    expect(schemes).toEqual(expect.arrayContaining(['javascript', 'data', 'file']));
  });
});
