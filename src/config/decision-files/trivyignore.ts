import { type PackageUrl, parsePackageUrl } from '../../policy/waivers/decisions/package-url.ts';
import { type PathGlob, parsePathGlob } from '../../policy/waivers/decisions/path-glob.ts';
import type { TrivyEntry } from '../../policy/waivers/decisions/trivy-entry.ts';
import { DAY_MS } from '../../scan/duration.ts';
import { sanitize, sanitizeWhole } from '../../text/sanitize.ts';
import { FileMistake } from './file-mistake.ts';

/** An entry that accepts nothing here, and why: Trivy, which reads the same file, requires less. */
export interface UnusableEntry {
  readonly number: number;
  readonly id: string | undefined;
  readonly wrong: UnusableBecause;
}

type UnusableBecause =
  | { readonly kind: 'lacks'; readonly field: 'id' | 'statement' | 'expired_at' }
  /** An unknown field may narrow the entry. */
  | { readonly kind: 'unknown-field'; readonly field: string };

/** The parts of a `.trivyignore.yaml` that matter here. */
export interface TrivyIgnore {
  readonly entries: readonly TrivyEntry[];
  readonly unusable: readonly UnusableEntry[];
  /** Sections that accept nothing here: `misconfigurations`, `secrets`, `licenses`, and unknown ones. */
  readonly ignoredSections: readonly string[];
}

const MEMBERS = ['id', 'paths', 'purls', 'expired_at', 'statement'];

/** Reads the mapping of a `.trivyignore.yaml`, in which every scalar is a text; throws a `FileMistake`. */
export function decodeTrivyIgnore(file: ReadonlyMap<unknown, unknown>): TrivyIgnore {
  const list = listIn(file.get('vulnerabilities'), 'vulnerabilities');
  const decoded = list.map((each, index) => entryIn(each, index + 1));
  return {
    entries: decoded.flatMap((each) => ('wrong' in each ? [] : [each])),
    unusable: decoded.flatMap((each) => ('wrong' in each ? [each] : [])),
    ignoredSections: [...file.keys()].filter((section) => section !== 'vulnerabilities').map(shownName),
  };
}

function entryIn(given: unknown, number: number): TrivyEntry | UnusableEntry {
  const at = `entry ${number} of vulnerabilities`;
  if (!(given instanceof Map)) throw new FileMistake(`${at} is not an entry with an id`);
  const entry: ReadonlyMap<unknown, unknown> = given;
  const text = (name: string) => textIn(entry.get(name), `${name} of ${at}`);
  const id = textIn(entry.get('id'), `id of ${at}`, sanitizeWhole);
  const reason = text('statement');
  const until = lastDayIn(text('expired_at'));
  const urls = textsIn(entry.get('purls'), `purls of ${at}`)?.map((each) => urlIn(each, at));
  const paths = textsIn(entry.get('paths'), `paths of ${at}`)?.map((each) => globIn(each, at));
  const unknown = [...entry.keys()].find((name) => !MEMBERS.some((member) => member === name));
  if (unknown !== undefined) {
    return { number, id, wrong: { kind: 'unknown-field', field: shownName(unknown) } };
  }
  if (id === undefined) return { number, id, wrong: { kind: 'lacks', field: 'id' } };
  if (reason === undefined) return { number, id, wrong: { kind: 'lacks', field: 'statement' } };
  if (until === undefined) return { number, id, wrong: { kind: 'lacks', field: 'expired_at' } };
  return { number, id, reason, until, paths, urls };
}

function urlIn(text: string, at: string): PackageUrl {
  const url = parsePackageUrl(text);
  if (url === undefined)
    throw new FileMistake(`purls of ${at} has “${sanitize(text)}”, which is no package URL`);
  return url;
}

function globIn(text: string, at: string): PathGlob {
  const glob = parsePathGlob(text);
  if (glob === undefined)
    throw new FileMistake(`paths of ${at} has “${sanitize(text)}”, which is no pattern`);
  return glob;
}

/** A day, or a time in one of the forms that Trivy's decoder reads; without a zone it is UTC. */
const EXPIRY = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * The day before `expired_at`; undefined if that is not a valid day. If it has a time, the whole day counts as
 * expired: the written day, or the day in UTC if that is earlier.
 */
function lastDayIn(text: string | undefined): string | undefined {
  const [, day = '', time = '00:00:00', zone = 'Z'] = EXPIRY.exec(text?.toUpperCase() ?? '') ?? [];
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const endMs = Math.min(dayMs, Date.parse(`${day}T${time}${zone}`));
  if (Number.isNaN(endMs) || !new Date(dayMs).toISOString().startsWith(day)) return undefined;
  return new Date(Math.floor(endMs / DAY_MS) * DAY_MS - DAY_MS).toISOString().slice(0, 10);
}

/** The texts that YAML reads as null. */
const NULLS = ['', '~', 'null', 'Null', 'NULL'];

/** A text on one line. An id is compared, so it is neither cut nor folded. */
function textIn(value: unknown, what: string, lineOf = sanitize): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new FileMistake(`${what} is not text`);
  const text = lineOf(value);
  return NULLS.includes(text) ? undefined : text;
}

/** A list of texts; undefined if it is absent or empty, which restricts nothing, as in Trivy. */
function textsIn(value: unknown, what: string): readonly string[] | undefined {
  const list = listIn(value, what).map((each) => {
    if (typeof each !== 'string' || NULLS.includes(each))
      throw new FileMistake(`${what} has an element that is not text`);
    return each;
  });
  return list.length === 0 ? undefined : list;
}

function listIn(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || (typeof value === 'string' && NULLS.includes(value))) return [];
  if (!Array.isArray(value)) throw new FileMistake(`${what} is not a list`);
  return value;
}

function shownName(name: unknown): string {
  return typeof name === 'string' ? sanitize(name) : 'a name that is not text';
}
