/**
 * The one version of a package that has all of these fixes; undefined if that is not certain, or if one of them has no
 * version. Versions are compared
 * only if they differ in nothing but numbers. Versions of a language's package must also belong to one branch: a
 * later branch may have received a fix later than an earlier one. A distribution has one branch of each package.
 */
export function commonFix(given: readonly (string | undefined)[], isOfSystem: boolean): string | undefined {
  const versions = given.filter((version) => version !== undefined);
  const [first, ...others] = versions;
  if (first === undefined || versions.length < given.length) return undefined;
  const isComparable = others.every((version) => shapeOf(version) === shapeOf(first));
  if (!isComparable || (!isOfSystem && !others.every((version) => branchOf(version) === branchOf(first)))) {
    return others.length === 0 ? first : undefined;
  }
  return others.reduce((newest, version) => (isNewer(version, newest) ? version : newest), first);
}

/** A version without its numbers, such as `#.#.#-#~deb#u#`. A list of versions is unchanged. */
function shapeOf(version: string): string {
  return /[,\s]/.test(version) ? version : version.replace(/\d+/g, '#');
}

/** A version without its last number. */
function branchOf(version: string): string {
  return version.replace(/\d+(?=\D*$)/, '#');
}

function isNewer(one: string, other: string): boolean {
  const [numbers, others] = [one, other].map((version) => version.match(/\d+/g) ?? []);
  for (const [at, number] of (numbers ?? []).entries()) {
    const [mine, theirs] = [BigInt(number), BigInt(others?.[at] ?? '0')];
    if (mine !== theirs) return mine > theirs;
  }
  return false;
}
