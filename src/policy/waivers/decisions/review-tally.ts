import type { Finding } from '../../../scan/finding.ts';
import { type JoinedPackage, PackageIndex } from './joined-package.ts';
import type { Miss } from './match-result.ts';
import type { ReviewedImage } from './reviewed-image.ts';

/** The results of the comparisons of one decision so far. */
export interface Tally {
  /** The closest reason why it is not about a finding. */
  miss: Miss;
  /** True if it is about some finding. */
  isAbout: boolean;
  /** The names of the images of which it accepts a finding. */
  readonly images: Set<string>;
  /** The number of findings that it accepts. */
  findings: number;
}

export function newTally(): Tally {
  return { miss: { kind: 'no-such-vulnerability' }, isAbout: false, images: new Set(), findings: 0 };
}

/** Counts a finding of an image that a decision accepts. */
export function countAccepted(tally: Tally, { name }: ReviewedImage): void {
  tally.images.add(name);
  tally.findings += 1;
}

/** A finding that some decisions name, with its package. */
interface NamedFinding<Decisions> {
  readonly finding: Finding;
  readonly decisions: Decisions;
  readonly joined: JoinedPackage;
}

/** The vulnerabilities of an image that decisions name by their identifiers, which are in lower case. */
export function* namedFindings<Decisions>(
  { findings, packages = [] }: ReviewedImage,
  byId: ReadonlyMap<string, Decisions>,
): Iterable<NamedFinding<Decisions>> {
  if (byId.size === 0) return;
  const index = new PackageIndex(packages);
  for (const finding of findings) {
    if (finding.kind !== 'vulnerability' || !finding.hasOwnId) continue;
    const decisions = byId.get(finding.id.toLowerCase());
    if (decisions !== undefined) yield { finding, decisions, joined: index.joinedTo(finding) };
  }
}
