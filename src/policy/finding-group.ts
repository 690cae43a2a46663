import { isAtLeast } from '../scan/severity.ts';
import { commonFix } from './common-fix.ts';
import { groupBy } from './group-by.ts';
import type { AssessedFinding } from './waivers/waiver.ts';

/** One finding as people count it: a library in twelve binaries of an image is one, found twelve times. */
export interface FindingGroup {
  readonly finding: AssessedFinding;
  /** The number of times that the report lists it. */
  readonly times: number;
  /** Its paths in the image, each once. */
  readonly paths: readonly string[];
}

/** The findings grouped by name, package and version, in the order of the first of each. */
export function groupFindings(findings: readonly AssessedFinding[]): readonly FindingGroup[] {
  const groups = groupBy(findings, ({ kind, id, checkId, title, cause, packageName, packageVersion }) =>
    JSON.stringify([kind, id, checkId, title, cause, packageName, packageVersion]),
  );
  return [...groups.values()].flatMap((members) => {
    const [first, ...others] = members;
    if (first === undefined) return [];
    const paths = new Set(members.flatMap(({ packagePath }) => packagePath ?? []));
    return [{ finding: others.reduce(worseOf, first), times: members.length, paths: [...paths] }];
  });
}

/** The worse of two entries of one finding, so that a group is never milder than its members. */
function worseOf(one: AssessedFinding, other: AssessedFinding): AssessedFinding {
  return isAtLeast(one.severity, other.severity) ? one : other;
}

/** The Console's words for a package of the distribution. */
const SYSTEM_TYPES: ReadonlySet<string> = new Set(['package', 'os']);

/** The effect of updating one package. */
export interface PackageFix {
  readonly packageName: string;
  readonly packageVersion: string | undefined;
  /** The versions that fix findings, with those findings; undefined for one that the report does not name. */
  readonly versions: readonly {
    readonly version: string | undefined;
    readonly fixes: readonly AssessedFinding[];
  }[];
  /** The one version that fixes all of them; undefined if that is not certain. */
  readonly fixesAll: string | undefined;
  readonly fixes: number;
}

/**
 * The packages to update, those of the worst findings first. Accepted findings and compliance issues need no update.
 * The findings are sorted, worst first.
 */
export function packageFixes(findings: readonly AssessedFinding[]): readonly PackageFix[] {
  const fixable = findings.filter(
    ({ kind, fix, waivers }) => kind === 'vulnerability' && fix !== undefined && waivers.length === 0,
  );
  const byPackage = groupBy(fixable, ({ packageName, packageVersion }) =>
    JSON.stringify([packageName, packageVersion]),
  );
  return [...byPackage.values()].flatMap((ofPackage) => {
    const [first] = ofPackage;
    if (first?.packageName === undefined) return [];
    const byVersion = groupBy(ofPackage, ({ fix }) => fix?.version);
    const versions = [...byVersion].map(([version, fixes]) => ({ version, fixes }));
    const { packageName, packageVersion, packageType } = first;
    const fixesAll = commonFix(
      [...byVersion.keys()],
      packageType !== undefined && SYSTEM_TYPES.has(packageType),
    );
    return [{ packageName, packageVersion, versions, fixesAll, fixes: ofPackage.length }];
  });
}
