import {
  ended,
  entry,
  NEW_DIGEST,
  NEW_TIME,
  nothing,
  OLD_DIGEST,
  OLD_TIME,
  ongoing,
  row,
} from './console-data.ts';
import { distribution, found, isCompact, type WireFinding } from './findings-data.ts';
import {
  type Answer,
  type Asked,
  json,
  notFound,
  READ_TIME,
  refused,
  type Script,
  type Scripts,
  undatedLogIn,
} from './scripted-console.ts';

/* The words of `completion-cases.ts`, each for one answer of the Console, or for inputs of the step. */

type RowFields = Readonly<Record<string, unknown>>;

/** A case in full. */
export interface CompletionCase {
  readonly name: string;
  readonly scripts: Scripts;
  readonly inputs: Readonly<Record<string, string>>;
  /** The verdict and the reason. */
  readonly expected: string;
  readonly isTriggered: boolean;
}

/** The cases of a table, by its lines. */
export function casesOf(table: string): readonly CompletionCase[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', progress = '', report = '', verdict = '', given = ''] = line
        .split('|')
        .map((cell) => cell.trim());
      const words = given === '' ? [] : given.split(' ');
      const expected = verdict === 'passed' ? 'passed scan-completed' : verdict;
      return {
        name,
        scripts: {
          progress: inTurn(progress, progressOf),
          report: inTurn(report, reportOf),
          ...Object.assign({}, ...words.map((word) => SCRIPTS[word] ?? {})),
        },
        inputs: Object.assign({}, ...words.map(inputsOf)),
        expected,
        isTriggered: !expected.endsWith('recent-scan') && !words.includes('untriggered'),
      };
    });
}

/** The answers in turn, the last one repeated. */
function inTurn(words: string, answerOf: (word: string, asked: Asked) => Answer): Script {
  const list = words.split(' ');
  return (asked, nth) => answerOf(list[Math.min(nth, list.length - 1)] ?? '', asked);
}

// ── Any answer ──────────────────────────────────────────────────────────────────────────────────────────────────

const THREE_DAYS_AGO = '2026-11-17T09:29:00Z';

/** An answer without a row or an entry. */
function answerOf(word: string): Answer | undefined {
  if (word === 'null') return json(null);
  if (word === '404') return notFound;
  return /^\d{3}$/.test(word) ? refused(Number(word), 'refused') : undefined;
}

// ── Progress ────────────────────────────────────────────────────────────────────────────────────────────────────

/** `~` behind an answer takes away its date. */
const PROGRESS: Readonly<Record<string, Answer>> = { '-': nothing, running: ongoing, ended };

function progressOf(word: string): Answer {
  if (word.endsWith('~')) return { ...progressOf(word.slice(0, -1)), date: null };
  return PROGRESS[word] ?? answerOf(word) ?? json(word.split('+').map(entryOf));
}

/**
 * `b3/10`: registry b with 3 of 10 images scanned, or no registry that a title names. Ended with `.`, with an error of
 * the image scan with `!`, of the discovery with `?`.
 */
function entryOf(word: string): unknown {
  const {
    registry = '',
    scanned,
    total,
    marks = '',
  } = /^(?<registry>[a-z]?)(?<scanned>\d+)\/(?<total>\d+)(?<marks>[.!?]*)$/.exec(word)?.groups ?? {};
  if (scanned === undefined) throw new Error(`${word} is no entry of progress`);
  const inRegistry = registry === '' ? '' : `in registry ${registry}.example: `;
  const title = (text: string) => (registry === '' ? '' : text);
  const error = { error: 'manifest unknown' };
  return entry(!marks.includes('.'), {
    discovery: {
      title: title(`Step 1/2 discovering tags ${inRegistry}Discovered tags in 1/1 repositories`),
      ...(marks.includes('?') ? error : {}),
    },
    imageScan: {
      scanned: Number(scanned),
      total: Number(total),
      title: title(`Step 2/2 scanning images ${inRegistry}Scanned ${scanned}/${total} images`),
      ...(marks.includes('!') ? error : {}),
    },
  });
}

// ── The report ──────────────────────────────────────────────────────────────────────────────────────────────────

const NONE = { critical: 0, high: 0, medium: 0, low: 0, total: 0 };
const OURS = { registry: '', repo: 'library/alpine', tag: '3.16' };
/** A registry of this machine that nothing listens on: no test asks another one. */
const HERE = '127.0.0.1:9';
const TIMES: Readonly<Record<string, string>> = { old: OLD_TIME, new: NEW_TIME };

/** Fields that `+` adds to a row, in turn. `here` and the digests are of the row itself. */
const FIELDS: Readonly<Record<string, RowFields | ((asked: Asked) => RowFields)>> = {
  here: {},
  'old-digest': {},
  'new-digest': {},
  err: { err: 'failed to pull' },
  errCode: { errCode: 7 },
  'other-tag': { repoTag: { ...OURS, tag: '3.17' } },
  'no-tag': { repoTag: null },
  'lists-ours': { tags: [OURS] },
  'no-digest': { repoDigests: null },
  'no-id': { id: '' },
  'odd-digests': { repoDigests: 'x' },
  'row-2': { _id: 'row-2' },
  clean: (asked) => ({
    vulnerabilities: isCompact(asked) ? null : [],
    vulnerabilityDistribution: NONE,
    vulnerabilitiesCount: 0,
    complianceIssues: isCompact(asked) ? null : [],
    complianceDistribution: NONE,
    complianceIssuesCount: 0,
  }),
  uncounted: { vulnerabilities: undefined, vulnerabilityDistribution: {}, vulnerabilitiesCount: undefined },
  critical: listing(found('critical')),
  high: listing(found('high')),
  low: listing(found('low')),
  mitigated: listing(found('high', { status: 'mitigated upstream' })),
  deferred: listing(found('high', { status: 'deferred' })),
  'odd-cvss': listing(found('low', { cvss: 'high' })),
  'odd-severity': listing(found('low', { severity: 7 })),
  'odd-time': { scanTime: 1_700_000_000 },
  'two-low': { vulnerabilityDistribution: { ...NONE, low: 2, total: 2 }, vulnerabilitiesCount: 2 },
  sixty: { vulnerabilitiesCount: 60 },
  'one-critical': { vulnerabilityDistribution: { ...NONE, critical: 1, total: 1 } },
  'no-issues-field': {
    complianceIssues: undefined,
    complianceDistribution: undefined,
    complianceIssuesCount: undefined,
  },
  'two-issues': {
    vulnerabilityDistribution: NONE,
    vulnerabilitiesCount: 0,
    complianceDistribution: { ...NONE, high: 1, low: 1, total: 2 },
    complianceIssuesCount: 2,
  },
  'of-no-severity': { complianceDistribution: undefined },
  'critical-issues': { complianceDistribution: { ...NONE, critical: 3, total: 3 }, complianceIssuesCount: 3 },
  uncovered: { missingDistroVulnCoverage: true },
};

/** The list of one finding, which only the full form has, and its count. */
function listing(finding: WireFinding): (asked: Asked) => RowFields {
  return (asked) => ({
    vulnerabilities: isCompact(asked) ? null : [finding],
    vulnerabilityDistribution: distribution([finding]),
    vulnerabilitiesCount: 1,
  });
}

/**
 * `X//Y`: X in the compact form, Y in full. `X&Y`: both rows. Behind them, `~` takes away the date of the answer, `<` makes
 * it three days old, `?today` replaces it, and `%3600` is the age of an answer from a cache.
 */
function reportOf(word: string, asked: Asked): Answer {
  const [compact = '', full = compact] = word.split('//');
  const {
    rows = '',
    age,
    date,
    mark,
  } = /^(?<rows>[^%?~<]*)(?:%(?<age>.*)|\?(?<date>.*)|(?<mark>[~<]))?$/.exec(
    isCompact(asked) ? compact : full,
  )?.groups ?? {};
  const answer =
    pageNamed(rows, asked) ?? answerOf(rows) ?? json(rows.split('&').map((each) => rowOf(each, asked)));
  const headers = {
    ...answer.headers,
    ...(age === undefined ? {} : { age }),
    ...(date === undefined ? {} : { date }),
  };
  if (mark === '~' || date !== undefined) return { ...answer, headers, date: null };
  return { ...answer, headers, date: mark === '<' ? THREE_DAYS_AGO : READ_TIME };
}

function rowOf(word: string, asked: Asked): unknown {
  const [when = '', ...names] = word.split('+');
  const fields = names.map((name) => {
    const given = FIELDS[name];
    if (given === undefined) throw new Error(`${name} says nothing of a row`);
    return typeof given === 'function' ? given(asked) : given;
  });
  const isNew = names.includes('new-digest') || (when === 'new' && !names.includes('old-digest'));
  const registry = names.includes('here') ? HERE : '';
  const name = [registry, OURS.repo].filter((part) => part !== '').join('/');
  return row(TIMES[when] ?? (when.includes('T') ? when : `2026-11-20T${when}Z`), {
    repoTag: { ...OURS, registry },
    repoDigests: [`${name}@${isNew ? NEW_DIGEST : OLD_DIGEST}`],
    ...Object.assign({}, ...fields),
  });
}

function pageNamed(word: string, asked: Asked): Answer | undefined {
  if (word === 'denied-page') return pageOf('7', asked);
  return word === 'page' ? pageOf('51', asked) : undefined;
}

/** A full page of other images, and the row of three minutes before on the next one, which `Total-Count` may deny. */
function pageOf(total: string, { query }: Asked): Answer {
  const isFirst = query.some(([name, value]) => name === 'offset' && value === '0');
  const others = Array.from({ length: 50 }, (_none, at) =>
    row(OLD_TIME, { _id: `x${at}`, repoTag: { ...OURS, tag: `x${at}` } }),
  );
  return { ...json(isFirst ? others : [row('2026-11-20T09:26:00Z')]), headers: { 'total-count': total } };
}

// ── The rest ────────────────────────────────────────────────────────────────────────────────────────────────────

const KNOWN_TOKEN = 'a-token-that-is-known-7';

const SCRIPTS: Readonly<Record<string, Scripts>> = {
  'log-in=undated': { authenticate: [undatedLogIn] },
  'log-in=lagging': {
    authenticate: [{ ...json({ token: KNOWN_TOKEN }), date: THREE_DAYS_AGO }],
    knownToken: KNOWN_TOKEN,
  },
  'trigger=late': { trigger: [{ status: 200, body: '', date: '2026-11-20T10:29:00Z' }] },
};

const INPUTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'by-digest': { registry: HERE, digest: NEW_DIGEST },
  'new-digest': { digest: NEW_DIGEST },
  'old-digest': { digest: OLD_DIGEST },
  untriggered: {},
};

function inputsOf(word: string): Readonly<Record<string, string>> {
  if (SCRIPTS[word] !== undefined) return {};
  const [name = '', value] = word.split('=');
  const inputs = INPUTS[word] ?? (value === undefined ? undefined : { [name]: value });
  if (inputs === undefined) throw new Error(`${word} is no input`);
  return inputs;
}
