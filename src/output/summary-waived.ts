import { violatingFindings, waivedFindings } from '../policy/gates.ts';
import type { ImageResult } from '../policy/result.ts';
import type { AssessedFinding, WaivedFinding, Waiver } from '../policy/waivers/waiver.ts';
import { findingName, packageText } from '../text/finding-names.ts';
import {
  markdownCode,
  markdownDetails,
  markdownTable,
  markdownText,
  type Section,
} from '../text/markdown.ts';
import { plural } from '../text/plural.ts';
import { moreText, WAIVED_HEADING } from '../text/summary-text.ts';
import { timeText } from '../text/time-text.ts';
import { nearMissText, waiverText } from '../text/waiver-text.ts';

/** Maximum number of rows in each table. */
const ROWS_SHOWN = 100;

/** One row of a table: the finding, its image, and the text in the first column. */
interface Row {
  readonly image: ImageResult;
  readonly finding: AssessedFinding;
  readonly first: string;
}

/** The waived findings, with a table for each kind, and the near misses. */
export function waivedSections(images: readonly ImageResult[]): readonly Section[] {
  const hasSeveral = images.length > 1;
  return [
    tableSection(WAIVED_HEADING.grace, 'Blocks from', graceRows(images), hasSeveral),
    tableSection(WAIVED_HEADING.known, 'Waived', kindRows(images, 'known'), hasSeveral),
    tableSection(WAIVED_HEADING.vex, 'Waived', kindRows(images, 'vex'), hasSeveral),
    tableSection(WAIVED_HEADING['near-miss'], 'Not waived', nearMissRows(images), hasSeveral),
  ];
}

/** The findings in grace, with the day on which each begins to block, the earliest first. */
function graceRows(images: readonly ImageResult[]): readonly Row[] {
  return waivedByKind(images, 'grace')
    .map((row) => ({ ...row, endsAtMs: Math.min(...row.waived.by.flatMap(endOf)) }))
    .sort((one, other) => one.endsAtMs - other.endsAtMs)
    .map((row) => ({ ...row, first: timeText(row.endsAtMs) }));
}

function endOf(waiver: Waiver): readonly number[] {
  return waiver.kind === 'grace' ? [waiver.endsAtMs] : [];
}

function kindRows(images: readonly ImageResult[], kind: Waiver['kind']): readonly Row[] {
  return waivedByKind(images, kind).map(({ waived, ...row }) => {
    const texts = waived.by.filter((waiver) => waiver.kind === kind).map(waiverText);
    return { ...row, first: markdownText(texts.join('; ')) };
  });
}

function waivedByKind(images: readonly ImageResult[], kind: Waiver['kind']) {
  return images.flatMap((image) =>
    waivedFindings(image.gates)
      .filter(({ by }) => by.some((waiver) => waiver.kind === kind))
      .map((waived: WaivedFinding) => ({ image, finding: waived.finding, waived })),
  );
}

/** The reasons why near waivers do not apply to findings that violate a gate. */
function nearMissRows(images: readonly ImageResult[]): readonly Row[] {
  return images.flatMap((image) =>
    violatingFindings(image.gates)
      .filter(({ nearMisses }) => nearMisses.length > 0)
      .map((finding) => ({
        image,
        finding,
        first: markdownText(finding.nearMisses.map(nearMissText).join('; ')),
      })),
  );
}

function tableSection(
  heading: string,
  firstColumn: string,
  rows: readonly Row[],
  hasSeveral: boolean,
): Section {
  const about = `${plural(rows.length, 'finding')} ${heading}`;
  if (rows.length === 0) return { about, markdown: '' };
  const head = [firstColumn, 'Severity', 'Finding', 'Package', ...(hasSeveral ? ['Image'] : [])];
  const cells = rows
    .slice(0, ROWS_SHOWN)
    .map(({ first, finding, image }) => [
      first,
      finding.severity,
      markdownText(findingName(finding)),
      markdownCode(packageText(finding)),
      ...(hasSeveral ? [markdownCode(image.name)] : []),
    ]);
  const rest = moreText(rows.length - ROWS_SHOWN, '', 'the receipt');
  return { about, markdown: markdownDetails(about, markdownTable(head, cells, rest)) };
}
