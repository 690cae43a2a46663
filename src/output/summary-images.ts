import type { Image } from '../image/image.ts';
import { withoutTrailing } from '../image/trailing.ts';
import { openOnFindings, violatingFindings } from '../policy/gates.ts';
import { groupBy } from '../policy/group-by.ts';
import { assessmentOf, promotedReference } from '../policy/image-findings.ts';
import type { Reason } from '../policy/reasons.ts';
import type { ImageResult, RunRequest, RunResult } from '../policy/result.ts';
import { SEVERITIES } from '../scan/severity.ts';
import { proofText } from '../text/evidence-text.ts';
import { joined } from '../text/joined.ts';
import {
  htmlCode,
  markdownBlock,
  markdownCode,
  markdownDetails,
  markdownLink,
  markdownTable,
  markdownText,
  type Section,
  webAddress,
} from '../text/markdown.ts';
import { SEVERITY_SIGN } from '../text/severity-text.ts';
import {
  allowedHeading,
  CONSOLE_LINK,
  COPY,
  FIXES_HEADING,
  heldHeading,
  moreText,
  othersText,
  PART,
  passedHeading,
  VIOLATIONS_HEADING,
} from '../text/summary-text.ts';
import { briefOf, describeImage, heldImages, reasonLink } from '../text/verdict-line.ts';
import { VERDICT_SIGN } from '../text/verdict-text.ts';
import { changeOf, countSection, findingsTable, fixesTable } from './summary-findings.ts';

/** Maximum number of images with a separate part, and with a row. */
const IMAGES_OPEN = 10;
const IMAGES_LISTED = 200;
const DIGESTS_SHOWN = 1_000;
const FINDINGS_OF_ONE = 5;

/** The only image of a run: its name and the reference to promote, both to copy; counts, fixes and findings. */
export function singleImageSections(image: ImageResult, request: RunRequest | undefined): readonly Section[] {
  return [
    { about: PART.image, markdown: joined([referenceBlock(image), scanLine(image, request)], '\n\n') },
    countSection(image),
    { about: PART.fixes, markdown: headed(FIXES_HEADING, fixesTable(decidingFindings(image))) },
    { about: PART.findings, markdown: findingsPart(image) },
  ];
}

function referenceBlock({ name, imageByDigest, decision }: ImageResult): string {
  if (imageByDigest === undefined) return markdownBlock([name]);
  return copyBlock(decision.verdict === 'passed' ? COPY.promote : COPY.held, [imageByDigest]);
}

function copyBlock(line: string, references: readonly string[]): string {
  const block = markdownBlock(references);
  return block === '' ? '' : `${line}\n\n${block}`;
}

/** The proof of the scan, and the link to the image in the Console. */
function scanLine(result: ImageResult, request: RunRequest | undefined): string {
  const { gates, proof, scanTime } = result;
  const isScanned = gates.every(({ gate, state }) => gate !== 'scan' || state === 'met');
  const proven = proof === undefined || !isScanned ? undefined : proofText(proof, scanTime);
  return joined([proven, consoleLink(request, result.image)], ' · ');
}

/** The findings that violate the gates, open; those that the gates allow, folded. */
function findingsPart(image: ImageResult): string {
  const violating = violatingFindings(image.gates);
  if (violating.length > 0) return headed(VIOLATIONS_HEADING, findingsTable(violating));
  const unaccepted = unacceptedFindings(image);
  return unaccepted.length === 0
    ? ''
    : markdownDetails(allowedHeading(unaccepted.length), findingsTable(unaccepted));
}

function headed(heading: string, body: string): string {
  return body === '' ? '' : `### ${heading}\n\n${body}`;
}

/** The findings that violate a gate, or else all that are not waived. */
function decidingFindings(image: ImageResult): ReturnType<typeof violatingFindings> {
  const violating = violatingFindings(image.gates);
  return violating.length > 0 ? violating : unacceptedFindings(image);
}

function unacceptedFindings(image: ImageResult): ReturnType<typeof violatingFindings> {
  return (assessmentOf(image)?.findings ?? []).filter(({ waivers }) => waivers.length === 0);
}

/** Several images: those that did not pass are open, those that passed are folded. */
export function severalImagesSections(result: RunResult, reasonsPage: string): readonly Section[] {
  const { images, request, decision, promotion } = result;
  const promoted = decision.verdict === 'passed' && promotion !== undefined ? [promotion.imageByDigest] : [];
  const held = heldImages(images);
  const open = held.filter(({ gates }) => openOnFindings(gates).length > 0).slice(0, IMAGES_OPEN);
  return [
    { about: PART.promotion, markdown: copyBlock(COPY.promote, promoted) },
    { about: PART.images, markdown: headed(heldHeading(images), imagesTable(held)) },
    { about: PART.causes, markdown: causeList(held, reasonsPage) },
    ...open.map((image) => ({ about: image.name, markdown: imageDetails(image, request) })),
    { about: PART.passed, markdown: passedDetails(images) },
  ];
}

function imagesTable(images: readonly ImageResult[]): string {
  if (images.length === 0) return '';
  const shown = images.slice(0, IMAGES_LISTED);
  const changes = shown.map((image) => changeOf(image)?.text ?? '');
  const hasChange = changes.some((change) => change !== '');
  const rows = shown.map((image, index) => [
    `${VERDICT_SIGN[image.decision.verdict]} ${image.decision.reason}`,
    markdownCode(image.name),
    ...SEVERITIES.map((severity) => String(assessmentOf(image)?.vulnerabilities?.[severity] ?? '')),
    ...(hasChange ? [changes[index] ?? ''] : []),
  ]);
  const signs = SEVERITIES.map((severity) => SEVERITY_SIGN[severity]);
  const head = ['Verdict', 'Image', ...signs, ...(hasChange ? ['Change'] : [])];
  return markdownTable(head, rows, moreText(images.length - shown.length, '', 'the receipt'));
}

/**
 * The causes of images that did not pass for a reason other than findings; the same cause of several images is one
 * line.
 */
function causeList(held: readonly ImageResult[], reasonsPage: string): string {
  const withoutFindings = held.filter(({ gates }) => violatingFindings(gates).length === 0);
  const byCause = groupBy(withoutFindings, (image) => `${image.decision.reason} ${briefOf(image)}`);
  const lines = [...byCause.values()].map((images) => causeLine(images, reasonsPage));
  const rest = moreText(lines.length - IMAGES_OPEN, '', 'the receipt');
  return [...lines.slice(0, IMAGES_OPEN), ...(rest === undefined ? [] : [rest])]
    .map((line) => `- ${line}`)
    .join('\n');
}

function causeLine([first, ...others]: readonly ImageResult[], reasonsPage: string): string {
  if (first === undefined) return '';
  const { verdict, reason } = first.decision;
  const { what, todo } = describeImage(first);
  const event = `${markdownText(what)}${othersText(others.length)}`;
  return joined([VERDICT_SIGN[verdict], event, markdownText(todo), aboutReason(reasonsPage, reason)]);
}

/** A link to the page of a reason; its path if the documentation has no address. */
export function aboutReason(reasonsPage: string, reason: Reason): string {
  const address = reasonLink(reasonsPage, reason);
  return webAddress(address) === undefined
    ? `See ${markdownCode(address)}.`
    : markdownLink(`About ${reason}`, address);
}

function imageDetails(image: ImageResult, request: RunRequest | undefined): string {
  const { name, decision } = image;
  const { what, todo } = describeImage(image);
  const parts = [
    joined([markdownText(what), markdownText(todo)]),
    fixesTable(decidingFindings(image)),
    findingsTable(violatingFindings(image.gates), FINDINGS_OF_ONE),
    consoleLink(request, image.image),
  ];
  const summary = joined([VERDICT_SIGN[decision.verdict], htmlCode(name), decision.reason]);
  return markdownDetails(summary, joined(parts, '\n\n'), true);
}

function passedDetails(images: readonly ImageResult[]): string {
  const passed = images.filter(({ decision }) => decision.verdict === 'passed');
  if (passed.length === 0) return '';
  const digests = passed.flatMap((image) => promotedReference(image) ?? []).slice(0, DIGESTS_SHOWN);
  const body = joined([imagesTable(passed), copyBlock(COPY.passed, digests)], '\n\n');
  return markdownDetails(`${VERDICT_SIGN.passed} ${passedHeading(passed.length, images)}`, body);
}

/**
 * The page of the Console that lists the image. Known for a self-hosted Console; on SaaS, the pages are part of the
 * platform, whose address is not that of the API, and in a tenant project, the address is not documented.
 */
function consoleLink(request: RunRequest | undefined, image: Image | undefined): string | undefined {
  if (request === undefined || image === undefined || request.project !== undefined) return undefined;
  if (!URL.canParse(request.consoleUrl)) return undefined;
  if (/(?:^|\.)twistlock\.com$/i.test(new URL(request.consoleUrl).hostname)) return undefined;
  const search = image.tag === undefined ? image.repository : `${image.repository}:${image.tag}`;
  const base = withoutTrailing(request.consoleUrl, '/');
  const query = encodeURIComponent(search);
  return markdownLink(CONSOLE_LINK, `${base}/#!/monitor/vulnerabilities/images/registries?search=${query}`);
}
