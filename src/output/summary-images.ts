import type { Image } from '../image/image.ts';
import { withoutTrailing } from '../image/trailing.ts';
import { openOnFindings, violatingFindings } from '../policy/gates.ts';
import { groupBy } from '../policy/group-by.ts';
import { assessmentOf, promotedReference } from '../policy/image-findings.ts';
import type { Reason } from '../policy/reasons.ts';
import type { ImageResult, RunRequest, RunResult } from '../policy/result.ts';
import { SEVERITIES } from '../scan/severity.ts';
import { proofText } from '../text/evidence-text.ts';
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
import { plural } from '../text/plural.ts';
import { SEVERITY_SIGN } from '../text/severity-text.ts';
import {
  briefOf,
  commonImage,
  describeImage,
  heldImages,
  promotionOf,
  reasonLink,
} from '../text/verdict-line.ts';
import { VERDICT_SIGN } from '../text/verdict-sign.ts';
import { changeText, countSection, findingsTable, fixesTable } from './summary-findings.ts';

/** Maximum number of images with a separate part, and with a row. */
const IMAGES_OPEN = 10;
const IMAGES_LISTED = 200;
const DIGESTS_SHOWN = 1_000;
const FINDINGS_OF_ONE = 5;

/** The only image of a run: its name and the reference to promote, both to copy; counts, fixes and findings. */
export function singleImageSections(image: ImageResult, request: RunRequest | undefined): readonly Section[] {
  return [
    { about: 'the image', markdown: identityOf(image, request) },
    countSection(image),
    fixesSection(image),
    findingsSection(image),
  ];
}

function identityOf(
  { name, image, imageByDigest, scanTime, proof, decision, gates }: ImageResult,
  request: RunRequest | undefined,
): string {
  const page = consolePage(request, image);
  const isScanned = gates.every(({ gate, state }) => gate !== 'scan' || state === 'met');
  const parts = [
    imageByDigest === undefined
      ? markdownBlock([name])
      : decision.verdict === 'passed'
        ? `Promote exactly what was scanned:\n\n${markdownBlock([imageByDigest])}`
        : `What was scanned:\n\n${markdownBlock([imageByDigest])}`,
    [
      proof === undefined || !isScanned ? '' : proofText(proof, scanTime),
      page === undefined ? '' : markdownLink('The image in the Console', page),
    ]
      .filter((part) => part !== '')
      .join(' · '),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function fixesSection(image: ImageResult): Section {
  const about = 'the fixes';
  const table = fixesTable(decidingFindings(image));
  return { about, markdown: table === '' ? '' : `### What to update\n\n${table}` };
}

/** The findings that violate the gates, open; those that the gates allow, folded. */
function findingsSection(image: ImageResult): Section {
  const about = 'the findings';
  const findings = unaccepted(image);
  if (findings.length === 0) return { about, markdown: '' };
  const objecting = objectingFindings(image);
  if (objecting.length > 0) {
    return { about, markdown: `### What violates the gates\n\n${findingsTable(objecting)}` };
  }
  return {
    about,
    markdown: markdownDetails(`The worst of ${plural(findings.length, 'finding')}`, findingsTable(findings)),
  };
}

function objectingFindings({ gates }: ImageResult) {
  return violatingFindings(gates);
}

function decidingFindings(image: ImageResult) {
  const objecting = objectingFindings(image);
  return objecting.length > 0 ? objecting : unaccepted(image);
}

function unaccepted(image: ImageResult) {
  return (assessmentOf(image)?.findings ?? []).filter(({ waivers }) => waivers.length === 0);
}

/** Several images: those that did not pass are open, those that passed are folded. */
export function severalImagesSections(result: RunResult, reasonsPage: string): readonly Section[] {
  const { images, request, decision } = result;
  const promote = decision.verdict === 'passed' ? promotionOf(result) : undefined;
  const held = heldImages(images);
  const noun = commonImage(images) === undefined ? 'image' : 'platform';
  const passed = images.filter(isPassed);
  return [
    {
      about: 'what to promote',
      markdown:
        promote === undefined ? '' : `Promote exactly what was scanned:\n\n${markdownBlock([promote])}`,
    },
    {
      about: 'the table of images',
      markdown:
        held.length === 0
          ? ''
          : tableOf(`### ${noun === 'image' ? 'Images' : 'Platforms'} that did not pass`, held),
    },
    { about: 'why images did not pass', markdown: reasonsList(held, reasonsPage) },
    ...held
      .filter(({ gates }) => openOnFindings(gates).length > 0)
      .slice(0, IMAGES_OPEN)
      .map((image) => ({ about: image.name, markdown: imageDetails(image, request) })),
    { about: 'the images that passed', markdown: passedDetails(passed, noun) },
  ];
}

function tableOf(heading: string, images: readonly ImageResult[]): string {
  if (images.length === 0) return heading;
  return `${heading}\n\n${imagesTable(images)}`;
}

function imagesTable(images: readonly ImageResult[]): string {
  const shown = images.slice(0, IMAGES_LISTED);
  const changes = shown.map((image) => changeText(image)?.text ?? '');
  const hasChange = changes.some((change) => change !== '');
  const rows = shown.map((image, index) => [
    `${VERDICT_SIGN[image.decision.verdict]} ${image.decision.reason}`,
    markdownCode(image.name),
    ...SEVERITIES.map((severity) => String(assessmentOf(image)?.vulnerabilities?.[severity] ?? '')),
    ...(hasChange ? [changes[index] ?? ''] : []),
  ]);
  const head = [
    'Verdict',
    'Image',
    ...SEVERITIES.map((severity) => SEVERITY_SIGN[severity]),
    ...(hasChange ? ['Change'] : []),
  ];
  const more = images.length - shown.length;
  const rest = more > 0 ? `\n\n… and ${more} more: see the receipt.` : '';
  return `${markdownTable(head, rows)}${rest}`;
}

/**
 * The reasons of images that did not pass for a cause other than findings; the same cause of several images is one
 * line.
 */
function reasonsList(held: readonly ImageResult[], reasonsPage: string): string {
  const withoutFindings = held.filter(({ gates }) => violatingFindings(gates).length === 0);
  const byCause = groupBy(withoutFindings, (image) => `${image.decision.reason} ${briefOf(image)}`);
  const lines = [...byCause.values()].map((images) => causeLine(images, reasonsPage));
  const rest = lines.length - IMAGES_OPEN;
  return [
    ...lines.slice(0, IMAGES_OPEN),
    ...(rest > 0 ? [`- … and ${rest} more, in the receipt.`] : []),
  ].join('\n');
}

function causeLine(images: readonly ImageResult[], reasonsPage: string): string {
  const [first, ...others] = images;
  if (first === undefined) return '';
  const { verdict, reason } = first.decision;
  const { what, todo } = describeImage(first);
  const more = others.length === 0 ? '' : ` (and ${plural(others.length, 'other image')})`;
  return `- ${VERDICT_SIGN[verdict]} ${markdownText(what)}${more} ${markdownText(todo)} ${aboutReason(reasonsPage, reason)}`;
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
  const page = consolePage(request, image.image);
  const { what, todo } = describeImage(image);
  const parts = [
    `${markdownText(what)} ${markdownText(todo)}`,
    fixesTable(decidingFindings(image)),
    findingsTable(objectingFindings(image), FINDINGS_OF_ONE),
    page === undefined ? '' : markdownLink('The image in the Console', page),
  ];
  const summary = `${VERDICT_SIGN[decision.verdict]} ${htmlCode(name)} ${decision.reason}`;
  return markdownDetails(summary, parts.filter((part) => part !== '').join('\n\n'), true);
}

function passedDetails(passed: readonly ImageResult[], noun: string): string {
  if (passed.length === 0) return '';
  const digests = passed.flatMap((image) => promotedReference(image) ?? []);
  const block = markdownBlock(digests.slice(0, DIGESTS_SHOWN));
  const parts = [
    imagesTable(passed),
    ...(block === '' ? [] : [`Scanned and passed, by digest:\n\n${block}`]),
  ];
  return markdownDetails(`${VERDICT_SIGN.passed} ${plural(passed.length, noun)} passed`, parts.join('\n\n'));
}

function isPassed({ decision }: ImageResult): boolean {
  return decision.verdict === 'passed';
}

/**
 * The page of the Console that lists the image. Known for a self-hosted Console; on SaaS, the pages are part of the
 * platform, whose address is not that of the API, and in a tenant project, the address is not documented.
 */
function consolePage(request: RunRequest | undefined, image: Image | undefined): string | undefined {
  if (request === undefined || image === undefined || request.project !== undefined) return undefined;
  if (!URL.canParse(request.consoleUrl)) return undefined;
  if (/(?:^|\.)twistlock\.com$/i.test(new URL(request.consoleUrl).hostname)) return undefined;
  const search = image.tag === undefined ? image.repository : `${image.repository}:${image.tag}`;
  const base = withoutTrailing(request.consoleUrl, '/');
  return `${base}/#!/monitor/vulnerabilities/images/registries?search=${encodeURIComponent(search)}`;
}
