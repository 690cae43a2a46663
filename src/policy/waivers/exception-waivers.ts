import type { Finding } from '../../scan/finding.ts';
import { type Exception, findMatches, isActive } from './exception.ts';
import { type AssessableImage, type FindingWaivers, NO_WAIVERS, type WaiverSource } from './waiver-source.ts';

/** The user's exceptions, matched with the findings of all images of a step. */
interface ExceptionWaivers extends WaiverSource {
  /** The exceptions that match some finding of the image, active or expired. */
  readonly matchedIn: (image: AssessableImage) => readonly Exception[];
  /**
   * The exceptions that match a finding of the image, and a different one in this or another image: they accept
   * nothing.
   */
  readonly ambiguousIn: (image: AssessableImage) => readonly Exception[];
}

/** The waivers from the user's exceptions on a day, `2026-12-31`. */
export function exceptionWaivers(
  images: readonly AssessableImage[],
  exceptions: readonly Exception[],
  today: string,
): ExceptionWaivers {
  const matches = new Map(
    images.map((image) => [image, findMatches(exceptions, image.row.findings ?? [], image)]),
  );
  const foundBy = (exception: Exception) =>
    [...matches.values()].flatMap((ofImage) => ofImage.get(exception) ?? []);
  const ambiguous = new Set(exceptions.filter((exception) => areDifferent(foundBy(exception))));
  const waivers = new Map(
    [...matches].map(([image, ofImage]) => [image, waiversByFinding(ofImage, ambiguous, today)]),
  );
  const matchedIn = (image: AssessableImage) =>
    exceptions.filter((exception) => (matches.get(image)?.get(exception) ?? []).length > 0);
  return {
    of: (image, finding) => waivers.get(image)?.get(finding) ?? NO_WAIVERS,
    matchedIn,
    ambiguousIn: (image) => matchedIn(image).filter((exception) => ambiguous.has(exception)),
  };
}

/** The first active exception of the list is the waiver; near misses are recorded. */
function waiversByFinding(
  matches: ReadonlyMap<Exception, readonly Finding[]>,
  ambiguous: ReadonlySet<Exception>,
  today: string,
): ReadonlyMap<Finding, FindingWaivers> {
  const found = new Map<Finding, FindingWaivers>();
  for (const [exception, findings] of matches) {
    for (const finding of findings) {
      const before = found.get(finding) ?? NO_WAIVERS;
      found.set(finding, withException(before, exception, finding, ambiguous.has(exception), today));
    }
  }
  return found;
}

function withException(
  { waivers, nearMisses }: FindingWaivers,
  exception: Exception,
  finding: Finding,
  isAmbiguous: boolean,
  today: string,
): FindingWaivers {
  if (isAmbiguous) {
    return { waivers, nearMisses: [...nearMisses, { kind: 'exception-ambiguous', exception }] };
  }
  if (!isActive(exception, today)) {
    return { waivers, nearMisses: [...nearMisses, { kind: 'exception-expired', exception }] };
  }
  const { fix } = finding;
  if (exception.untilFixed && fix !== undefined) {
    return { waivers, nearMisses: [...nearMisses, { kind: 'exception-fixed', exception, fix }] };
  }
  if (waivers.length > 0) return { waivers, nearMisses };
  return { waivers: [{ kind: 'exception', format: 'own', exception }], nearMisses };
}

/**
 * True if findings without an id of their own differ: then a title, a cause or a description names several findings,
 * but an exception accepts only one. All findings with the same id are one vulnerability.
 */
function areDifferent(findings: readonly Finding[]): boolean {
  return new Set(findings.map((finding) => (finding.hasOwnId ? '' : contentOf(finding)))).size > 1;
}

function contentOf(finding: Finding): string {
  const { kind, severity, rawSeverity, title, cause, checkId, packageName, packagePath, description } =
    finding;
  const about = [title, cause, checkId, packageName, packagePath, description];
  return JSON.stringify([kind, severity, rawSeverity, ...about]);
}
