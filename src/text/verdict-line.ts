import { subjectName } from '../image/image.ts';
import { byVerdict } from '../policy/decision.ts';
import { violatingFindings } from '../policy/gates.ts';
import { groupBy } from '../policy/group-by.ts';
import type { Reason } from '../policy/reasons.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import { describe, issuesPageOf } from './catalogue.ts';
import { cutText } from './cut.ts';
import type { Description } from './description.ts';
import { joined } from './joined.ts';
import { plural } from './plural.ts';
import { verdictText } from './verdict-text.ts';

/** Maximum number of images that the line names. */
const IMAGES_NAMED = 10;
/** Ten of these, the advice and the address fit into the 4,096 characters that a runner keeps of an annotation. */
const LONGEST_PER_IMAGE = 320;

/** The deciding line: verdict, reason, event and advice; for a pass, the reference to promote. */
export function verdictLine(result: RunResult, reasonsPage: string): string {
  const { decision } = result;
  const { what, todo } = describeRun(result, reasonsPage);
  const link = decision.verdict === 'passed' ? undefined : `See ${reasonLink(reasonsPage, decision.reason)}`;
  return joined([`${verdictText(decision)}:`, what, todo, link]);
}

/** The sentences about the whole run: those of its only image, or what the images have in common. */
export function describeRun(result: RunResult, reasonsPage: string): Omit<Description, 'brief'> {
  const { decision, images, promotion } = result;
  const name = images.length === 1 ? images[0]?.name : undefined;
  const issuesPage = issuesPageOf(reasonsPage);
  const { what, todo } = describe(decision.because, { name: name ?? nameOfRun(result), issuesPage });
  if (decision.verdict === 'passed') {
    const promote = promotion?.imageByDigest;
    return {
      what: images.length > 1 ? `All ${imagesText(images)} passed.` : what,
      todo: promote === undefined ? (images.length > 1 ? PROMOTE_EACH : todo) : `Promote ${promote}`,
    };
  }
  return images.length < 2 ? { what, todo } : { what: severalText(images), todo };
}

const PROMOTE_EACH = 'Promote each image by its digest, which results lists.';

/** The sentences about one image. */
export function describeImage({ name, decision }: ImageResult): Description {
  return describe(decision.because, { name, issuesPage: undefined });
}

/** The event of one image, for a list that names the image itself. */
export function briefOf({ decision }: ImageResult): string {
  return describe(decision.because, { name: 'the image', issuesPage: undefined }).brief;
}

/** The event of the whole run, for files without a line for each image. */
export function messageOf(result: RunResult): string {
  const { decision, images } = result;
  const name = images.find((image) => image.decision === decision)?.name ?? nameOfRun(result);
  return describe(decision.because, { name, issuesPage: undefined }).what;
}

function nameOfRun({ request }: RunResult): string {
  return request?.mode === 'await-regular' ? 'the registries' : 'the image';
}

/** The link to a reason on the page of reasons. */
export function reasonLink(reasonsPage: string, reason: Reason): string {
  return `${reasonsPage}#${reason}`;
}

function severalText(images: readonly ImageResult[]): string {
  const held = heldImages(images);
  const named = held.slice(0, IMAGES_NAMED);
  const groups = groupBy(named, (image) => `${image.decision.reason} ${briefOf(image)}`);
  const items = [...groups.values()].map(itemText);
  const rest = held.slice(IMAGES_NAMED);
  const more = rest.length === 0 ? '' : `; and ${rest.length} more (${reasonCounts(rest)})`;
  return `${held.length} of ${imagesText(images)} did not pass: ${items.join('; ')}${more}.`;
}

/** `3 images`, or `2 platforms of registry/repo:tag` if they belong to one image. */
export function imagesText(images: readonly ImageResult[]): string {
  const whole = commonImage(images);
  return whole === undefined
    ? plural(images.length, 'image')
    : `${plural(images.length, 'platform')} of ${whole}`;
}

/** The name of the image that all of these are platforms of; undefined if there is none. */
export function commonImage(images: readonly ImageResult[]): string | undefined {
  const [first] = images;
  const whole = first && wholeName(first);
  return images.every((image) => wholeName(image) === whole) ? whole : undefined;
}

/** The name of the multi-platform image that this platform belongs to. */
function wholeName({ image }: ImageResult): string | undefined {
  return image?.platform === undefined ? undefined : subjectName({ ...image, platform: undefined });
}

/** `1 not-started, 2 severity-cutoff (3 critical)`: critical findings are shown with any reason. */
export function reasonCounts(images: readonly ImageResult[]): string {
  const byReason = groupBy(images, ({ decision }) => decision.reason);
  return [...byReason].map(([reason, group]) => `${group.length} ${reason}${criticalText(group)}`).join(', ');
}

function criticalText(images: readonly ImageResult[]): string {
  const findings = images.flatMap(({ gates }) => violatingFindings(gates));
  const critical = findings.filter(({ severity }) => severity === 'critical').length;
  return critical === 0 ? '' : ` (${critical} critical)`;
}

/** The images that did not pass, the worst first. */
export function heldImages(images: readonly ImageResult[]): readonly ImageResult[] {
  return images
    .filter(({ decision }) => decision.verdict !== 'passed')
    .toSorted((one, other) => byVerdict(one.decision, other.decision));
}

/** One item for images with the same result. */
function itemText(images: readonly ImageResult[]): string {
  const [first] = images;
  if (first === undefined) return '';
  const names = images.map(({ name }) => name).join(', ');
  return shortened(
    `${names} (${first.decision.reason}): ${briefOf(first)}`,
    images.length * LONGEST_PER_IMAGE,
  );
}

function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${cutText(text, longest - 1)}…`;
}
