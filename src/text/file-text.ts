import type { Gap } from '../policy/image-findings.ts';
import type { Inventory } from '../policy/inventory.ts';
import type { RunResult } from '../policy/result.ts';
import { firstOf, plural } from './plural.ts';
import { messageOf } from './verdict-line.ts';
import { verdictText } from './verdict-text.ts';

/** The names of files in a warning. */
export const FILE_NAME = {
  receipt: 'receipt',
  sarif: 'SARIF file',
  sbom: 'SBOM',
  vuln: 'predicate of the scan',
  svr: 'predicate of the verdict',
  subjects: 'file of subjects',
  results: 'file of results',
} as const;

/** The reason why there is no SARIF file; undefined if no report was read, which the verdict explains. */
export function noSarifText(gap: Gap): string | undefined {
  switch (gap) {
    case 'unread':
      return undefined;
    case 'another-image':
      return 'No SARIF file: what was scanned is not proven to be what was asked for.';
    case 'unlisted':
      return 'No SARIF file: the report does not list every finding.';
  }
}

/** Maximum number of images that a sentence names. */
const SBOM_IMAGES_NAMED = 5;

/** The reason why there is no SBOM of these images. */
export function noSbomText(
  names: readonly string[],
  why: Extract<Inventory, { kind: 'unknown' }>['why'],
): string {
  return `No SBOM of ${firstOf(names, SBOM_IMAGES_NAMED)}: ${NO_SBOM[why]}.`;
}

const NO_SBOM: Readonly<Record<Extract<Inventory, { kind: 'unknown' }>['why'], string>> = {
  'not-read': 'the report was read without its packages; with a gate on findings it is read in full',
  unlisted: 'the report does not list the packages',
  'no-digest': 'the report does not prove the digest of what was scanned',
  'another-image': 'the report is not proven to be of the image asked for',
};

/** The note on findings that a file leaves out; none for 0. */
export function omittedTexts(count: number): readonly string[] {
  if (count === 0) return [];
  const are = count === 1 ? 'is' : 'are';
  return [`${plural(count, 'finding')} ${are} omitted, none more severe than those listed.`];
}

/** The reason why a file of findings counts as that of a failed scan; none if it has every finding. */
export function gapTexts(gap: Gap | undefined): readonly string[] {
  return gap === undefined ? [] : ['Not every vulnerability is known, so a missing one is not resolved.'];
}

/** The verdict, its reason and the event, in one line. */
export function outcomeText(result: RunResult): string {
  return `${verdictText(result.decision)}: ${messageOf(result)}`;
}
