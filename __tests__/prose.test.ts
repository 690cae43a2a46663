import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Of this many doc comments, one may say “where”: the word names a place, and a condition is “if” or “when”. */
const COMMENTS_PER_WHERE = 50;

interface Rule {
  readonly pattern: RegExp;
  readonly better: string;
}

/** Turns of phrase that a reader has to read twice, in comments and on pages alike. */
const PHRASES: readonly Rule[] = [
  { pattern: /\bmay (?:not )?be read\b/i, better: 'is (not) allowed to read, lacks permission' },
  { pattern: /\bobject(?:s|ed|ing)? to\b/i, better: 'is not met, violates' },
  { pattern: /\bof before\b/i, better: 'earlier, previous' },
  { pattern: /\b(?:tells?|telling|told)\b/i, better: 'report, show, name, distinguish' },
];

/** How a doc comment does not begin. */
const OPENINGS: readonly Rule[] = [
  { pattern: /^What\b/, better: 'a noun or a verb' },
  { pattern: /^Whether\b/, better: 'True if' },
];

/** How a sentence of a page does not begin: a condition is “if” or “when”. */
const CONDITIONS: readonly Rule[] = [
  {
    pattern:
      /(?:^|[.;:!?] )Where (?:the|a|an|it|its|no|none|there|this|that|you|your|one|several|both|neither|nothing|all)\b/,
    better: 'if, when',
  },
];

interface Passage {
  readonly place: string;
  readonly text: string;
}

function filesBelow(...paths: readonly string[]): readonly string[] {
  return execFileSync('git', ['ls-files', '--', ...paths], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((path) => !/CHANGELOG|licenses|node_modules/.test(path));
}

/** Each comment of a source file as one line of text; lines that follow each other are one comment. */
function commentsIn(source: string, path: string): readonly Passage[] {
  const blocks = [...source.matchAll(/\/\*\*?([\s\S]*?)\*\/|((?:^[ \t]*\/\/[^\n]*\n)+)/gm)];
  return blocks.map((match) => ({
    place: `${path}:${source.slice(0, match.index).split('\n').length}`,
    text: (match[1] ?? match[2] ?? '')
      .replace(/^[ \t]*(?:\*|\/\/)+ ?/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
  }));
}

/** Each paragraph, list item or row of a page, without its code. */
function passagesIn(page: string, path: string): readonly Passage[] {
  const prose = page.replace(/^```[\s\S]*?^```/gm, (code) => code.replace(/[^\n]/g, ''));
  const passages: Passage[] = [];
  let line = 1;
  for (const block of prose.split(/\n(?=\n|[-*|#>] ?|\d+\. )/)) {
    passages.push({
      place: `${path}:${line + (block.startsWith('\n') ? 1 : 0)}`,
      text: block
        .replace(/`[^`\n]*`/g, 'CODE')
        .replace(/\s+/g, ' ')
        .trim(),
    });
    line += block.split('\n').length;
  }
  return passages;
}

function broken(passages: readonly Passage[], rules: readonly Rule[]): readonly string[] {
  return passages.flatMap(({ place, text }) =>
    rules
      .filter(({ pattern }) => pattern.test(text))
      .map(({ pattern, better }) => `${place}: ${pattern.exec(text)?.[0]} → ${better}`),
  );
}

const sources = filesBelow('src', 'emulator').filter(
  (path) => path.endsWith('.ts') && !path.includes('__tests__'),
);
const pages = filesBelow(
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs',
  'examples',
  'policies',
  'emulator',
  '__tests__/golden',
  'bench',
).filter((path) => path.endsWith('.md'));
const comments = sources.flatMap((path) => commentsIn(readFileSync(root + path, 'utf8'), path));

describe('The prose of the project', () => {
  test.each(sources)('uses plain phrases in the comments of %s', (path) => {
    expect(broken(commentsIn(readFileSync(root + path, 'utf8'), path), [...PHRASES, ...OPENINGS])).toEqual(
      [],
    );
  });

  test.each(pages)('uses plain phrases on %s', (path) => {
    expect(broken(passagesIn(readFileSync(root + path, 'utf8'), path), [...PHRASES, ...CONDITIONS])).toEqual(
      [],
    );
  });

  test.each(['action.yml', 'docs/receipt.schema.json'])(
    'uses plain phrases in the descriptions of %s',
    (path) => {
      const contract = readFileSync(root + path, 'utf8');
      const texts = [...contract.matchAll(/"?description"?: (?:>-\s+)?"?([^\n]+)/g)].map(
        ([, text = '']) => text,
      );
      expect(texts.length).toBeGreaterThan(40);
      const rules = [...PHRASES, ...OPENINGS, { pattern: /\bwhere\b/i, better: 'if, when' }];
      expect(
        broken(
          texts.map((text) => ({ place: path, text })),
          rules,
        ),
      ).toEqual([]);
    },
  );

  test('says “where” of places only', () => {
    const wheres = comments.filter(({ text }) => /\bwhere\b/i.test(text));
    expect(wheres.map(({ place }) => place).slice(Math.floor(comments.length / COMMENTS_PER_WHERE))).toEqual(
      [],
    );
  });

  test.each([
    ['/** What a row says. */', 'What'],
    ['/** Whether it is over. */', 'Whether'],
    ['// The report may not be read.\n', 'may not be read'],
    ['/* A gate that objects to it. */', 'objects to'],
    ['/** A scan\n * of before. */', 'of before'],
    ['// The row tells the time.\n', 'tells'],
  ])('finds the phrase in %j', (source, phrase) => {
    expect(broken(commentsIn(source, 'here'), [...PHRASES, ...OPENINGS])).toEqual([
      expect.stringContaining(phrase),
    ]);
  });

  test('finds a condition that reads as a place', () => {
    const page =
      '# Pages\n\nA sentence. Where the row is absent, it waits.\n\n```sh\n# Where the code tells it\n```\n';
    expect(broken(passagesIn(page, 'here'), [...PHRASES, ...CONDITIONS])).toEqual([
      expect.stringContaining('Where the'),
    ]);
  });

  test('allows a place, and code', () => {
    expect(
      broken(passagesIn('Where everything lives: `may not be read`.', 'here'), [...PHRASES, ...CONDITIONS]),
    ).toEqual([]);
  });
});
