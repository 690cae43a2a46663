import type { RunResult } from '../policy/result.ts';
import type { Exploit } from '../scan/finding.ts';
import { openGateWarning } from './counts-line.ts';
import { markdownCode, markdownText } from './markdown.ts';
import { plural } from './plural.ts';
import { commonImage, heldImages, imagesText, reasonCounts } from './verdict-line.ts';
import { verdictText } from './verdict-text.ts';
import { TITLE } from './version.ts';

/** The names of the parts of a summary, for the note on parts that were left out. */
export const PART = {
  verdict: 'the verdict',
  warnings: 'the warnings',
  checks: 'the checks',
  gates: 'the gates in force',
  progress: 'the counts of progress',
  image: 'the image',
  counts: 'the counts of findings',
  fixes: 'the fixes',
  findings: 'the findings',
  promotion: 'what to promote',
  images: 'the table of images',
  causes: 'why images did not pass',
  passed: 'the images that passed',
  exceptions: 'the exceptions used',
  timeline: 'the timeline',
  receipt: 'the receipt',
} as const;

/** The first line of a summary: the image and its verdict; for several images, the number for each reason. */
export function headlineText(result: RunResult): string {
  const { images, decision } = result;
  const addition = openGateWarning(result) === undefined ? '' : ', with critical findings and no gate';
  if (images.length < 2) return `${subjectText(result)}: ${verdictText(decision)}${addition}`;
  const held = heldImages(images);
  const all = markdownText(imagesText(images));
  const what =
    held.length === 0 ? `all ${all} passed` : `${held.length} of ${all} did not pass: ${reasonCounts(held)}`;
  return `${TITLE}: ${what}${addition}`;
}

function subjectText({ images: [only], request }: RunResult): string {
  if (only !== undefined) return markdownCode(only.name);
  return request?.mode === 'await-regular' ? 'The registries' : TITLE;
}

/** The heading of the images that did not pass, or of the platforms of one image. */
export function heldHeading(images: RunResult['images']): string {
  return `${commonImage(images) === undefined ? 'Images' : 'Platforms'} that did not pass`;
}

/** The number of images that passed, or of platforms of one image. */
export function passedHeading(count: number, images: RunResult['images']): string {
  return `${plural(count, commonImage(images) === undefined ? 'image' : 'platform')} passed`;
}

/** The lines above a reference to copy. */
export const COPY = {
  promote: 'Promote exactly what was scanned:',
  held: 'What was scanned:',
  passed: 'Scanned and passed, by digest:',
} as const;

export const CONSOLE_LINK = 'The image in the Console';
export const FIXES_HEADING = 'What to update';
export const VIOLATIONS_HEADING = 'What violates the gates';

/** The heading of findings that the gates allow. */
export function allowedHeading(count: number): string {
  return `The worst of ${plural(count, 'finding')}`;
}

/** The places that have the entries for which a table has no room. */
type Rest = 'the receipt' | 'the log' | 'the report of the Console';

/** The number of entries that are not shown, and the place that has them; undefined if there are none. */
export function moreText(count: number, noun = '', place?: Rest): string | undefined {
  if (count <= 0) return undefined;
  const more = noun === '' ? `${count} more` : plural(count, `more ${noun}`);
  return `… and ${more}${place === undefined ? '' : `, in ${place}`}.`;
}

/** The number of images with the same cause, besides the first; empty for none. */
export function othersText(count: number): string {
  return count === 0 ? '' : ` (and ${plural(count, 'other image')})`;
}

/** The change of the counts since the previous scan; `changes` are such as `+1 critical`. */
export function changesText(changes: readonly string[]): string {
  return changes.length === 0 ? 'no change in the counts' : changes.join(', ');
}

/** The change with the time of the previous scan, in Markdown. */
export function sinceText(scanTime: string, change: string): string {
  return `Since the previous scan (${markdownCode(scanTime)}): ${change}.`;
}

/** The mark of a finding that has an exploit. */
export const EXPLOIT_MARK = {
  'in-the-wild': '🔥 exploited in the wild',
  poc: '🧪 proof of concept',
} as const satisfies Record<Exploit, string>;

export const BLOCKED_MARK = '⛔ blocked by the Console policy';

/** The headings of the findings that are waived, or nearly. */
export const WAIVED_HEADING = {
  grace: 'in grace',
  known: 'known in the reference image',
  vex: 'not affected (VEX)',
  'near-miss': 'nearly waived',
} as const;
