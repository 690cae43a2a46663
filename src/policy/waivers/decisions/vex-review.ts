import type { Finding } from '../../../scan/finding.ts';
import { type DecisionBook, partByVersion, type VexFile } from './decision-book.ts';
import type { JoinedPackage } from './joined-package.ts';
import { anyOf, closerMiss, type MatchResult, type Miss } from './match-result.ts';
import { countAccepted, namedFindings, newTally, type Tally } from './review-tally.ts';
import type { ReviewedImage } from './reviewed-image.ts';
import { entriesAbout, indexById, type StatementIndex } from './statement-index.ts';
import { judge, namesFixed, type VexJudgement } from './vex-judgement.ts';
import { compareProduct } from './vex-match.ts';
import type { VexProduct, VexStatement } from './vex-statement.ts';

/** A statement, in its file. */
export interface StatementInFile {
  readonly file: VexFile;
  readonly statement: VexStatement;
}

/** The result of a statement in all images of the step. */
export type VexOutcome =
  | {
      readonly kind: 'used';
      readonly images: readonly string[];
      readonly findings: number;
      readonly endsAtMs: number;
    }
  /** `affected` or `under_investigation`, and about some finding. */
  | { readonly kind: 'forbids' }
  /** It is about some finding, but a newer statement decides. */
  | { readonly kind: 'overridden' }
  /** Another statement of the same time contradicts it. */
  | { readonly kind: 'tie' }
  /** It accepts nothing, whatever it is about. */
  | { readonly kind: 'void'; readonly why: VoidBecause }
  | { readonly kind: 'unmatched'; readonly miss: Miss };

export type VoidBecause =
  | 'undated'
  | 'in-the-future'
  | 'too-old'
  /** `not_affected` without a justification of the standard and without an impact statement. */
  | 'unjustified'
  /** `fixed` without a version, a tag or a digest. */
  | 'fixed-without-version'
  /** There is a higher version of its document. */
  | 'superseded';

/** A statement that accepts a finding, with its time and its end. */
export interface VexAcceptance extends StatementInFile {
  readonly madeAtMs: number;
  readonly endsAtMs: number;
}

/** The reason why the newest statement about a finding does not accept it, although some statement would. */
export interface VexNearMiss extends StatementInFile {
  readonly why: 'too-old' | 'unjustified' | 'fixed-without-version' | 'tie' | 'forbidden';
}

/** The review of all statements of a step against all findings. */
interface VexReview {
  /** The statement that accepts a finding of an image; undefined if none does. */
  readonly acceptanceOf: (image: ReviewedImage, finding: Finding) => VexAcceptance | undefined;
  /** The reason why a statement about a finding does not accept it; undefined if one does, or if there is none. */
  readonly nearMissOf: (image: ReviewedImage, finding: Finding) => VexNearMiss | undefined;
  readonly outcomes: ReadonlyMap<StatementInFile, VexOutcome>;
}

/** A statement with its effect now, and the results of its comparisons so far. */
interface Entry extends StatementInFile, Tally {
  readonly judgement: VexJudgement;
  lost: 'overridden' | 'tie' | undefined;
}

/**
 * Decides which statement counts for each finding, at a time of the Console. Statements are looked up by
 * vulnerability, and equal findings are decided once, so that the time is proportional to the size of both.
 */
export function reviewStatements(
  book: DecisionBook,
  images: readonly ReviewedImage[],
  nowMs: number,
): VexReview {
  const { current, superseded } = partByVersion(book.vexFiles);
  const entries = current.flatMap((file) =>
    file.document.statements.map((statement) => entryOf(file, statement, book.vexMaxAgeMs, nowMs)),
  );
  const byId = indexById(entries);
  const acceptances = new Map(images.map((image) => [image, decisionsIn(image, byId)]));
  return {
    acceptanceOf: (image, finding) => acceptances.get(image)?.accepted.get(finding),
    nearMissOf: (image, finding) => acceptances.get(image)?.nearMisses.get(finding),
    outcomes: new Map<StatementInFile, VexOutcome>([
      ...entries.map((entry) => [entry, statementOutcome(entry)] as const),
      ...superseded.flatMap((file) =>
        file.document.statements.map(
          (statement) =>
            [
              { file, statement },
              { kind: 'void', why: 'superseded' },
            ] as const,
        ),
      ),
    ]),
  };
}

function entryOf(file: VexFile, statement: VexStatement, maxAgeMs: number, nowMs: number): Entry {
  return {
    file,
    statement,
    judgement: judge(statement, maxAgeMs, nowMs),
    lost: undefined,
    ...newTally(),
  };
}

/** The findings of an image that a statement accepts, and those that one nearly accepts. */
interface DecidedImage {
  readonly accepted: ReadonlyMap<Finding, VexAcceptance>;
  readonly nearMisses: ReadonlyMap<Finding, VexNearMiss>;
}

/** Decides for each finding of an image. */
function decisionsIn(image: ReviewedImage, byId: StatementIndex<Entry>): DecidedImage {
  const accepted = new Map<Finding, VexAcceptance>();
  const nearMisses = new Map<Finding, VexNearMiss>();
  const decided = new Map<string, Entry | VexNearMiss | undefined>();
  for (const { finding, decisions, joined } of namedFindings(image, byId)) {
    const key = findingsKey(finding, joined);
    if (!decided.has(key)) decided.set(key, newestOf(entriesAbout(decisions, joined), image, joined));
    const entry = decided.get(key);
    if (entry === undefined) continue;
    const acceptance = 'why' in entry ? undefined : accept(entry, image);
    if ('why' in entry) nearMisses.set(finding, entry);
    if (acceptance !== undefined) accepted.set(finding, acceptance);
  }
  return { accepted, nearMisses };
}

/** Records that a statement accepts a finding of an image, if it does. */
function accept(entry: Entry, image: ReviewedImage): VexAcceptance | undefined {
  const { file, statement, judgement } = entry;
  if (judgement.kind !== 'accepts') return undefined;
  countAccepted(entry, image);
  return { file, statement, madeAtMs: judgement.madeAtMs, endsAtMs: judgement.endsAtMs };
}

/** The key of findings that no statement can distinguish. A package without a URL has no more to distinguish it. */
function findingsKey(finding: Finding, { kind }: JoinedPackage): string {
  const { packageName, packageVersion, packageType } = finding;
  const id = finding.id.toLowerCase();
  return JSON.stringify(kind === 'package' ? [id, packageName, packageVersion, packageType] : [id, kind]);
}

/** The effect of a statement on one finding. */
interface Vote {
  readonly entry: Entry;
  readonly accepts: boolean;
  readonly madeAtMs: number;
}

/** The newest statement about a finding, if it accepts it and no other one of the same time contradicts it. */
function newestOf(
  entries: readonly Entry[],
  image: ReviewedImage,
  joined: JoinedPackage,
): Entry | VexNearMiss | undefined {
  const votes = entries.flatMap((entry) => voteOf(entry, image, joined) ?? []);
  const newestMs = votes.reduce(
    (newest, { madeAtMs }) => Math.max(newest, madeAtMs),
    Number.NEGATIVE_INFINITY,
  );
  const newest = votes.filter(({ madeAtMs }) => madeAtMs === newestMs);
  for (const { entry, madeAtMs } of votes) if (madeAtMs < newestMs) entry.lost ??= 'overridden';
  const [first] = newest;
  if (first === undefined) return undefined;
  const agree = newest.every(
    ({ accepts, entry }) => accepts && entry.statement.status === first.entry.statement.status,
  );
  if (agree) return first.entry;
  if (newest.length > 1) for (const { entry } of newest) entry.lost = 'tie';
  return nearMiss(first.entry, votes, newest.length > 1);
}

/** A near miss. A statement that forbids is only reported if it overrides one that accepts. */
function nearMiss(
  { file, statement, judgement }: Entry,
  votes: readonly Vote[],
  isTie: boolean,
): VexNearMiss | undefined {
  if (isTie) return { file, statement, why: 'tie' };
  switch (judgement.kind) {
    case 'forbids':
      return votes.some(({ accepts }) => accepts) ? { file, statement, why: 'forbidden' } : undefined;
    case 'void':
      return { file, statement, why: judgement.why };
    case 'accepts':
      return { file, statement, why: 'fixed-without-version' };
    case 'undatable':
      return undefined;
  }
}

/**
 * The effect of a statement on a finding; undefined if it is not about it. To accept, everything that it names has to
 * be the same; to forbid, nothing must differ.
 */
function voteOf(entry: Entry, image: ReviewedImage, joined: JoinedPackage): Vote | undefined {
  const { statement, judgement } = entry;
  const compared = compareProducts(statement.products, image, joined);
  if (compared.state !== 'same') entry.miss = closerMiss(entry.miss, compared.miss);
  if (judgement.kind === 'undatable') return undefined;
  const { madeAtMs } = judgement;
  if (judgement.kind === 'forbids') {
    if (compared.state === 'other') return undefined;
    entry.isAbout = true;
    return { entry, accepts: false, madeAtMs };
  }
  if (compared.state !== 'same') return undefined;
  entry.isAbout = true;
  return { entry, accepts: judgement.kind === 'accepts' && isProven(statement, image, joined), madeAtMs };
}

/** True if a statement may accept: `fixed` only by a product that names the version with the fix. */
function isProven({ status, products }: VexStatement, image: ReviewedImage, joined: JoinedPackage): boolean {
  return status !== 'fixed' || compareProducts(products.filter(namesFixed), image, joined).state === 'same';
}

function compareProducts(
  products: readonly VexProduct[],
  image: ReviewedImage,
  joined: JoinedPackage,
): MatchResult {
  return anyOf(
    products.map((product) => compareProduct(product, image, joined)),
    { kind: 'unreadable-product', text: undefined },
  );
}

function statementOutcome({
  statement,
  judgement,
  images,
  findings,
  isAbout,
  lost,
  miss,
}: Entry): VexOutcome {
  if (judgement.kind === 'undatable' || judgement.kind === 'void')
    return { kind: 'void', why: judgement.why };
  if (judgement.kind === 'forbids') return isAbout ? { kind: 'forbids' } : { kind: 'unmatched', miss };
  if (findings > 0) return { kind: 'used', images: [...images], findings, endsAtMs: judgement.endsAtMs };
  if (statement.status === 'fixed' && !statement.products.some(namesFixed)) {
    return { kind: 'void', why: 'fixed-without-version' };
  }
  if (lost !== undefined) return { kind: lost };
  // Another statement of the same time accepts the same finding.
  return isAbout ? { kind: 'overridden' } : { kind: 'unmatched', miss };
}
