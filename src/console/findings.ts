import { listOf, objectAt, optionalFlagAt, optionalTextAt } from '../http/decode.ts';
import type { Exploit, Finding } from '../scan/finding.ts';
import { severityOf } from '../scan/severity.ts';
import { sanitize } from '../text/sanitize.ts';

type Json = { readonly [key: string]: unknown };

/** Words of `status` that stand for no fix, as seen in reports. Any other word counts as a fix. */
const UNFIXED = new Set([
  '',
  'affected',
  'not affected',
  'needed',
  'deferred',
  'fix deferred',
  'open',
  'will not fix',
  'under investigation',
  'end of life',
]);

/** What a set of risk factors says. Findings share few sets, so each is read once. */
interface RiskFactors {
  readonly names: readonly string[];
  readonly exploits: readonly Exploit[];
  readonly hasFix: boolean;
}

/**
 * Reads the findings of a row. A field that decides (severity, status, block, id, package) has to have its type, or the
 * row is invalid; any other field of an unexpected type is left out and named in `ignoredFields`. A report can have
 * 60,000 findings, so the name of a field is only put together for an error.
 */
export class FindingDecoder {
  readonly #redact: (text: string) => string;
  readonly #ignored = new Set<string>();
  readonly #riskFactors = new Map<string, RiskFactors>();

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** The names of the fields that had an unexpected type. */
  ignoredFields(): readonly string[] {
    return [...this.#ignored];
  }

  /** Reads `vulnerabilities` or `complianceIssues`; `null` where there are none. */
  decode(json: unknown, field: string, kind: Finding['kind']): readonly Finding[] {
    return listOf(json, field, (element) => element).map((element, index) => {
      const at = (name: string) => `${field}[${index}]${name}`;
      return this.#finding(isPlainObject(element) ? element : objectAt(element, at('')), kind, at);
    });
  }

  #finding(json: Json, kind: Finding['kind'], at: (name: string) => string): Finding {
    const word = this.#needed(json.severity, 'severity', at);
    const severity = severityOf(word);
    const riskFactors = this.#riskFactorsOf(json.riskFactors);
    const status = this.#needed(json.status, 'status', at);
    const cve = this.#needed(json.cve, 'cve', at);
    const title = this.#optional(json.title, 'title');
    const hasFixDate = this.#hasFixDate(json.fixDate);
    const hasFixLink = this.#optional(json.fixLink, 'fixLink') !== '';
    const isUnknown = isUnknownStatus(status);
    return {
      kind,
      id: cve || this.#number(json.id, at) || title || 'unnamed',
      hasOwnId: cve !== '',
      title,
      cause: this.#optional(json.cause, 'cause'),
      severity: severity ?? 'critical',
      rawSeverity: severity === undefined ? word || '(none)' : undefined,
      cvss: this.#optionalNumber(json.cvss, 'cvss'),
      packageName: this.#needed(json.packageName, 'packageName', at),
      packageVersion: this.#needed(json.packageVersion, 'packageVersion', at),
      packageType: this.#optional(json.packageType, 'packageType'),
      packagePath: this.#optional(json.packagePath, 'packagePath') || this.#optional(json.path, 'path'),
      fixedIn: fixOf(status, hasFixDate || hasFixLink || riskFactors.hasFix || isUnknown),
      rawStatus: isUnknown ? status : undefined,
      exploits: this.#exploits(json.exploits, riskFactors),
      riskFactors: riskFactors.names,
      link: webLink(this.#optional(json.link, 'link')),
      description: this.#optional(json.description, 'description') || title,
      isBlocking: typeof json.block === 'boolean' ? json.block : this.#absentFlag(json.block, at),
    };
  }

  /** A text that decides. */
  #needed(value: unknown, name: string, at: (name: string) => string): string {
    if (typeof value === 'string') return this.#clean(value);
    return value === undefined ? '' : optionalTextAt(value, at(`.${name}`));
  }

  #absentFlag(value: unknown, at: (name: string) => string): boolean {
    return value === undefined ? false : optionalFlagAt(value, at('.block'));
  }

  #optional(value: unknown, name: string): string {
    if (typeof value === 'string') return this.#clean(value);
    this.#ignoreUnlessAbsent(value, name);
    return '';
  }

  #optionalNumber(value: unknown, name: string): number | undefined {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.#ignoreUnlessAbsent(value, name);
    return undefined;
  }

  #ignoreUnlessAbsent(value: unknown, name: string): void {
    if (value !== undefined && value !== null) this.#ignored.add(name);
  }

  /** The Console's number of a compliance issue; it may be 0, or a text. */
  #number(id: unknown, at: (name: string) => string): string {
    if (typeof id === 'number') return id === 0 ? '' : String(id);
    return this.#needed(id, 'id', at);
  }

  /** Seconds of Unix, as a number or as a text; any other text that is not Go's zero time is a date as well. */
  #hasFixDate(value: unknown): boolean {
    if (typeof value === 'number') return value > 0;
    if (typeof value !== 'string') {
      this.#ignoreUnlessAbsent(value, 'fixDate');
      return false;
    }
    const text = value.trim();
    const seconds = Number(text);
    return Number.isNaN(seconds) ? !text.startsWith('0001-01-01') : seconds > 0;
  }

  /** An object whose keys are the factors, or a list of them. */
  #riskFactorsOf(given: unknown): RiskFactors {
    if (typeof given !== 'object' || given === null) {
      this.#ignoreUnlessAbsent(given, 'riskFactors');
      return NO_RISK_FACTORS;
    }
    const list: readonly unknown[] = Array.isArray(given) ? given : Object.keys(given);
    const raw = list.filter((name) => typeof name === 'string');
    if (raw.length < list.length) this.#ignored.add('riskFactors');
    const key = raw.join('\n');
    const known = this.#riskFactors.get(key);
    if (known !== undefined) return known;
    const names = raw.map((name) => this.#clean(name)).filter((name) => name !== '');
    const read: RiskFactors = {
      names,
      exploits: exploitsIn(names.filter((name) => /exploit/i.test(name))),
      hasFix: names.some((name) => name.toLowerCase() === 'has fix'),
    };
    this.#riskFactors.set(key, read);
    return read;
  }

  /** `exploits[]` has a source and a kind since 32.07; older Consoles have risk factors in words only. */
  #exploits(given: unknown, riskFactors: RiskFactors): readonly Exploit[] {
    if (given === undefined || given === null) return riskFactors.exploits;
    if (!Array.isArray(given)) {
      this.#ignored.add('exploits');
      return riskFactors.exploits;
    }
    const entries: readonly unknown[] = given;
    const words = entries.flatMap((entry) => (isPlainObject(entry) ? Object.values(entry) : []));
    const found = exploitsIn(words.filter((word) => typeof word === 'string'));
    return EXPLOITS.map(([exploit]) => exploit).filter(
      (exploit) => found.includes(exploit) || riskFactors.exploits.includes(exploit),
    );
  }

  #clean(text: string): string {
    return text === '' ? '' : sanitize(this.#redact(text));
  }
}

/** Most links are already as `URL` writes them, which takes long to find out. */
const PLAIN_LINK = /^https?:\/\/[a-z0-9.-]+\/[\w/~-]*$/;

/** People follow a link, so only web addresses are kept. */
function webLink(text: string): string {
  if (PLAIN_LINK.test(text)) return text;
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text).href : '';
}

const NO_RISK_FACTORS: RiskFactors = { names: [], exploits: [], hasFix: false };

function isPlainObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The version that has the fix; empty where there is a fix without a version; undefined without a fix. */
function fixOf(status: string, hasFix: boolean): string | undefined {
  const fixed = /^fixed\b(?: in)?:?\s*(.*)$/i.exec(status);
  if (fixed !== null) return fixed[1] ?? '';
  return hasFix ? '' : undefined;
}

function isUnknownStatus(status: string): boolean {
  return !UNFIXED.has(status.toLowerCase()) && !/^fixed\b/i.test(status);
}

const EXPLOITS: readonly (readonly [Exploit, RegExp])[] = [
  ['known-exploited', /^cisa-kev$/i],
  ['in-the-wild', /in[- ]the[- ]wild/i],
  ['proof-of-concept', /^poc$|proof of concept|\bpoc\b/i],
];

function exploitsIn(words: readonly string[]): readonly Exploit[] {
  return EXPLOITS.filter(([, pattern]) => words.some((word) => pattern.test(word))).map(
    ([exploit]) => exploit,
  );
}
