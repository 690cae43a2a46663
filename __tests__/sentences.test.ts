import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Sentences about results are made in text/, and those about inputs, checks and arguments in their own rooms. */
const ROOMS_WITH_SENTENCES = ['text', 'config', 'check', 'command'];

/** The texts of failed calls, which say what was attempted and what came back. */
const ROOMS_OF_CALLS = ['http', 'console', 'registry'];

/** Texts elsewhere that are no sentence about a result, a wait, a file of a run or a warning, or come from the machine. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'cli.ts': [
    'A file of the previous run cannot be removed (…).',
    '--… is …, which cannot be written: ….',
    '… is not the embedded Console.',
    'registry-scan-gate: no Console was started. For the help with exit status 0, run registry-scan-gate help console.\\n',
  ],
  'github.ts': ['… is a pipe, not a file'],
  'lifecycle.ts': [
    'Stopped by ….',
    'The event loop ran dry before there was a verdict.',
    'The log cannot be written (…).',
  ],
  'image/identity.ts': ['Manifests of … cannot prove ….'],
  'output/check-table.ts': ['What to do'],
  'output/junit.ts': ['<?xml version="1.0" encoding="UTF-8"?>'],
  'output/summary-findings.ts': ['the report of the Console'],
  'policy/decision.ts': ['No image was evaluated.'],
  'run/references.ts': ['compare-with …: …'],
  'shell/machine.ts': [
    'it is not a regular file',
    'it has more than … MB',
    'it is a folder',
    'its folder is a file',
    'the pipe …',
  ],
  'scan/first-reads.ts': ['A wait begins open without a recent row.'],
};

/** Comments and regular expressions, which have no text, and the literals; the first alternative that matches counts. */
const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|(?<=[=(,:[!&|?{};]\s*|=>\s*|return\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*|"(?:\\.|[^"\\\n])*"|'((?:\\.|[^'\\\n])*)'|`((?:\\[\s\S]|\$\{(?:[^{}`]|\{[^{}]*\}|`(?:[^`$\\]|\$\{[^{}]*\})*`)*\}|[^`\\])*)`/g;

/** The literals of a source file that have three words or more; an expression in a template is one of them. */
function sentencesIn(source: string): readonly string[] {
  return [...source.matchAll(TOKEN)]
    .map(([, text, template]) => text ?? template?.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…') ?? '')
    .filter((text) => /[\p{L}\p{N}…’')>,:;.]+ [\p{L}…“(<"]\S* [\p{L}…“(<"]/u.test(text))
    .map((text) => text.trim());
}

const sources = execFileSync('git', ['ls-files', '--', 'src'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((path) => path.slice('src/'.length));

const isOf = (rooms: readonly string[]) => (path: string) =>
  rooms.some((room) => path.startsWith(`${room}/`));

const elsewhere = sources.filter((path) => !isOf([...ROOMS_WITH_SENTENCES, ...ROOMS_OF_CALLS])(path));

describe('Sentences', () => {
  test.each(elsewhere)('do not stand in src/%s', (path) => {
    expect(sentencesIn(readFileSync(`${root}src/${path}`, 'utf8'))).toEqual(OTHERS[path] ?? []);
  });

  test('are found in every kind of literal, and not in comments', () => {
    const source = [
      '// This is no text.',
      '/** It is `no text` either. */',
      "const a = 'the scan is finished';",
      ['const b = `the scan of $', '{name ?? `no $', '{noun}`} is finished`;'].join(''),
      "const c = ['one word', / is not a text /, 'two words'];",
    ].join('\n');
    expect(sentencesIn(source)).toEqual(['the scan is finished', 'the scan of … is finished']);
  });
});
