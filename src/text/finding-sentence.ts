import type { Finding, Fix } from '../scan/finding.ts';
import { joined } from './joined.ts';

/** The sentence on one finding in one image: its place, its kind and its fix. */
export function findingSentence(finding: Finding, imageName: string): string {
  return finding.kind === 'compliance'
    ? issueText(finding, imageName)
    : vulnerabilityText(finding, imageName);
}

function issueText(finding: Finding, imageName: string): string {
  const cause = finding.cause === undefined ? '' : ` Cause: ${finding.cause}`;
  return `${imageName} has the compliance issue ${headingOf(finding)}.${cause}`;
}

function vulnerabilityText(finding: Finding, imageName: string): string {
  const { packageName, packageVersion, packagePath, fix } = finding;
  const ofPackage = joined([packageName, packageVersion]);
  const path = packagePath === undefined ? '' : ` (${packagePath})`;
  const place = ofPackage === '' ? imageName : `${ofPackage}${path} in ${imageName}`;
  return `${place} has ${headingOf(finding)}. ${fixText(fix)}`;
}

function headingOf({ checkId, id, title }: Finding): string {
  return joined([checkId, id, title === id ? undefined : title], ': ');
}

function fixText(fix: Fix | undefined): string {
  if (fix === undefined) return 'There is no fix yet.';
  return fix.version === undefined ? 'Fixed.' : `Fixed in ${fix.version}.`;
}

/** The version to upgrade to; undefined if there is no fix yet. */
export function solutionText({ fix, packageName }: Finding): string | undefined {
  if (fix === undefined) return undefined;
  return `Upgrade ${packageName ?? 'the package'} to ${fix.version ?? 'a version that has the fix'}`;
}
