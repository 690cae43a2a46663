import type { Proof } from '../policy/proof.ts';
import type { Assessment } from '../policy/result.ts';
import type { Comparison } from '../policy/waivers/reference.ts';
import { markdownCode } from './markdown.ts';

const PROOF_TEXT = {
  report: 'a newer row in the report',
  progress: 'progress, which showed it',
  'progress-lost': 'progress, which stopped showing the scan',
  recent: 'the report, of a scan that `max-scan-age` accepts',
  digest: 'the report, of an earlier scan that carries the digest',
} as const satisfies Record<Proof, string>;

/** The time of the scan, and the proof of its end, in Markdown. */
export function proofText(proof: Proof, scanTime: string | undefined): string {
  const time = scanTime === undefined ? '' : ` at ${markdownCode(scanTime)} on the clock of the Console`;
  return `Scanned${time}. Proof of its end: ${PROOF_TEXT[proof]}.`;
}

/** Notes for a reader of the counts, in Markdown, each a sentence. */
export function assessmentTexts({
  comparison,
  isComplete,
  isUnsupportedDistro,
}: Assessment): readonly string[] {
  return [
    ...(comparison === undefined ? [] : comparisonTexts(comparison)),
    ...(isComplete ? [] : ['The report counts more findings than it lists.']),
    ...(isUnsupportedDistro
      ? ['⚠️ The scanner does not support the distribution of this image, so an empty report proves nothing.']
      : []),
  ];
}

/** The new, known and gone findings, compared with the reference image. */
function comparisonTexts(comparison: Comparison): readonly string[] {
  if (comparison.kind === 'unavailable') return [];
  const added = comparison.added === undefined ? 'an unknown number' : String(comparison.added.total);
  const beside = `Compared with ${markdownCode(comparison.reference)}: ${added} new`;
  return comparison.kind === 'compared'
    ? [`${beside}, ${comparison.known.total} known, ${comparison.gone} gone.`]
    : [`${beside}.`];
}
