import {
  isObject,
  type JsonObject,
  listOf,
  objectAt,
  optionalFlagAt,
  optionalTextAt,
} from '../http/decode.ts';
import { type Finding, type FindingDate, type Fix, UNNAMED } from '../scan/finding.ts';
import { severityOf } from '../scan/severity.ts';
import { printablePart, sanitizeWhole } from '../text/sanitize.ts';
import { allEvidence, exploitOfEntries, exploitOfSource } from './exploits.ts';
import { decodeFindingDate } from './finding-date.ts';
import { RiskFactorDecoder, type RiskFactors } from './risk-factors.ts';

/** Words of `status` that stand for no fix, as seen in reports. Any other word counts as a fix. */
const UNFIXED = new Set([
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

/**
 * Reads the findings of a row. A field that decides (severity, status, block, id, package) has to have its type, or
 * the row is invalid; any other field of an unexpected type is left out and named in `ignoredFields`. A report can
 * have 60,000 findings, so the name of a field is only composed for an error.
 */
export class FindingDecoder {
  readonly #redact: (text: string) => string;
  readonly #ignored = new Set<string>();
  readonly #riskFactors = new RiskFactorDecoder((text) => this.#clean(text));

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** The names of the fields that had an unexpected type. */
  ignoredFields(): readonly string[] {
    return [...this.#ignored];
  }

  /** Reads `vulnerabilities` or `complianceIssues`; `null` means none. */
  decode(json: unknown, field: string, kind: Finding['kind']): readonly Finding[] {
    return listOf(json, field, (element) => element).map((element, index) => {
      const at = (name: string) => `${field}[${index}]${name}`;
      return this.#finding(isObject(element) ? element : objectAt(element, at('')), kind, at);
    });
  }

  #finding(json: JsonObject, kind: Finding['kind'], at: (name: string) => string): Finding {
    const word = this.#needed(json.severity, 'severity', at);
    const severity = word === undefined ? undefined : severityOf(word);
    const riskFactors = this.#riskFactorsOf(json.riskFactors);
    const title = this.#optional(json.title, 'title');
    const description = this.#optional(json.description, 'description') ?? title;
    return {
      kind,
      ...this.#idOf(json, kind, [title, description].find(isVisible), at),
      title,
      cause: this.#optional(json.cause, 'cause'),
      severity: severity ?? 'critical',
      rawSeverity: severity === undefined ? (word ?? '(none)') : undefined,
      cvss: this.#optionalNumber(json.cvss, 'cvss'),
      packageName: this.#needed(json.packageName, 'packageName', at),
      packageVersion: this.#needed(json.packageVersion, 'packageVersion', at),
      packageType: this.#optional(json.packageType, 'packageType'),
      packagePath: this.#optional(json.packagePath, 'packagePath') ?? this.#optional(json.path, 'path'),
      ...this.#fixOf(json, riskFactors, at),
      ...this.#exploitOf(json, riskFactors),
      publishedAt: this.#date(json.published, 'published'),
      riskFactors: riskFactors.names,
      link: webLink(this.#optional(json.link, 'link')),
      description,
      isBlocking: typeof json.block === 'boolean' ? json.block : this.#absentFlag(json.block, at),
    };
  }

  /**
   * The id of a finding. A number in `id` is the type of a package, or a check that several issues fail, so it
   * identifies nothing; nor does a number in `cve`. A compliance issue has no id of its own: a CVE in it is not a
   * vulnerability.
   */
  #idOf(
    json: JsonObject,
    kind: Finding['kind'],
    text: string | undefined,
    at: (name: string) => string,
  ): Pick<Finding, 'id' | 'hasOwnId' | 'checkId'> {
    const cve = this.#needed(json.cve, 'cve', at);
    const number = this.#number(json.id, at);
    if (kind === 'compliance') return { id: text ?? cve ?? UNNAMED, hasOwnId: false, checkId: number };
    const own = [cve, number].find(isName);
    return { id: own ?? text ?? UNNAMED, hasOwnId: own !== undefined, checkId: undefined };
  }

  /**
   * The version of the fix. Status, date, link or risk factor show a fix; a value that cannot be understood counts as
   * one.
   */
  #fixOf(
    json: JsonObject,
    riskFactors: RiskFactors,
    at: (name: string) => string,
  ): Pick<Finding, 'fix' | 'rawStatus' | 'fixedAt'> {
    const status = this.#needed(json.status, 'status', at);
    const isUnknown = isUnknownStatus(status);
    const fixedAt = this.#date(json.fixDate, 'fixDate');
    const hasFix =
      fixedAt.kind !== 'none' || this.#hasFixLink(json.fixLink) || riskFactors.hasFix || isUnknown;
    return { fix: fixOf(status, hasFix), rawStatus: isUnknown ? status : undefined, fixedAt };
  }

  #hasFixLink(value: unknown): boolean {
    if (typeof value === 'string') return value.trim() !== '';
    this.#ignoreUnlessAbsent(value, 'fixLink');
    return value !== undefined && value !== null;
  }

  #date(value: unknown, name: string): FindingDate {
    if (typeof value !== 'number' && typeof value !== 'string') this.#ignoreUnlessAbsent(value, name);
    return decodeFindingDate(value);
  }

  #exploitOf(
    json: JsonObject,
    riskFactors: RiskFactors,
  ): Pick<Finding, 'exploit' | 'exploits' | 'rawExploit'> {
    const entries = exploitOfEntries(json.exploits);
    const source = exploitOfSource(json.exploit);
    if (entries.isMalformed) this.#ignored.add('exploits');
    if (source.isMalformed) this.#ignored.add('exploit');
    const { exploits, rawKind, isMalformed } = allEvidence([entries, source, riskFactors.evidence]);
    const malformed = isMalformed ? 'malformed' : undefined;
    return {
      exploit: exploits[0],
      exploits,
      rawExploit: rawKind === undefined ? malformed : (this.#clean(rawKind) ?? '(none)'),
    };
  }

  /** A text that a gate depends on. */
  #needed(value: unknown, name: string, at: (name: string) => string): string | undefined {
    if (typeof value === 'string' || value === undefined) return this.#clean(value);
    return this.#clean(optionalTextAt(value, at(`.${name}`)));
  }

  #absentFlag(value: unknown, at: (name: string) => string): boolean {
    return value === undefined ? false : optionalFlagAt(value, at('.block'));
  }

  #optional(value: unknown, name: string): string | undefined {
    if (typeof value === 'string') return this.#clean(value);
    this.#ignoreUnlessAbsent(value, name);
    return undefined;
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
  #number(id: unknown, at: (name: string) => string): string | undefined {
    if (typeof id === 'number') return id === 0 ? undefined : String(id);
    return this.#needed(id, 'id', at);
  }

  /** The risk factors of the row itself, in the same forms as those of a finding. */
  riskFactors(given: unknown): Pick<RiskFactors, 'names' | 'evidence'> {
    return this.#riskFactorsOf(given);
  }

  #riskFactorsOf(given: unknown): RiskFactors {
    const factors = this.#riskFactors.decode(given);
    if (factors.isMalformed) this.#ignored.add('riskFactors');
    return factors;
  }

  /** The text as one harmless line; undefined if that is empty. */
  #clean(text = ''): string | undefined {
    return (text === '' ? '' : sanitizeWhole(this.#redact(text))) || undefined;
  }
}

/** Matches most links, which `URL` would not change; parsing them all takes long. */
const PLAIN_LINK = /^https?:\/\/[a-z0-9.-]+\/[\w/~-]*$/;

/** Returns a link that is a web address, since people follow it; drops any other. */
function webLink(text: string | undefined): string | undefined {
  if (text === undefined || PLAIN_LINK.test(text)) return text;
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text).href : undefined;
}

/** Words in the place of an id that identify nothing. */
const NO_NAMES = new Set(['n/a', 'na', 'none', 'null', 'unknown', 'undefined', 'unnamed']);

/** True if people see something of a text. */
function isVisible(text = ''): boolean {
  return printablePart(text) !== '';
}

/** True if a text names a vulnerability: a CVE, or a vendor's id such as `PRISMA-2026-0001`. A number does not. */
function isName(text = ''): boolean {
  const printable = printablePart(text);
  return /[a-z]/i.test(printable) && !NO_NAMES.has(printable.toLowerCase());
}

/** The fix that a status names, or that other fields show. */
function fixOf(status: string | undefined, hasFix: boolean): Fix | undefined {
  const fixed = /^fixed\b(?: in)?:?\s*(.*)$/i.exec(status ?? '');
  if (fixed !== null) return { version: fixed[1] || undefined };
  return hasFix ? { version: undefined } : undefined;
}

function isUnknownStatus(status: string | undefined): boolean {
  return status !== undefined && !UNFIXED.has(status.toLowerCase()) && !/^fixed\b/i.test(status);
}
