import type { Exploit, Finding } from '../scan/finding.ts';
import { severityOf } from '../scan/severity.ts';
import { sanitize } from '../text.ts';
import { listOf, objectAt, optionalFlagAt, optionalTextAt } from './decode.ts';

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

/**
 * Reads the findings of a row. A field that decides (severity, status, block, id, package) has to have its type, or the
 * row is invalid; any other field of an unexpected type is left out and named in `ignoredFields`.
 */
export class FindingDecoder {
  readonly #redact: (text: string) => string;
  readonly #ignored = new Set<string>();
  /** Findings repeat the same texts many times over, and cleaning is what costs. */
  readonly #cleaned = new Map<string, string>();

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** The names of the fields that had an unexpected type. */
  ignoredFields(): readonly string[] {
    return [...this.#ignored];
  }

  /** Reads `vulnerabilities` or `complianceIssues`; `null` where there are none. */
  decode(json: unknown, field: string, kind: Finding['kind']): readonly Finding[] {
    return listOf(json, field, (element, at) => this.#finding(objectAt(element, at), at, kind));
  }

  #finding(json: Json, field: string, kind: Finding['kind']): Finding {
    const needed = (name: string) => this.#clean(optionalTextAt(json[name], `${field}.${name}`));
    const optional = (name: string) => this.#optionalText(json, name);
    const word = needed('severity');
    const severity = severityOf(word);
    const riskFactors = this.#riskFactors(json);
    const status = needed('status');
    const fixedIn = fixOf(status, json, riskFactors);
    const cve = needed('cve');
    const title = optional('title');
    return {
      kind,
      id: cve || this.#number(json, field) || title || 'unnamed',
      hasOwnId: cve !== '',
      title,
      cause: optional('cause'),
      severity: severity ?? 'critical',
      rawSeverity: severity === undefined ? word || '(none)' : undefined,
      cvss: this.#optionalNumber(json, 'cvss'),
      packageName: needed('packageName'),
      packageVersion: needed('packageVersion'),
      packageType: optional('packageType'),
      packagePath: optional('packagePath') || optional('path'),
      fixedIn,
      rawStatus: isUnknownStatus(status) ? status : undefined,
      exploits: exploitsOf(json.exploits, riskFactors),
      riskFactors,
      link: webLink(optional('link')),
      description: optional('description') || title,
      isBlocking: optionalFlagAt(json.block, `${field}.block`),
    };
  }

  /** The Console's number of a compliance issue; it may be 0, or a text. */
  #number({ id }: Json, field: string): string {
    if (typeof id === 'number') return id === 0 ? '' : String(id);
    return this.#clean(optionalTextAt(id, `${field}.id`));
  }

  #riskFactors(json: Json): readonly string[] {
    const given = json.riskFactors;
    if (given === undefined || given === null) return [];
    const names = typeof given === 'object' ? (Array.isArray(given) ? given : Object.keys(given)) : [given];
    if (typeof given !== 'object' || !names.every((name) => typeof name === 'string')) {
      this.#ignored.add('riskFactors');
      return [];
    }
    return names.map((name) => this.#clean(String(name)));
  }

  #optionalText(json: Json, name: string): string {
    const value = json[name];
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return this.#clean(value);
    this.#ignored.add(name);
    return '';
  }

  #optionalNumber(json: Json, name: string): number | undefined {
    const value = json[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.#ignored.add(name);
    return undefined;
  }

  #clean(text: string): string {
    const known = this.#cleaned.get(text);
    if (known !== undefined) return known;
    const cleaned = sanitize(this.#redact(text));
    this.#cleaned.set(text, cleaned);
    return cleaned;
  }
}

/** The version that has the fix; empty where there is a fix without a version; undefined without a fix. */
function fixOf(status: string, json: Json, riskFactors: readonly string[]): string | undefined {
  const fixed = /^fixed\b(?: in)?:?\s*(.*)$/i.exec(status);
  if (fixed !== null) return fixed[1] ?? '';
  const hasFixDate = Number(json.fixDate ?? 0) > 0;
  const hasFixLink = typeof json.fixLink === 'string' && json.fixLink.trim() !== '';
  const hasFactor = riskFactors.some((factor) => factor.toLowerCase() === 'has fix');
  return hasFixDate || hasFixLink || hasFactor || isUnknownStatus(status) ? '' : undefined;
}

function isUnknownStatus(status: string): boolean {
  return !UNFIXED.has(status.toLowerCase()) && !/^fixed\b/i.test(status);
}

/** `exploits[]` has a source and a kind since 32.07; older Consoles have risk factors in words only. */
function exploitsOf(json: unknown, riskFactors: readonly string[]): readonly Exploit[] {
  const entries: readonly unknown[] = Array.isArray(json) ? json : [];
  const texts = [
    ...entries.flatMap((entry) => (typeof entry === 'object' && entry !== null ? Object.values(entry) : [])),
    ...riskFactors.filter((factor) => /exploit/i.test(factor)),
  ].map((text) => String(text).toLowerCase());
  const has = (pattern: RegExp) => texts.some((text) => pattern.test(text));
  return [
    ...(has(/^cisa-kev$/) ? (['known-exploited'] as const) : []),
    ...(has(/in[- ]the[- ]wild/) ? (['in-the-wild'] as const) : []),
    ...(has(/^poc$|proof of concept|\bpoc\b/) ? (['proof-of-concept'] as const) : []),
  ];
}

/** People follow a link, so only web addresses are kept. */
function webLink(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return '';
  return new URL(text).href;
}
