import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { exception } from '../../builders/policy.ts';
import { parseExceptions } from './exception-list.ts';

const ONE = '- id: CVE-2026-1\n  reason: not reachable\n  until: 2026-12-31\n';

/** The one entry with a line of it replaced, or lines added. */
const withLine = (line: string): string => {
  const [name = ''] = line.split(':');
  const kept = ['id: CVE-2026-1', 'reason: not reachable', 'until: 2026-12-31'].filter(
    (each) => !each.startsWith(`${name}:`),
  );
  return `- ${[...kept, line].join('\n  ')}\n`;
};

function wrongOf(text: string): string {
  const list = parseExceptions(text);
  return 'wrong' in list ? list.wrong : 'nothing is wrong';
}

const read = (text: string) => {
  const list = parseExceptions(text);
  return 'exceptions' in list ? list.exceptions : list.wrong;
};

describe('A file of exceptions', () => {
  test('is a list of entries', () => {
    const text = `# accepted for now\n${ONE}\n- {id: GHSA-x, reason: "no: really", until: "2027-01-01", until-fixed: true, package: "open*", image: registry.example.com/team/*}\n`;
    expect(read(text)).toEqual([
      exception(),
      {
        id: 'GHSA-x',
        reason: 'no: really',
        until: '2027-01-01',
        untilFixed: true,
        package: 'open*',
        image: 'registry.example.com/team/*',
      },
    ]);
  });

  test('may be JSON', () => {
    const { untilFixed: _, ...entry } = exception();
    expect(read(JSON.stringify([{ ...entry, 'until-fixed': false, package: 'a' }]))).toEqual([
      exception({ package: 'a' }),
    ]);
  });

  test.each(['', '\n\n', '# nothing\n', '---\n', '---\n# nothing\n...\n', '\ufeff', '%YAML 1.2\n---\n'])(
    'without any content is refused: %j',
    (text) => {
      expect(parseExceptions(text)).toEqual({ wrong: expect.stringMatching(/^it is empty; expected/) });
    },
  );

  test.each([
    ['line ends of Windows', ONE.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${ONE}`],
    ['both', `\ufeff${ONE.replaceAll('\n', '\r\n')}`],
    ['no line end at its end', ONE.trimEnd()],
    ['an end mark', `---\n${ONE}...\n`],
    ['the directive of YAML 1.1', `%YAML 1.1\n---\n${ONE}`],
    ['a tag of plain text', ONE.replace('CVE', '!!str CVE')],
    ['a text over two lines', ONE.replace('not reachable', '|\n    not\n    reachable')],
    ['a folded text', ONE.replace('not reachable', '>-\n    not\n    reachable')],
    ['space around a text', ONE.replace('not reachable', '"  not\\t reachable\\n"')],
  ])('may have %s', (_what, text) => {
    expect(read(text)).toEqual([exception()]);
  });

  test.each<[string, string, string]>([
    ['a number', '416', '416'],
    ['a number with a zero at its end', '4.10', '4.10'],
    ['a number in another base', '0o17', '0o17'],
    ['a number beyond all precision', '12345678901234567890', '12345678901234567890'],
    ['a number in quotes', '"416"', '416'],
    ['a word of YAML 1.1 for true', 'yes', 'yes'],
    ['a text like a pattern', '"*"', '*'],
  ])('keeps an id that is %s as it stands', (_what, given, id) => {
    expect(read(withLine(`id: ${given}`))).toEqual([exception({ id })]);
    expect(read(`%YAML 1.1\n---\n${withLine(`id: ${given}`)}`)).toEqual([exception({ id })]);
  });

  test('sanitizes ids and packages as the texts of the report are', () => {
    expect(read(`${withLine('id: "A::B"')}  package: IO::Socket*\n`)).toEqual([
      exception({ id: 'A: :B', package: 'IO: :Socket*' }),
    ]);
  });

  test('keeps signs that are made of several characters', () => {
    expect(read(withLine('reason: ok 👩‍💻, “ja”'))).toEqual([exception({ reason: 'ok 👩‍💻, “ja”' })]);
  });

  test.each([
    '2026-12-31',
    '2028-02-29',
    '2000-02-29',
    '9999-12-31',
    '0001-01-01',
    '"2026-12-31"',
    "'2026-12-31 '",
  ])('takes the day %s', (day) => {
    expect(read(withLine(`until: ${day}`))).toEqual([exception({ until: day.replace(/['" ]/g, '') })]);
  });
});

describe('A file of exceptions is refused', () => {
  const NO_LIST =
    'it is not a list of exceptions with id, reason and until, a .trivyignore.yaml, or OpenVEX 0.2.0';
  const NO_ENTRY = 'entry 1 is not an entry with id, reason and until';
  const ALIAS = 'it has an alias, which is not allowed; put a text that begins with * in quotes';
  const NO_DATA = /^it is not YAML of plain data \(.+\)$/;
  const noText = (name: string) => `${name} of entry 1 is not text`;
  const unseen = (name: string) => `${name} of entry 1 has an invisible character`;
  const badDay = (day: string) => `until of entry 1 is “${day}”; expected a day such as 2026-12-31`;
  const unknown = (name: string) =>
    `entry 1 has the unknown field “${name}”; fields are id, reason, until, package, image, until-fixed`;

  test.each<[string, string, string | RegExp]>([
    ['a map', 'exceptions: []', NO_LIST],
    ['an empty map', '{}', NO_LIST],
    ['a text', 'accepted', NO_LIST],
    ['an id alone', 'CVE-2026-1', /^it has the lines of a \.trivyignore/],
    ['nothing in words', '~', NO_LIST],
    ['a number', '5', NO_LIST],
    ['false', 'false', NO_LIST],
    ['a list of ids', '- CVE-2026-1', NO_ENTRY],
    ['a list of lists', '- - id: CVE-2026-1', NO_ENTRY],
    ['an entry of nothing', '-', NO_ENTRY],
    ['no id', '- reason: r\n  until: 2026-12-31', 'entry 1 has no id'],
    ['no reason', '- id: x\n  until: 2026-12-31', 'entry 1 has no reason'],
    ['no until', '- id: x\n  reason: r', 'entry 1 has no until'],
    ['nothing at all', '- {}', 'entry 1 has no id'],
    ['an id of nothing', withLine('id:'), 'entry 1 has no id'],
    ['an id without a value', '- {id, reason: r, until: 2026-12-31}', 'entry 1 has no id'],
    ['a reason of nothing', withLine('reason: ~'), 'entry 1 has no reason'],
    ['an until of nothing', withLine('until: null'), 'entry 1 has no until'],
    ['a package of nothing', withLine('package:'), 'entry 1 has no package'],
    ['an image of nothing', withLine('image:'), 'entry 1 has no image'],
    ['an empty id', withLine('id: ""'), 'entry 1 has no id'],
    ['an empty reason', withLine('reason: " \\t\\n"'), 'entry 1 has no reason'],
    ['an empty package', withLine("package: ''"), 'entry 1 has no package'],
    ['an empty image', withLine('image: " "'), 'entry 1 has no image'],
    ['an id of a list', withLine('id: [CVE-1, CVE-2]'), noText('id')],
    ['an id of a map', withLine('id: {a: b}'), noText('id')],
    ['an until of a number', withLine('until: 20261231'), badDay('20261231')],
    ['an image of a list', withLine('image: [a, b]'), noText('image')],
    ['a field that there is not', withLine('expires: 2027-01-01'), unknown('expires')],
    ['a field in other case', withLine('ID: x'), unknown('ID')],
    ['a field of a number', withLine('1: x'), unknown('1')],
    ['a field of nothing', withLine('~: x'), unknown('~')],
    ['a field of a list', '- ? [id]\n  : x\n', unknown('a field name that is not text')],
    ['a field that reaches for the prototype', withLine('__proto__: {id: x}'), unknown('__proto__')],
    ['a field of every object', withLine('constructor: x'), unknown('constructor')],
    ['a field that comes twice', `${ONE}  id: CVE-2026-2\n`, NO_DATA],
    ['an optional field twice', `${ONE}  image: a\n  image: a\n`, NO_DATA],
    ['a mistake further down', `${ONE}${ONE}- id: x\n`, 'entry 3 has no reason'],
    ['a day that no month has', withLine('until: 2026-02-30'), badDay('2026-02-30')],
    ['a day that this February has not', withLine('until: 2026-02-29'), badDay('2026-02-29')],
    ['the 31st of a short month', withLine('until: 2026-04-31'), badDay('2026-04-31')],
    ['the 32nd', withLine('until: 2026-12-32'), badDay('2026-12-32')],
    ['the 0th', withLine('until: 2026-12-00'), badDay('2026-12-00')],
    ['a 13th month', withLine('until: 2026-13-01'), badDay('2026-13-01')],
    ['a day and a time', withLine('until: 2026-12-31T00:00:00Z'), badDay('2026-12-31T00:00:00Z')],
    ['a day with something before it', withLine('until: on 2026-12-31'), badDay('on 2026-12-31')],
    ['a year of six digits', withLine('until: +002026-12-31'), badDay('+002026-12-31')],
    ['a month of one digit', withLine('until: 2026-1-31'), badDay('2026-1-31')],
    ['a day the other way round', withLine('until: 31.12.2026'), badDay('31.12.2026')],
    ['no day', withLine('until: forever'), badDay('forever')],
    ['digits of another script', withLine('until: ٢٠٢٦-١٢-٣١'), badDay('٢٠٢٦-١٢-٣١')],
    ['no YAML', '- id: [', NO_DATA],
    ['tabs for indentation', '-\tid: x\n\treason: y', NO_DATA],
    ['a pattern that YAML takes for an alias', withLine('package: *ssl*'), ALIAS],
    ['a star that YAML takes for an alias', withLine('image: *'), NO_DATA],
    ['two documents', `${ONE}---\n${ONE}`, 'it contains several YAML documents'],
    ['an empty document and another', `---\n---\n${ONE}`, 'it contains several YAML documents'],
    ['a tag of its own', withLine('id: !cve 2026-1'), NO_DATA],
    ['a tag of another origin', `%TAG ! tag:forged.example,2026:\n---\n- !x {id: a}`, NO_DATA],
    ['a tag of code', withLine('id: !!js/function "x"'), NO_DATA],
    ['a tag of bytes', withLine('id: !!binary aGVsbG8='), NO_DATA],
    ['a tag of a time', withLine('until: !!timestamp 2026-12-31'), NO_DATA],
    ['a tag of a set', '- !!set {id, reason, until}', NO_DATA],
    ['a tag of an ordered map', '!!omap\n- id: x', NO_DATA],
    ['a tag of pairs', '- !!pairs\n  - id: x', NO_DATA],
    ['the same under YAML 1.1', `%YAML 1.1\n---\n${withLine('until: !!timestamp 2026-12-31')}`, NO_DATA],
    ['an alias of a text', '- id: &id CVE-1\n  reason: *id\n  until: 2026-12-31', ALIAS],
    ['an alias of an entry', `- &one {id: x, reason: r, until: 2026-12-31}\n- *one`, ALIAS],
    ['an alias for a field', '- &id id: x\n  *id : y', ALIAS],
    ['a merge key', '- <<: {id: x, reason: r, until: 2026-12-31}', unknown('<<')],
    [
      'a merge key under YAML 1.1',
      '%YAML 1.1\n---\n- <<: {id: x, reason: r, until: 2026-12-31}',
      unknown('<<'),
    ],
    ['NUL, escaped', withLine('package: "a\\0b"'), unseen('package')],
    ['NUL as it is', withLine('reason: a\u0000b'), NO_DATA],
    ['an escape of a terminal', withLine('reason: "\\e[31mred"'), unseen('reason')],
    ['a mark of direction', withLine('reason: "a\u202eb"'), unseen('reason')],
    ['an invisible space', withLine('id: "CVE-1\u200b"'), unseen('id')],
    ['half a character', withLine('image: "\\ud800"'), unseen('image')],
    [
      'a flag that is a word',
      withLine('until-fixed: yes'),
      'until-fixed of entry 1 is “yes”; expected true or false',
    ],
    ['an empty flag', withLine('until-fixed:'), 'entry 1 has no until-fixed'],
    [
      'a text that is too long',
      withLine(`reason: ${'x'.repeat(1_001)}`),
      'reason of entry 1 is longer than 1000 characters',
    ],
    [
      'bytes that are no UTF-8',
      Buffer.from(ONE.replace('not', 'nö'), 'latin1').toString('utf8'),
      'it is not text in UTF-8',
    ],
    ['UTF-16', Buffer.from(`\ufeff${ONE}`, 'utf16le').toString('utf8'), 'it is not text in UTF-8'],
  ])('that has %s', (_what, text, expected) => {
    const wrong = wrongOf(text);
    if (typeof expected === 'string') expect(wrong).toBe(expected);
    else expect(wrong).toMatch(expected);
  });

  test('with the place of what is no YAML', () => {
    expect(wrongOf(`${ONE}- id: "x\n`)).toMatch(/\(5:1\)\)$/);
  });

  test.each([
    [
      'an alias of aliases of aliases',
      `- &a [x, x]\n${Array.from({ length: 30 }, (_, at) => `- &b${at} [${at === 0 ? '*a, *a' : `*b${at - 1}, *b${at - 1}`}]`).join('\n')}`,
    ],
    ['lists in lists without end', '['.repeat(20_000)],
    ['entries in entries without end', '- '.repeat(20_000)],
    ['maps in maps without end', '{a: '.repeat(20_000)],
    ['a hundred thousand fields', `- ${Array.from({ length: 100_000 }, (_, at) => `k${at}:`).join('\n  ')}`],
  ])('that has %s, without taking long about it', (_what, text) => {
    expect(wrongOf(text)).not.toBe('nothing is wrong');
  });

  test('and never throws, whatever it holds', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '- ',
        'id: ',
        'until: ',
        '\n',
        '  ',
        ONE,
        '&a ',
        '*a',
        '!!',
        '? ',
        ': ',
        '{',
        '}',
        '[',
        ']',
        '"',
        '|',
        '%',
        '---\n',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const list = parseExceptions(pieces.join(''));
        if ('wrong' in list) expect(list.wrong).not.toBe('');
        else for (const { id, until } of list.exceptions) expect(id !== '' && until.length === 10).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('The largest file of exceptions', () => {
  test('of 1 MiB is read', () => {
    expect(read(`${ONE}#${' '.repeat(1024 * 1024 - ONE.length - 1)}`)).toEqual([exception()]);
  });

  test('has texts of a thousand characters', () => {
    const reason = 'x'.repeat(1_000);
    expect(read(withLine(`reason: ${reason}`))).toEqual([exception({ reason })]);
  });

  test('gives back what was written, in its order', () => {
    const text = fc
      .stringMatching(/^[a-zA-Z][a-zA-Z0-9 :#'"*-]{0,20}[a-z]$/)
      .map((each) => each.replace(/ +/g, ' ').replace(/:+/g, ':'));
    const entry = fc.record(
      {
        id: text,
        reason: text,
        until: fc
          .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
          .map((day) => day.toISOString().slice(0, 10)),
        package: text,
        image: text,
      },
      { requiredKeys: ['id', 'reason', 'until'] },
    );
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const written = entries.map((each) => ({
          untilFixed: false,
          package: undefined,
          image: undefined,
          ...each,
        }));
        expect(read(stringify(entries))).toEqual(written);
      }),
    );
  });
});
