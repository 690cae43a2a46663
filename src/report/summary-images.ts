import type { Judged } from '../gate/judge.ts';
import { SEVERITIES } from '../scan/severity.ts';
import type { Proof } from '../scan/state.ts';
import { SEVERITY_SIGN, VERDICT_SIGN } from './labels.ts';
import { markdownBlock, markdownCode, markdownTable, markdownText } from './markdown.ts';
import type { Section } from './sections.ts';

const IMAGES_SHOWN = 50;
const DIGESTS_SHOWN = 1_000;
const MESSAGES_SHOWN = 10;

const PROVEN_BY = {
  report: 'a newer row in the report',
  progress: 'progress, which showed it',
  vanished: 'progress, which stopped showing the scan',
  recent: 'the report, of a scan that is recent enough',
} as const satisfies Record<Proof, string>;

/** The one image: its name, and what to promote, both to copy. */
export function imageSection({ name, imageByDigest, scanTime, proof, decision }: Judged): Section {
  const time = scanTime === undefined ? '' : ` at ${markdownCode(scanTime)} on the Console’s clock`;
  const parts = [
    '### Image',
    markdownBlock([name]),
    imageByDigest === undefined
      ? ''
      : decision.verdict === 'passed'
        ? 'Promote exactly what was scanned:'
        : 'What was scanned:',
    markdownBlock(imageByDigest === undefined ? [] : [imageByDigest]),
    proof === undefined ? '' : `Scanned${time}. Proof of its end: ${PROVEN_BY[proof]}.`,
  ];
  return { about: 'the image', markdown: parts.filter((part) => part !== '').join('\n\n') };
}

/** A line for each of several images. */
export function imagesSection(images: readonly Judged[]): Section {
  const passed = images.filter(isPassed).length;
  const table = markdownTable(
    ['Verdict', 'Image', ...SEVERITIES.map((severity) => SEVERITY_SIGN[severity])],
    images
      .slice(0, IMAGES_SHOWN)
      .map(({ decision, name, assessment }) => [
        `${VERDICT_SIGN[decision.verdict]} ${decision.reason}`,
        markdownCode(name),
        ...SEVERITIES.map((severity) => String(assessment?.counts?.[severity] ?? '')),
      ]),
  );
  const hidden = images.slice(IMAGES_SHOWN);
  const rest = `… and ${hidden.length} more, ${hidden.filter(isPassed).length} of them passed: see the receipt.`;
  const parts = [`### ${passed} of ${images.length} images passed`, table, hidden.length > 0 ? rest : ''];
  return { about: 'the table of images', markdown: parts.filter((part) => part !== '').join('\n\n') };
}

/** What to promote of several images, to copy in one go. */
export function digestsSection(images: readonly Judged[]): Section {
  const promotable = images.flatMap((image) => (isPassed(image) ? (image.imageByDigest ?? []) : []));
  const block = markdownBlock(promotable.slice(0, DIGESTS_SHOWN));
  return {
    about: 'the digests to promote',
    markdown: block === '' ? '' : `### Scanned and passed, by digest\n\n${block}`,
  };
}

function isPassed({ decision }: Judged): boolean {
  return decision.verdict === 'passed';
}

/** Why images did not pass; the first of them is the message of the step already. */
export function messagesSection(images: readonly Judged[]): Section {
  const stopped = images.filter((image) => !isPassed(image)).slice(1);
  const lines = stopped
    .slice(0, MESSAGES_SHOWN)
    .map(({ decision }) => `- ${VERDICT_SIGN[decision.verdict]} ${markdownText(decision.message)}`);
  const more = stopped.length - lines.length;
  const rest = more > 0 ? [`- … and ${more} more, in the receipt.`] : [];
  return {
    about: 'why images did not pass',
    markdown: lines.length === 0 ? '' : ['### Also not passed', '', ...lines, ...rest].join('\n'),
  };
}
