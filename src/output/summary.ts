import type { RunInfo } from '../host.ts';
import type { RunResult } from '../policy/result.ts';
import type { Counts } from '../scan/evidence.ts';
import { openGateWarning } from '../text/counts-line.ts';
import { joined } from '../text/joined.ts';
import {
  markdownCode,
  markdownLink,
  markdownTable,
  markdownText,
  pageOf,
  type Section,
  webAddress,
} from '../text/markdown.ts';
import { headlineText, moreText, PART } from '../text/summary-text.ts';
import { describeRun } from '../text/verdict-line.ts';
import { VERDICT_SIGN } from '../text/verdict-text.ts';
import { TOOL } from '../text/version.ts';
import { checkSection } from './check-table.ts';
import { exceptionSection } from './summary-findings.ts';
import { gateSection } from './summary-gates.ts';
import { aboutReason, severalImagesSections, singleImageSections } from './summary-images.ts';
import { timelineSection } from './summary-timeline.ts';
import { waivedSections } from './summary-waived.ts';

/** GitHub's size limit for one step. */
const MOST_PAGE_BYTES = 1024 * 1024;
const WARNINGS_SHOWN = 20;

/** The facts about the run that a summary needs. */
interface SummaryRun extends Pick<RunInfo, 'version' | 'url' | 'reasonsPage'> {
  /** The path of the receipt; undefined if it could not be written. */
  readonly receiptPath: string | undefined;
}

/** The job summary, in GitHub's Markdown, which people paste into tickets. */
export function renderSummary(result: RunResult, run: SummaryRun): string {
  return pageOf(sectionsOf(result, run), MOST_PAGE_BYTES);
}

function sectionsOf(result: RunResult, run: SummaryRun): readonly Section[] {
  const { images, request, durationMs } = result;
  const [first, ...others] = images;
  const only = others.length === 0 ? first : undefined;
  return [
    verdictSection(result, run),
    warningSection(result),
    checkSection(result.checks),
    gateSection(result),
    ...(request?.mode === 'await-regular' ? [progressSection(result)] : []),
    ...(only === undefined ? [] : singleImageSections(only, request)),
    ...(others.length === 0 ? [] : severalImagesSections(result, run.reasonsPage)),
    ...waivedSections(images),
    exceptionSection(images),
    timelineSection(only?.timeline ?? result.timeline, durationMs),
    footer(run),
  ];
}

function verdictSection(result: RunResult, { reasonsPage }: SummaryRun): Section {
  const { images, decision, promotion } = result;
  const { verdict, reason } = decision;
  const sign = openGateWarning(result) === undefined ? VERDICT_SIGN[verdict] : '⚠️';
  const { what, todo } = describeRun(result, reasonsPage);
  const isOne = images.length < 2;
  // The reference to promote has a separate block, and each of several images a separate line.
  const hasTodo = verdict === 'passed' ? promotion === undefined : isOne;
  const link = verdict === 'passed' ? undefined : aboutReason(reasonsPage, reason);
  const parts = [
    `## ${sign} ${headlineText(result)}`,
    isOne ? markdownText(what) : undefined,
    hasTodo ? joined([markdownText(todo), link]) : undefined,
  ];
  return { about: PART.verdict, markdown: joined(parts, '\n\n') };
}

function warningSection(result: RunResult): Section {
  const warnings = [openGateWarning(result), ...result.warnings].filter((warning) => warning !== undefined);
  const shown = warnings.slice(0, WARNINGS_SHOWN).map((warning) => `⚠️ ${markdownText(warning)}`);
  const lines = [...shown, moreText(warnings.length - shown.length, 'warning', 'the log') ?? []].flat();
  return { about: PART.warnings, markdown: lines.map((line) => `> ${line}`).join('\n\n') };
}

/** The counts of both phases, shown for the regular scan, which belongs to no particular image. */
function progressSection({ discovery, imageScan }: RunResult): Section {
  const rows = [
    ['Discovery', countsText(discovery)],
    ['Image scan', countsText(imageScan)],
  ];
  return { about: PART.progress, markdown: markdownTable(['Phase', 'Scanned'], rows) };
}

function countsText({ scanned, total }: Counts): string {
  return `${scanned}/${total}`;
}

/** The path of the receipt, and the run that wrote it. */
function footer({ version, url, receiptPath }: SummaryRun): Section {
  const parts = [
    receiptPath === undefined ? undefined : `Receipt: ${markdownCode(receiptPath)}`,
    webAddress(url) === undefined ? undefined : markdownLink('this run', url),
    `${TOOL} ${version}`,
  ];
  return { about: PART.receipt, markdown: joined(parts, ' · ') };
}
