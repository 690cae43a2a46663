import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Judged } from '../../src/gate/judge.ts';
import { decision } from '../../src/gate/verdict.ts';
import { recordOfFailure, type StepRecord } from '../../src/report/record.ts';
import { pageOf } from '../../src/report/sections.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { openGates } from '../gate/rules.ts';
import { DIGEST, exception, finding, judged, recorded, run } from './records.ts';
import { cellsIn, rendered } from './rendered.ts';

const summaryOf = (images: readonly Judged[], ...rest: [Parameters<typeof recorded>[1]?]) =>
  renderSummary(recorded(images, ...rest));

describe('The job summary', () => {
  test('begins with verdict and reason, and what to do', () => {
    expect(summaryOf([judged()])).toMatch(
      /^## ✅ Registry scan gate: passed \(scan-completed\)\n\nThe scan is finished\.\n\nPromote the image/,
    );
  });

  test('has image and digest to copy, and what proved the end of the scan', () => {
    const summary = summaryOf([judged()]);
    expect(summary).toContain('```text\nregistry.example.com:5000/team/app:1.4\n```');
    expect(summary).toContain(
      `Promote exactly what was scanned:\n\n\`\`\`text\nregistry.example.com:5000/team/app@${DIGEST}\n\`\`\``,
    );
    expect(summary).toContain(
      'Scanned at `2026-11-24T10:00:00.123456789Z` on the Console’s clock. Proof of its end: progress, which showed it.',
    );
  });

  test('does not call for promotion what did not pass', () => {
    const failed = judged([finding()], { decision: decision('severity-cutoff', 'Too bad.') });
    expect(summaryOf([failed])).not.toContain('Promote');
    expect(summaryOf([failed])).toContain('What was scanned:');
  });

  test('counts findings by severity: in all, with a fix, accepted', () => {
    const findings = [
      finding({ severity: 'critical', fix: undefined }),
      finding({ id: exception.id, acceptedBy: exception }),
      finding({ severity: 'low', fix: '' }),
    ];
    expect(cellsIn(summaryOf([judged(findings)])).slice(0, 3)).toEqual([
      ['Total', '1', '1', '0', '1', '3'],
      ['Fixable', '0', '1', '0', '1', '2'],
      ['Accepted', '0', '1', '0', '0', '1'],
    ]);
  });

  test('says nothing of counts where the report was not read', () => {
    expect(summaryOf([judged([], { assessment: undefined })])).not.toMatch(/Total|Worst/);
  });

  test('shows the ten worst findings with package, version, fix and link, and counts the rest', () => {
    const findings = [
      finding({ id: 'CVE-2026-9', severity: 'critical', isBlocking: true, fix: undefined }),
      finding({ fix: '' }),
      ...Array.from({ length: 12 }, (_, index) => finding({ id: `CVE-2025-${index}`, severity: 'low' })),
    ];
    const summary = summaryOf([judged(findings)]);
    const cells = cellsIn(summary.slice(summary.indexOf('### Worst'))).slice(0, 10);
    expect(cells.slice(0, 3)).toEqual([
      ['🟥 critical', '[CVE-2026-9](https://nvd.example/CVE-2026-0001) ⛔ policy', '`openssl 3.0.1`', '–'],
      ['🟧 high', '[CVE-2026-0001](https://nvd.example/CVE-2026-0001)', '`openssl 3.0.1`', 'yes'],
      ['🟦 low', '[CVE-2025-0](https://nvd.example/CVE-2026-0001)', '`openssl 3.0.1`', '`3.0.2`'],
    ]);
    expect(cells).toHaveLength(10);
    expect(summary).toContain('… and 4 more');
  });

  test('shows accepted findings with reason and last day, and not among the worst', () => {
    const summary = summaryOf([judged([finding({ id: exception.id, acceptedBy: exception })])]);
    expect(summary).not.toContain('Worst findings');
    expect(summary).toContain('| CVE-2026-0002 | any | 2026-12-31 | Not reachable from our code. |');
  });

  test.each([
    [
      {},
      [
        'the scan is proven finished, without an error',
        'none on findings: they are counted, and decide nothing',
      ],
    ],
    [
      { severityCutoff: 'high', onlyFixed: true, failOnPolicy: true } as const,
      [
        'the scan is proven finished, without an error',
        'no finding of severity high or above that has a fix (`severity-cutoff`, `only-fixed`)',
        'no finding that the Console’s policy blocks (`fail-on-policy`)',
        'the scanner covers the image’s system',
      ],
    ],
  ])('tells the gates in force: %j', (gates, lines) => {
    const summary = summaryOf([judged()], { gates: { ...openGates, ...gates } });
    expect(summary).toContain(`### Gates in force\n\n${lines.map((line) => `- ${line}`).join('\n')}\n\n`);
  });

  test('tells of digest and age where they count', () => {
    const pinned = judged([], { name: `team/app:1@${DIGEST}` });
    const summary = summaryOf([pinned], { maxScanAgeMs: 3_600_000 });
    expect(summary).toContain('- or it finished no longer than 1h ago (`max-scan-age`)');
    expect(summary).toContain('(`digest`)');
  });

  test('shows when each phase began and how long it lasted', () => {
    expect(summaryOf([judged()])).toContain(
      [
        '| After | Phase | Lasted |',
        '| --- | --- | --- |',
        '| 0s | asking the Console to scan | 5s |',
        '| 5s | step 2/2  scanning images | 1m |',
        '| 1m5s | the scan is over |  |',
        '',
      ].join('\n'),
    );
  });

  test('draws the phases where there are several to compare', () => {
    const timeline = [
      { atMs: 0, phase: 'requested' },
      { atMs: 1_000.4, phase: 'discovery' },
      { atMs: 5_000, phase: 'image-scan' },
      { atMs: 65_000, phase: 'given-up' },
    ] as const;
    expect(renderSummary({ ...recorded([judged()]), timeline })).toContain(
      [
        '```mermaid',
        'gantt',
        '  dateFormat x',
        '  axisFormat %ss',
        '  request :0, 1000',
        '  discovery :1000, 5000',
        '  image scan :5000, 65000',
        '```',
      ].join('\n'),
    );
    expect(summaryOf([judged()])).not.toContain('mermaid');
  });

  test('says how long the phase lasted that was broken off', () => {
    const timeline = [{ atMs: 5_000, phase: 'image-scan' }] as const;
    expect(renderSummary({ ...recorded([judged()]), timeline })).toContain(
      '| 5s | step 2/2  scanning images | 1m |',
    );
  });

  test('shows the phases of the regular scan, which is of no image', () => {
    const summary = summaryOf([judged()], { mode: 'await-regular' });
    expect(summary).toContain('| Image scan | 1/1 |');
    expect(summary).not.toContain('team/app');
  });

  test('warns of weak proof', () => {
    expect(summaryOf([judged([], { warnings: ['Nobody saw it.'] })])).toContain('> ⚠️ Nobody saw it.');
  });

  test('says what to do where there was nothing to wait for, and no more', () => {
    const summary = renderSummary(
      recordOfFailure(decision('invalid-input', 'Input tag is empty.'), { durationMs: 0, timeline: [] }),
    );
    expect(summary).toBe(
      '## ⚠️ Registry scan gate: error (invalid-input)\n\nInput tag is empty.\n\n' +
        'Correct the input in the workflow; nothing was sent to the Console.\n',
    );
  });
});

describe('The job summary of several images', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      judged([finding({ severity: 'low' })], {
        name: `team/app-${index}:1`,
        imageByDigest: `team/app-${index}@${DIGEST}`,
        ...(index % 10 === 9 ? { decision: decision('not-started', `No sign of app-${index}.`) } : {}),
      }),
    );

  test('has a line for each, worst first, and why they did not pass', () => {
    const summary = summaryOf(many(20));
    expect(summary).toContain('### 18 of 20 images passed');
    expect(
      cellsIn(summary)
        .slice(0, 3)
        .map(([verdict, name]) => `${verdict} ${name}`),
    ).toEqual([
      '⌛ not-started `team/app-9:1`',
      '⌛ not-started `team/app-19:1`',
      '✅ scan-completed `team/app-0:1`',
    ]);
    expect(summary).toContain('### Also not passed\n\n- ⌛ No sign of app-19.');
  });

  test('has the digests of those that passed to copy in one go', () => {
    const [, block = ''] = summaryOf(many(20)).split('### Scanned and passed, by digest\n\n```text\n');
    expect(block.split('\n```')[0]?.split('\n')).toHaveLength(18);
    expect(block).not.toContain('app-9@');
  });

  test('stays short with 200, and names how many are left out', () => {
    const summary = summaryOf(many(200));
    expect(summary).toContain('… and 150 more, 150 of them passed: see the receipt.');
    expect(summary).toContain('- … and 9 more, in the receipt.');
    expect(summary.split('\n').length).toBeLessThan(330);
  });

  test('stays within what GitHub takes with a thousand images, each text as long as can be', () => {
    const text = '|'.repeat(300);
    const images = Array.from({ length: 1_000 }, (_, index) =>
      judged([finding({ id: text, packageName: text, acceptedBy: { ...exception, reason: text } })], {
        name: `${index}${'n'.repeat(300)}`,
        decision: decision('scan-error', text.repeat(4)),
        warnings: [text],
      }),
    );
    const summary = summaryOf(images);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(summary).toMatch(/^## ❌/);
  });
});

describe('A page that is too long', () => {
  const sections = [
    { about: 'the first', markdown: 'a'.repeat(1_000) },
    { about: 'the second', markdown: 'ü'.repeat(4_000) },
    { about: 'the third', markdown: 'c'.repeat(1_000) },
  ];

  test('leaves out whole sections and names them', () => {
    const page = pageOf(sections, 6_000);
    expect(page).toBe(
      `${'a'.repeat(1_000)}\n\n${'c'.repeat(1_000)}\n\n` +
        '_Left out, because a summary holds no more: the second._\n',
    );
  });

  test('has all of them where they fit, to the byte', () => {
    const bytes = 1_000 + 8_000 + 1_000 + 6 + 2_000;
    expect(pageOf(sections, bytes)).not.toContain('Left out');
    expect(pageOf(sections, bytes - 1)).toContain('Left out, because a summary holds no more: the third.');
  });
});

describe('No text can become anything else in the summary', () => {
  /** A record with this text wherever somebody else could have put it. */
  function filledWith(text: string, link = text): StepRecord {
    const accepting = { ...exception, id: text, reason: text, package: text, image: text };
    const texts = { id: text, packageName: text, packageVersion: text, packageType: text, link };
    const images = [1, 2].map(() =>
      judged(
        [
          finding({ ...texts, fix: text, description: text, unknownWord: text }),
          finding({ ...texts, acceptedBy: accepting }),
        ],
        {
          // With a digest asked for, there is one gate more.
          name: `${text}@${DIGEST}`,
          decision: decision('scan-error', text),
          digest: undefined,
          imageByDigest: text,
          scanTime: text,
          warnings: [text],
        },
      ),
    );
    return recorded(images, { project: text, gates: { ...openGates, exceptions: [accepting] } });
  }

  const alone = (record: StepRecord): StepRecord => ({ ...record, images: record.images.slice(0, 1) });
  const expected = rendered(renderSummary(filledWith('x')));
  const expectedAlone = rendered(renderSummary(alone(filledWith('x'))));

  function expectSame(record: StepRecord): void {
    expect(rendered(renderSummary(record))).toEqual(expected);
    expect(rendered(renderSummary(alone(record)))).toEqual(expectedAlone);
  }

  test.each([
    '<img src=x onerror=alert(1)>',
    '<!-- hidden',
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
      { numRuns: 500 },
    );
  });

  test.each([
    ['https://nvd.example/a(b)c', 'https://nvd.example/a%28b%29c'],
    ['https://nvd.example/a|b`c', 'https://nvd.example/a%7Cb%60c'],
    ['https://nvd.example/?a=1&b="<>', 'https://nvd.example/?a=1&b=%22%3C%3E'],
    ['https://nvd.example/a b', 'https://nvd.example/a%20b'],
    ['https://nvd.example/a\\)b', 'https://nvd.example/a/%29b'],
    ['https://nvd.example/*_~$!', 'https://nvd.example/%2A_~%24%21'],
  ])('the link %s leads where it says, and ends there', (link, target) => {
    const { links, skeleton } = rendered(renderSummary(filledWith('x', link)));
    expect(new Set(links)).toEqual(new Set([target]));
    expect(skeleton.filter((kind) => kind !== 'link')).toEqual(expected.skeleton);
  });

  test.each([
    'javascript:alert(1)',
    'https://nvd.example@evil.example/',
    'data:text/html,x',
    '//evil.example',
    '',
  ])('the address %j is no link', (link) => {
    expect(rendered(renderSummary(filledWith('x', link))).links).toEqual([]);
  });

  test('an address of the web leads to its own host, whatever comes after it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) => {
        const { links, skeleton } = rendered(renderSummary(filledWith('x', `https://nvd.example/${rest}`)));
        expect(links.every((link) => new URL(link).host === 'nvd.example')).toBe(true);
        expect(skeleton.filter((kind) => kind !== 'link')).toEqual(expected.skeleton);
      }),
    );
  });

  test('a record of nothing but its verdict shows its message as text', () => {
    const message = '<b>x</b> [x](https://evil.example)';
    const page = renderSummary(recordOfFailure(decision('internal', message), run));
    expect(rendered(page).links).toEqual([]);
    expect(rendered(page).skeleton).not.toContain('html');
  });
});
