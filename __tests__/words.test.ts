import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The folders whose code is held to the words of the field. */
const FOLDERS = ['emulator', 'src'] as const;

/** Words that have a better one here, wherever they stand: in names, comments and texts. */
const WORDS: Readonly<Record<string, string>> = {
  caution: 'shrink factor',
  crew: 'worker pool',
  crowd: 'active scans',
  desk: 'service, or report batcher',
  everybody: 'all of them, by name',
  foresight: 'estimate',
  impatient: 'phase timeout',
  inquiry: 'request',
  nobody: 'no user, no caller',
  objection: 'violation',
  outlook: 'estimate',
  overtake: 'expire',
  patience: 'phase timeout',
  prospect: 'estimate',
  ration: 'rate limiter',
  sighting: 'observation',
  silence: 'failure streak',
  somebody: 'another user, another job',
  surroundings: 'dependencies',
  turnstile: 'rate limiter',
  upheaval: 'fault',
  vigil: 'poller',
  whoever: 'the user, the caller',
};

/** Words that are good in a sentence and have a better one as part of a name, as in `lastLook`. */
const NAME_PARTS: Readonly<Record<string, string>> = {
  around: 'dependencies',
  chance: 'seeded random',
  delivery: 'fault injection',
  expectation: 'expected window',
  judge: 'evaluate',
  judged: 'image result',
  look: 'poll',
  looked: 'polled',
  looks: 'polls',
  strike: 'redact',
  trouble: 'failure',
  turn: 'acquire',
};

const GOOD_NAMES: readonly string[] = ['lookUp'];

interface Finding {
  readonly place: string;
  readonly word: string;
  readonly better: string;
}

/** The parts of each name in a text, in lower case, with the name itself: `lastLook` has `last` and `look`. */
function namesIn(text: string): readonly { readonly name: string; readonly parts: readonly string[] }[] {
  return [...text.matchAll(/[A-Za-z]+(?:[-_][A-Za-z]+)*/g)].map(([name]) => ({
    name,
    parts: name.split(/[-_]|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/).map((part) => part.toLowerCase()),
  }));
}

/** The entry of a word, in the singular or in the plural. */
function betterFor(word: string, list: Readonly<Record<string, string>>): string | undefined {
  const singular = word.replace(/ies$/, 'y').replace(/s$/, '');
  return [word, singular].map((form) => (Object.hasOwn(list, form) ? list[form] : undefined)).find(Boolean);
}

/** What is to be renamed in a text. */
function findingsIn(text: string, place: string): readonly Finding[] {
  return text.split('\n').flatMap((line, index) =>
    namesIn(line).flatMap(({ name, parts }) => {
      const isName = parts.length > 1 && !name.includes('-');
      return parts.flatMap((part) => {
        const better =
          betterFor(part, WORDS) ??
          (isName && !GOOD_NAMES.includes(name) ? betterFor(part, NAME_PARTS) : undefined);
        return better === undefined ? [] : [{ place: `${place}:${index + 1}`, word: name, better }];
      });
    }),
  );
}

describe('The words of the project', () => {
  const files = execFileSync('git', ['ls-files', '--', ...FOLDERS], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((path) => path.endsWith('.ts'));

  test.each(files)('in %s are those of the field', (path) => {
    expect([...findingsIn(path, 'path'), ...findingsIn(readFileSync(root + path, 'utf8'), path)]).toEqual([]);
  });

  test.each([
    ['const lastLook = 1;', 'lastLook'],
    ['class ReportDesk {}', 'ReportDesk'],
    ['// The silences of a Console.', 'silences'],
    ['const SCAN_CREWS = 2;', 'SCAN_CREWS'],
  ])('are not those of %p', (text, word) => {
    expect(findingsIn(text, 'here')).toEqual([expect.objectContaining({ place: 'here:1', word })]);
  });

  test('may be ordinary ones in a sentence', () => {
    expect(
      findingsIn('// Each one returns in turn, and looks the same. A duration, a migration.', 'here'),
    ).toEqual([]);
  });
});
