import type { RunInfo } from '../host.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import type { Counts } from '../scan/types.ts';
import { openGateWarning } from '../text/counts-line.ts';
import {
  markdownCode,
  markdownLink,
  markdownTable,
  markdownText,
  pageOf,
  type Section,
  webAddress,
} from '../text/markdown.ts';
import { describeRun, heldImages, imagesText, promotionOf, reasonCounts } from '../text/verdict-line.ts';
import { VERDICT_SIGN } from '../text/verdict-sign.ts';
import { checkSection } from './check-table.ts';
import { exceptionSection } from './summary-findings.ts';
import { gateSection } from './summary-gates.ts';
import { aboutReason, severalImagesSections, singleImageSections } from './summary-images.ts';
import { waivedSections } from './summary-waived.ts';
import { timelineSection } from './timeline-section.ts';

/** GitHub's size limit for one step. */
const MOST_BYTES = 1024 * 1024;
const WARNINGS_SHOWN = 20;

/** The facts about the run that a summary needs. */
interface SummaryRun extends Pick<RunInfo, 'version' | 'url' | 'reasonsPage'> {
  /** The path of the receipt; undefined if it could not be written. */
  readonly receiptPath: string | undefined;
}

/** The job summary, in GitHub's Markdown, which people paste into tickets. */
export function renderSummary(result: RunResult, run: SummaryRun): string {
  return pageOf(sectionsOf(result, run), MOST_BYTES);
}

function sectionsOf(result: RunResult, run: SummaryRun): readonly Section[] {
  const { images, request, durationMs } = result;
  const [only] = images;
  const isOne = images.length === 1 && only !== undefined;
  return [
    verdictSection(result, run),
    warningSection(result),
    checkSection(result.checks),
    gateSection(result),
    ...(request?.mode === 'await-regular' ? [phaseSection(result)] : []),
    ...(isOne ? singleImageSections(only, request) : []),
    ...(images.length > 1 ? severalImagesSections(result, run.reasonsPage) : []),
    ...waivedSections(images),
    exceptionSection(images),
    timelineSection(isOne ? only.timeline : result.timeline, durationMs),
    footer(run),
  ];
}

function verdictSection(result: RunResult, { reasonsPage }: SummaryRun): Section {
  const { images, decision } = result;
  const { verdict, reason } = decision;
  const isOpen = openGateWarning(result) !== undefined;
  const sign = isOpen ? '⚠️' : VERDICT_SIGN[verdict];
  const addition = isOpen ? ', with critical findings and no gate' : '';
  const link = verdict === 'passed' ? '' : ` ${aboutReason(reasonsPage, reason)}`;
  const { what, todo } = describeRun(result, reasonsPage);
  // The reference to promote has a separate block, and each of several images a separate line.
  const hasTodo = verdict === 'passed' ? promotionOf(result) === undefined : images.length < 2;
  const parts = [
    `## ${sign} ${headline(result)}${addition}`,
    // With several images, each that did not pass has its own line further down.
    ...(images.length > 1 ? [] : [markdownText(what)]),
    ...(hasTodo ? [`${markdownText(todo)}${link}`] : []),
  ];
  return { about: 'the verdict', markdown: parts.join('\n\n') };
}

/** The image and its verdict; for several images, the number for each reason. */
function headline(result: RunResult): string {
  const { images, decision, request } = result;
  const { verdict, reason } = decision;
  const [only] = images;
  if (images.length > 1) return `Registry scan gate: ${severalHeadline(images)}`;
  const subject =
    only !== undefined
      ? markdownCode(only.name)
      : request?.mode === 'await-regular'
        ? 'The registries'
        : 'Registry scan gate';
  return `${subject}: ${verdict} (${reason})`;
}

function severalHeadline(images: readonly ImageResult[]): string {
  const held = heldImages(images);
  const all = markdownText(imagesText(images));
  return held.length === 0
    ? `all ${all} passed`
    : `${held.length} of ${all} did not pass: ${reasonCounts(held)}`;
}

function warningSection(result: RunResult): Section {
  const openGate = openGateWarning(result);
  const warnings = [...(openGate === undefined ? [] : [openGate]), ...result.warnings];
  const shown = warnings.slice(0, WARNINGS_SHOWN).map((warning) => `> ⚠️ ${markdownText(warning)}`);
  const more = warnings.length - shown.length;
  return {
    about: 'the warnings',
    markdown: [...shown, ...(more > 0 ? [`> … and ${more} more warnings, in the log.`] : [])].join('\n\n'),
  };
}

/** The counts of both phases, shown for the regular scan, which belongs to no particular image. */
function phaseSection({ discovery, imageScan }: RunResult): Section {
  const rows = [
    ['Discovery', countsText(discovery)],
    ['Image scan', countsText(imageScan)],
  ];
  return { about: 'the counts of progress', markdown: markdownTable(['Phase', 'Scanned'], rows) };
}

function countsText({ scanned, total }: Counts): string {
  return `${scanned}/${total}`;
}

/** The path of the receipt, and the run that wrote it. */
function footer({ version, url, receiptPath }: SummaryRun): Section {
  const parts = [
    ...(receiptPath === undefined ? [] : [`Receipt: ${markdownCode(receiptPath)}`]),
    ...(webAddress(url) === undefined ? [] : [markdownLink('this run', url)]),
    `registry-scan-gate ${version}`,
  ];
  return { about: 'the receipt', markdown: parts.join(' · ') };
}
