import type { Identity } from '../image/identity.ts';
import type { Digest } from '../image/image.ts';
import type { Finished } from '../scan/state.ts';
import { shownText } from '../text/sanitize.ts';
import type { Assessment } from './result.ts';

/** What a reader of a finished scan has to know besides the decision. */
export function warningsOf(
  name: string,
  { proof, row, error }: Finished,
  unread: string,
  digest: Digest | undefined,
  assessment: Assessment | undefined,
  identity: Identity | undefined,
): readonly string[] {
  if (error !== '' || (row !== undefined && row.error !== '')) return [];
  if (proof === 'progress-lost') {
    return [
      `Progress stopped showing the scan of ${name}, and the report may not be read, so nothing else shows its end. ` +
        'Give the Console user read access to Monitor, so that the report can prove the end.',
    ];
  }
  if (row === undefined) {
    return [
      `The report of ${name} may not be read: progress alone shows the end of the scan, and the outputs have no digest ` +
        'to promote by. Give the Console user read access to Monitor.',
    ];
  }
  return [
    ...(digest === undefined && identity === undefined
      ? [`The report gives no single digest for ${name}, so the outputs have none to promote by.`]
      : []),
    ...(unread === '' ? [] : [`The findings of ${name} could not be read: ${unread}`]),
    ...unknownWords(name, assessment),
    ...(row.ignoredFields.length === 0
      ? []
      : [
          `The report of ${name} has fields of an unexpected type: ${row.ignoredFields.join(', ')}. They are left out; if they may show a fix or an exploit, they count as one.`,
        ]),
  ];
}

export function unsupportedDistro(name: string): string {
  return `The scanner does not cover the distribution of ${name}, so that finding nothing means nothing.`;
}

/** A word that is not known here must neither pass nor be overlooked. */
function unknownWords(name: string, assessment: Assessment | undefined): readonly string[] {
  const findings = assessment?.findings ?? [];
  const severities = new Set(findings.flatMap(({ rawSeverity }) => rawSeverity ?? []));
  const statuses = new Set(findings.flatMap(({ rawStatus }) => rawStatus ?? []));
  const exploits = new Set(findings.flatMap(({ rawExploit }) => rawExploit ?? []));
  const listed = (words: ReadonlySet<string>) =>
    [...words]
      .slice(0, 5)
      .map((word) => `“${shownText(word)}”`)
      .join(', ');
  return [
    ...(severities.size === 0
      ? []
      : [
          `The report of ${name} has severities that are unknown here (${listed(severities)}); they count as critical.`,
        ]),
    ...(statuses.size === 0
      ? []
      : [
          `The report of ${name} has words of status that are unknown here (${listed(statuses)}); they count as a fix.`,
        ]),
    ...(exploits.size === 0
      ? []
      : [
          `The report of ${name} has kinds of exploit that are unknown here (${listed(exploits)}); they count as in the wild.`,
        ]),
  ];
}
