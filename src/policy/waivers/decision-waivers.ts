import { listsAll, vulnerabilitiesIn } from '../../scan/finding.ts';
import type { DecisionTime } from '../decision-time.ts';
import type { DecisionBook } from './decisions/decision-book.ts';
import type { ReviewedImage } from './decisions/reviewed-image.ts';
import { type EntryInFile, type EntryOutcome, reviewEntries } from './decisions/trivyignore-review.ts';
import {
  reviewStatements,
  type StatementInFile,
  type VexAcceptance,
  type VexNearMiss,
  type VexOutcome,
} from './decisions/vex-review.ts';
import type { NearMiss, Waiver } from './waiver.ts';
import type { AssessableImage, FindingWaivers, WaiverSource } from './waiver-source.ts';

/** The results of the decisions of others, in all images of the step together. */
export interface DecisionReview {
  readonly statements: readonly { readonly of: StatementInFile; readonly outcome: VexOutcome }[];
  readonly entries: readonly { readonly of: EntryInFile; readonly outcome: EntryOutcome }[];
  /** The images without a package URL for any package in the report. */
  readonly imagesWithoutUrls: readonly string[];
  /** True if every finding of every image is listed, so that a decision without a match is about no finding. */
  readonly areAllListed: boolean;
}

/** The waivers from OpenVEX statements and entries of `.trivyignore.yaml`. */
interface DecisionWaivers extends WaiverSource {
  readonly review: DecisionReview;
}

/** The waivers from the decisions of others in all images of a step, at the time of the decision. */
export function decisionWaivers(
  images: readonly AssessableImage[],
  book: DecisionBook,
  decidedAt: DecisionTime,
): DecisionWaivers {
  const reviewed = new Map(
    images.flatMap((image) => reviewedImage(image) ?? []).map((each) => [each.of, each.image]),
  );
  const all = [...reviewed.values()];
  const statements = reviewStatements(book, all, decidedAt.epochMs);
  const entries = reviewEntries(book.ignoreFiles, all, decidedAt.day);
  return {
    of: (image, finding) => {
      const own = reviewed.get(image);
      return own === undefined
        ? { waivers: [], nearMisses: [] }
        : decisionsAbout(
            statements.acceptanceOf(own, finding),
            statements.nearMissOf(own, finding),
            entries.entriesOf(own, finding),
          );
    },
    review: {
      statements: [...statements.outcomes].map(([of, outcome]) => ({ of, outcome })),
      entries: [...entries.outcomes].map(([of, outcome]) => ({ of, outcome })),
      imagesWithoutUrls: all.filter(hasNoUrl).map(({ name }) => name),
      areAllListed:
        all.length === images.length &&
        images.every(({ row }) => listsAll(row.vulnerabilityCounts, vulnerabilitiesIn(row.findings))),
    },
  };
}

function reviewedImage(
  of: AssessableImage,
): { readonly of: AssessableImage; readonly image: ReviewedImage } | undefined {
  const { name, image, digests, platform, row } = of;
  if (image === undefined || row.findings === undefined) return undefined;
  const { distribution, packages, findings } = row;
  return { of, image: { name, image, digests, platform, distribution, packages, findings } };
}

function hasNoUrl({ packages, findings }: ReviewedImage): boolean {
  return findings.length > 0 && packages?.some(({ purl }) => purl !== undefined) !== true;
}

function decisionsAbout(
  acceptance: VexAcceptance | undefined,
  near: VexNearMiss | undefined,
  {
    accepting,
    expired,
  }: { readonly accepting: EntryInFile | undefined; readonly expired: readonly EntryInFile[] },
): FindingWaivers {
  return {
    waivers: [
      ...(acceptance === undefined ? [] : [vexWaiver(acceptance)]),
      ...(accepting === undefined ? [] : [entryWaiver(accepting)]),
    ],
    nearMisses:
      acceptance === undefined && accepting === undefined
        ? [
            ...expired.map((entry) => ({ kind: 'exception-expired', exception: entry.exception }) as const),
            ...(near === undefined ? [] : [vexNearMiss(near)]),
          ]
        : [],
  };
}

function vexNearMiss({ file, statement, why }: VexNearMiss): NearMiss {
  return {
    kind: 'vex',
    file: file.file,
    vulnerability: statement.vulnerability,
    status: statement.status,
    why,
  };
}

function vexWaiver({ file, statement, madeAtMs, endsAtMs }: VexAcceptance): Waiver {
  const reasons = [statement.justification?.replaceAll('_', ' '), statement.impactStatement];
  return {
    kind: 'vex',
    statement: {
      file: file.file,
      author: file.document.author,
      vulnerability: statement.vulnerability,
      status: statement.status === 'fixed' ? 'fixed' : 'not_affected',
      reason: reasons.filter((reason) => reason !== undefined).join(': '),
      madeAtMs,
      endsAtMs,
    },
  };
}

function entryWaiver(entry: EntryInFile): Waiver {
  return { kind: 'exception', format: 'trivyignore', exception: entry.exception };
}

/** True if the book could waive a finding that the report does not list. */
export function couldWaive({ vexFiles, ignoreFiles }: DecisionBook): boolean {
  return vexFiles.length > 0 || ignoreFiles.length > 0;
}
