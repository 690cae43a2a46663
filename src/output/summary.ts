import type { RunInfo } from '../host.ts';
import type { RunResult } from '../policy/result.ts';
import type { Counts } from '../scan/types.ts';
import {
  markdownCode,
  markdownLink,
  markdownTable,
  markdownText,
  pageOf,
  type Section,
  webAddress,
} from '../text/markdown.ts';
import { VERDICT_SIGN } from '../text/verdict-sign.ts';
import { adviceOf } from './advice.ts';
import { checkSection } from './check-table.ts';
import { exceptionSection } from './summary-findings.ts';
import { gateSection } from './summary-gates.ts';
import { aboutReason, severalImagesSections, singleImageSections } from './summary-images.ts';
import { timelineSection } from './timeline.ts';
import { heldImages, openGateWarning, reasonCounts } from './verdict-line.ts';

/** What GitHub takes of one step. */
const MOST_BYTES = 1024 * 1024;
const WARNINGS_SHOWN = 20;

/** What a summary needs to know of the run that it is of. */
export interface SummaryRun extends Pick<RunInfo, 'version' | 'url' | 'reasonsPage'> {
  /** Where the receipt is; empty where it could not be written. */
  readonly receiptPath: string;
}

/** The job summary, in GitHub's Markdown: what people paste into a ticket. */
export function renderSummary(result: RunResult, run: SummaryRun): string {
  return pageOf(sectionsOf(result, run), MOST_BYTES);
}

function sectionsOf(result: RunResult, run: SummaryRun): readonly Section[] {
  const { images, request, timeline, durationMs } = result;
  const [only] = images;
  return [
    verdictSection(result, run),
    warningSection(result),
    checkSection(result.checks),
    gateSection(result),
    ...(request?.mode === 'await-regular' ? [phaseSection(result)] : []),
    ...(images.length === 1 && only !== undefined ? singleImageSections(only, request) : []),
    ...(images.length > 1 ? severalImagesSections(result, run.reasonsPage) : []),
    exceptionSection(images),
    timelineSection(timeline, durationMs),
    footer(run),
  ];
}

function verdictSection(result: RunResult, { reasonsPage }: SummaryRun): Section {
  const { verdict, reason } = result.decision;
  const isOpen = openGateWarning(result) !== undefined;
  const sign = isOpen ? '⚠️' : VERDICT_SIGN[verdict];
  const addition = isOpen ? ', with critical findings and no gate' : '';
  const link = verdict === 'passed' ? '' : ` ${aboutReason(reasonsPage, reason)}`;
  const parts = [
    `## ${sign} Registry scan gate: ${verdict} (${reason})${addition}`,
    markdownText(whatHappened(result)),
    `${markdownText(adviceOf(result, reasonsPage))}${link}`,
  ];
  return { about: 'the verdict', markdown: parts.join('\n\n') };
}

/** With several images each of those that did not pass has its own message further down. */
function whatHappened({ images, decision }: RunResult): string {
  if (images.length < 2) return decision.message;
  const held = heldImages(images);
  if (held.length === 0) return `All ${images.length} images passed.`;
  return `${held.length} of ${images.length} images did not pass: ${reasonCounts(held)}.`;
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

/** The regular scan is of no image in particular. */
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

/** Where the receipt is, and the run that has it. */
function footer({ version, url, receiptPath }: SummaryRun): Section {
  const parts = [
    ...(receiptPath === '' ? [] : [`Receipt: ${markdownCode(receiptPath)}`]),
    ...(webAddress(url) === undefined ? [] : [runLink(url, receiptPath !== '')]),
    `registry-scan-gate ${version}`,
  ];
  return { about: 'the receipt', markdown: parts.join(' · ') };
}

/** On GitHub a receipt that a later step uploads is among the artifacts, which have an anchor on the page of the run. */
function runLink(url: string, hasReceipt: boolean): string {
  return hasReceipt && /\/actions\/runs\/\d+$/.test(url)
    ? markdownLink('artifacts of this run', `${url}#artifacts`)
    : markdownLink('this run', url);
}
