import type { Finding } from '../scan/finding.ts';

/** The sentence on one finding in one image: its place, its kind and its fix. */
export function findingSentence(finding: Finding, imageName: string): string {
  return finding.kind === 'compliance'
    ? issueText(finding, imageName)
    : vulnerabilityText(finding, imageName);
}

function issueText(finding: Finding, imageName: string): string {
  const cause = finding.cause === '' ? '' : ` Cause: ${finding.cause}`;
  return `${imageName} has the compliance issue ${nameOf(finding)}.${cause}`;
}

function vulnerabilityText(finding: Finding, imageName: string): string {
  const { packageName, packageVersion, packagePath, fixedIn } = finding;
  const ofPackage = joined([packageName, packageVersion], ' ');
  const path = packagePath === '' ? '' : ` (${packagePath})`;
  const place = ofPackage === '' ? imageName : `${ofPackage}${path} in ${imageName}`;
  return `${place} has ${nameOf(finding)}. ${fixText(fixedIn)}`;
}

function nameOf({ checkId, id, title }: Finding): string {
  return joined([checkId, id, title === id ? '' : title], ': ');
}

function fixText(fixedIn: string | undefined): string {
  if (fixedIn === undefined) return 'There is no fix yet.';
  return fixedIn === '' ? 'Fixed.' : `Fixed in ${fixedIn}.`;
}

function joined(parts: readonly string[], separator: string): string {
  return parts.filter((part) => part !== '').join(separator);
}

/** The version to upgrade to; undefined if there is no fix yet. */
export function solutionText({ fixedIn, packageName }: Finding): string | undefined {
  if (fixedIn === undefined) return undefined;
  const target = fixedIn === '' ? 'a version that has the fix' : fixedIn;
  return `Upgrade ${packageName === '' ? 'the package' : packageName} to ${target}`;
}
