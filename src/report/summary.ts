import { ADVICE } from '../gate/advice.ts';
import { byVerdict } from '../gate/verdict.ts';
import type { Counts } from '../scan/evidence.ts';
import { VERDICT_SIGN } from './labels.ts';
import { markdownTable, markdownText } from './markdown.ts';
import type { StepRecord } from './record.ts';
import { pageOf, type Section } from './sections.ts';
import { exceptionSection } from './summary-exceptions.ts';
import { countSection, worstSection } from './summary-findings.ts';
import { gateSection } from './summary-gates.ts';
import { digestsSection, imageSection, imagesSection, messagesSection } from './summary-images.ts';
import { timelineSection } from './summary-timeline.ts';

/** What GitHub takes of one step. */
const MOST_BYTES = 1024 * 1024;
const WARNINGS_SHOWN = 20;

/** The job summary, in GitHub's Markdown: what to paste into a ticket. */
export function renderSummary(record: StepRecord): string {
  return pageOf(sectionsOf(record), MOST_BYTES);
}

function sectionsOf(record: StepRecord): readonly Section[] {
  const { images } = record;
  const [only] = images;
  const worstFirst = images.toSorted((one, other) => byVerdict(one.decision, other.decision));
  return [
    verdictSection(record),
    warningSection(record.warnings),
    ...(images.length === 1 && only !== undefined ? [imageSection(only), countSection(only)] : []),
    ...(images.length > 1 ? [imagesSection(worstFirst), messagesSection(worstFirst)] : []),
    ...(images.length === 0 && record.asked !== undefined ? [phaseSection(record)] : []),
    worstSection(images),
    ...(record.asked === undefined ? [] : [gateSection(record.asked, images)]),
    exceptionSection(images),
    ...(images.length > 1 ? [digestsSection(images)] : []),
    timelineSection(record.timeline, record.durationMs),
  ];
}

function verdictSection({ decision: { verdict, reason, message } }: StepRecord): Section {
  const heading = `## ${VERDICT_SIGN[verdict]} Registry scan gate: ${verdict} (${reason})`;
  return {
    about: 'the verdict',
    markdown: `${heading}\n\n${markdownText(message)}\n\n${markdownText(ADVICE[reason])}`,
  };
}

function warningSection(warnings: readonly string[]): Section {
  const shown = warnings.slice(0, WARNINGS_SHOWN).map((warning) => `> ⚠️ ${markdownText(warning)}`);
  const more = warnings.length - shown.length;
  return {
    about: 'the warnings',
    markdown: [...shown, ...(more > 0 ? [`> … and ${more} more warnings, in the log.`] : [])].join('\n\n'),
  };
}

/** The regular scan is of no image in particular. */
function phaseSection({ discovery, imageScan }: StepRecord): Section {
  const rows = [
    ['Discovery', ofTotal(discovery)],
    ['Image scan', ofTotal(imageScan)],
  ];
  return { about: 'the counts of progress', markdown: markdownTable(['Phase', 'Scanned'], rows) };
}

function ofTotal({ scanned, total }: Counts): string {
  return `${scanned}/${total}`;
}
