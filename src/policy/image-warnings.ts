import type { Identity } from '../image/identity.ts';
import type { Digest } from '../image/image.ts';
import type { Finding } from '../scan/finding.ts';
import type { Finished } from '../scan/state.ts';
import type { Unread } from '../scan/unread.ts';

/** The facts besides the decision that a reader of a finished scan has to know. */
export type ImageWarning =
  /** Progress stopped showing the scan, and there is no other evidence of its end. */
  | { readonly kind: 'lost-without-report' }
  /** The user is not allowed to read the report: progress alone shows the end. */
  | { readonly kind: 'no-report' }
  /** The report gives several digests or none, so there is no digest to promote. */
  | { readonly kind: 'no-single-digest' }
  | { readonly kind: 'findings-unread'; readonly unread: Unread }
  /** Unknown words of the Console, which count as the worst. */
  | { readonly kind: 'unknown-words'; readonly of: UnknownWord; readonly words: readonly string[] }
  /** Fields of an unexpected type, which are ignored. */
  | { readonly kind: 'ignored-fields'; readonly fields: readonly string[] }
  /** The scanner does not support the distribution, and no gate depends on it. */
  | { readonly kind: 'unsupported-distribution' };

export type UnknownWord = 'severity' | 'status' | 'exploit';

/** The warnings about a finished scan; none if it failed, since the decision reports that. */
export function warningsOf(
  { proof, row, error }: Finished,
  unread: Unread | undefined,
  digest: Digest | undefined,
  findings: readonly Finding[],
  identity: Identity | undefined,
): readonly ImageWarning[] {
  if ((error ?? row?.error) !== undefined) return [];
  if (proof === 'progress-lost') return [{ kind: 'lost-without-report' }];
  if (row === undefined) return [{ kind: 'no-report' }];
  return [
    ...warningIf(digest === undefined && identity === undefined, { kind: 'no-single-digest' }),
    ...(unread === undefined ? [] : [{ kind: 'findings-unread', unread } as const]),
    ...unknownWords(findings),
    ...warningIf(row.ignoredFields.length > 0, { kind: 'ignored-fields', fields: row.ignoredFields }),
  ];
}

function warningIf(condition: boolean, warning: ImageWarning): readonly ImageWarning[] {
  return condition ? [warning] : [];
}

/** Warns of unknown words, which must not pass unnoticed. */
function unknownWords(findings: readonly Finding[]): readonly ImageWarning[] {
  const words = {
    severity: new Set(findings.flatMap(({ rawSeverity }) => rawSeverity ?? [])),
    status: new Set(findings.flatMap(({ rawStatus }) => rawStatus ?? [])),
    exploit: new Set(findings.flatMap(({ rawExploit }) => rawExploit ?? [])),
  };
  return (['severity', 'status', 'exploit'] as const).flatMap((of) =>
    warningIf(words[of].size > 0, { kind: 'unknown-words', of, words: [...words[of]] }),
  );
}
