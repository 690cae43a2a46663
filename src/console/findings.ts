import type { Finding } from '../scan/finding.ts';
import { severityOf } from '../scan/severity.ts';
import {
  listOf,
  objectAt,
  optionalFlagAt,
  optionalNumberAt,
  optionalObjectAt,
  optionalTextAt,
} from './decode.ts';
import { plainText } from './plain-text.ts';

/** Reads a list of findings of a row, `vulnerabilities` or `complianceIssues`; it is `null` where there are none. */
export function decodeFindings(json: unknown, field: string, kind: Finding['kind']): readonly Finding[] {
  return listOf(json, field, (element, at) => decodeFinding(objectAt(element, at), at, kind));
}

function decodeFinding(
  json: { readonly [key: string]: unknown },
  field: string,
  kind: Finding['kind'],
): Finding {
  const text = (name: string) => plainText(optionalTextAt(json[name], `${field}.${name}`));
  const word = text('severity');
  const severity = severityOf(word);
  const number = optionalNumberAt(json.id, `${field}.id`);
  return {
    kind,
    id: text('cve') || (number === undefined || number === 0 ? text('title') : String(number)) || 'unnamed',
    severity: severity ?? 'critical',
    unknownWord: severity === undefined ? word || '(none)' : undefined,
    cvss: typeof json.cvss === 'number' ? json.cvss : undefined,
    packageName: text('packageName'),
    packageVersion: text('packageVersion'),
    packageType: text('packageType'),
    fix: fixIn(text('status'), optionalObjectAt(json.riskFactors, `${field}.riskFactors`)),
    link: harmlessLink(text('link')),
    description: text('description') || text('title'),
    isBlocking: optionalFlagAt(json.block, `${field}.block`),
  };
}

/** `fixed in 1.2.3` is the vendor's word for a fix, and `Has fix` the risk factor that goes with it. */
function fixIn(status: string, riskFactors: { readonly [key: string]: unknown }): string | undefined {
  const fixed = /^fixed(?: in)?:?\s*(.*)$/i.exec(status);
  if (fixed !== null) return fixed[1] ?? '';
  return 'Has fix' in riskFactors ? '' : undefined;
}

/** An address is followed by people, so nothing but the web will do. */
function harmlessLink(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return '';
  return new URL(text).href;
}
