import { violatingFindings, waivedFindings } from '../policy/gates.ts';
import type { ImageResult } from '../policy/result.ts';
import type { NearMiss, WaivedFinding, Waiver } from '../policy/waivers/waiver.ts';
import { findingName, packageOf } from '../text/finding-names.ts';
import {
  markdownCode,
  markdownDetails,
  markdownTable,
  markdownText,
  type Section,
} from '../text/markdown.ts';
import { plural } from '../text/plural.ts';
import { nearMissText, timeText, waiverText } from '../text/waiver-text.ts';

/** Maximum number of rows in each table. */
const ROWS_SHOWN = 100;

/** The waived findings, with a table for each kind, and the near misses. */
export function waivedSections(images: readonly ImageResult[]): readonly Section[] {
  return [
    graceSection(images),
    kindSection(images, 'known', 'known in the reference image'),
    kindSection(images, 'vex', 'not affected (VEX)'),
    nearMissSection(images),
  ];
}

interface Located<T> {
  readonly image: ImageResult;
  readonly one: T;
}

function waivedIn(images: readonly ImageResult[], kind: Waiver['kind']): readonly Located<WaivedFinding>[] {
  return images.flatMap((image) =>
    waivedFindings(image.gates)
      .filter(({ by }) => by.some((waiver) => waiver.kind === kind))
      .map((one) => ({ image, one })),
  );
}

/** The findings in grace, with the day on which each begins to block, the earliest first. */
function graceSection(images: readonly ImageResult[]): Section {
  const endOf = ({ one }: Located<WaivedFinding>) =>
    Math.min(...one.by.flatMap((waiver) => (waiver.kind === 'grace' ? [waiver.endsAtMs] : [])));
  const waived = waivedIn(images, 'grace').toSorted((one, other) => endOf(one) - endOf(other));
  const rows = waived.map((each) => [
    timeText(endOf(each)),
    ...cellsOf(each.one.finding, each.image, images),
  ]);
  return tableSection(`${plural(waived.length, 'finding')} in grace`, 'Blocks from', rows, images);
}

function kindSection(images: readonly ImageResult[], kind: Waiver['kind'], what: string): Section {
  const waived = waivedIn(images, kind);
  const rows = waived.map(({ image, one }) => {
    const texts = one.by.filter((waiver) => waiver.kind === kind).map(waiverText);
    return [markdownText(texts.join('; ')), ...cellsOf(one.finding, image, images)];
  });
  return tableSection(`${plural(waived.length, 'finding')} ${what}`, 'Waived', rows, images);
}

/** The reasons why near waivers do not apply to findings that violate a gate. */
function nearMissSection(images: readonly ImageResult[]): Section {
  const rows = images.flatMap((image) =>
    violatingFindings(image.gates)
      .filter(({ nearMisses }) => nearMisses.length > 0)
      .map((finding) => [missesText(finding.nearMisses), ...cellsOf(finding, image, images)]),
  );
  return tableSection(`${plural(rows.length, 'finding')} nearly waived`, 'Not waived', rows, images);
}

function missesText(misses: readonly NearMiss[]): string {
  return markdownText(misses.map(nearMissText).join('; '));
}

function cellsOf(
  finding: WaivedFinding['finding'],
  image: ImageResult,
  images: readonly ImageResult[],
): readonly string[] {
  const cells = [finding.severity, markdownText(findingName(finding)), markdownCode(packageOf(finding))];
  return images.length > 1 ? [...cells, markdownCode(image.name)] : cells;
}

function tableSection(
  title: string,
  firstColumn: string,
  rows: readonly (readonly string[])[],
  images: readonly ImageResult[],
): Section {
  if (rows.length === 0) return { about: title, markdown: '' };
  const head = [firstColumn, 'Severity', 'Finding', 'Package', ...(images.length > 1 ? ['Image'] : [])];
  const more = rows.length - ROWS_SHOWN;
  const rest = more > 0 ? `\n\n… and ${more} more, in the receipt.` : '';
  const table = markdownTable(head, rows.slice(0, ROWS_SHOWN));
  return { about: title, markdown: markdownDetails(title, `${table}${rest}`) };
}
