import { buildEarlierScan, buildImage, buildRegistry, buildScan, buildScenario } from '../builders.ts';
import { complianceIssue, type DatedFinding, finding } from '../findings.ts';
import type { ImageSpec, PackageSpec, Scenario } from '../scenario.ts';

const REGISTRY = '123456789012.dkr.ecr.example';
const MINUTE_MS = 60_000;

/** Findings of each of the 13 images: 261 in all. */
const FINDING_COUNTS = [0, 3, 8, 12, 15, 17, 19, 21, 24, 28, 33, 38, 43];
const TOTAL = 261;

/** Packages of an image that has any. */
const SYSTEM_PACKAGES = 78;
const PYTHON_PACKAGES = 55;

/** When the feed first saw the fixes: the same time for all, 44 days after publication. */
const FIXES_SEEN_AGO_DAYS = 12;

/** Position of an image's first finding among all of them. */
const OFFSETS = FINDING_COUNTS.map((_, place) => FINDING_COUNTS.slice(0, place).reduce((a, b) => a + b, 0));

/** A permutation of the numbers below 261, one for each factor that shares no divisor with 261. */
function rank(number: number, factor: 2 | 4 | 5 | 7): number {
  return (number * factor) % TOTAL;
}

function severityOf(number: number): string {
  const place = rank(number, 5);
  if (place === 0) return 'critical';
  if (place <= 27) return 'high';
  return place <= 51 ? 'medium' : 'low';
}

const isPython = (number: number) => rank(number, 2) < 52;
const isWithoutBinaries = (number: number) => rank(number, 2) < 52 + 24;
const hasFix = (number: number) => rank(number, 4) < 57;
const hasExploit = (number: number) => rank(number, 7) < 48;

/** Low findings without any risk factor. */
const WITHOUT_RISK_FACTORS = new Set(
  Array.from({ length: TOTAL }, (_, number) => number)
    .filter((number) => severityOf(number) === 'low' && !hasFix(number) && !hasExploit(number))
    .slice(0, 12),
);

function riskFactorsOf(number: number): string[] {
  if (WITHOUT_RISK_FACTORS.has(number)) return [];
  const severity = severityOf(number);
  return [
    'Recent vulnerability',
    ...(severity === 'low' ? [] : [`${severity[0]?.toUpperCase()}${severity.slice(1)} severity`]),
    ...(hasFix(number) ? ['Has fix'] : []),
    ...(hasExploit(number) ? ['Exploit exists - POC'] : []),
  ];
}

/**
 * One of the 261 findings, in the proportions of the recorded Console: 209 of system packages and 52 of Python, 57
 * with a fix, 48 with an exploit from an unpublished source, 185 with binary packages.
 */
function recordedFinding(number: number): DatedFinding {
  const named = isPython(number)
    ? pythonPackage(number % PYTHON_PACKAGES)
    : systemPackage(number % SYSTEM_PACKAGES);
  return finding({
    cve: `CVE-2099-${30_000 + number}`,
    severity: severityOf(number),
    packageName: named.name,
    packageVersion: named.version,
    packageType: named.type ?? 'package',
    publishedAgoDays: FIXES_SEEN_AGO_DAYS + 44,
    riskFactors: riskFactorsOf(number),
    ...(hasFix(number)
      ? { fixedIn: `${named.version}.1`, fixedAgoDays: FIXES_SEEN_AGO_DAYS }
      : { status: 'open' }),
    ...(hasExploit(number) ? { exploits: [{ source: 'HackerOne', kind: 'poc' }] } : {}),
    ...(isWithoutBinaries(number) ? {} : { binaryPkgs: [named.name, `${named.name}-bin`] }),
  });
}

/** A system package. Its version is in Debian's form, with characters that a package URL would escape. */
function systemPackage(number: number): PackageSpec {
  const name = `lib${String.fromCharCode(97 + (number % 26))}${Math.floor(number / 26)}`;
  const epoch = number % 7 === 0 ? '1:' : '';
  const revision = number % 3 === 0 ? '-2+deb13u2' : '-1~deb13u1';
  return { name, version: `${epoch}${number % 9}.${number % 13}${revision}` };
}

function pythonPackage(number: number): PackageSpec {
  const name = `module-${number}`;
  const version = `${number % 5}.${number % 11}.0`;
  const path = `/usr/local/lib/python3.12/site-packages/module_${number}-${version}.dist-info`;
  return { name, version, type: 'python', path };
}

function recordedPackages(): readonly PackageSpec[] {
  return [
    ...Array.from({ length: SYSTEM_PACKAGES }, (_, number) => systemPackage(number)),
    ...Array.from({ length: PYTHON_PACKAGES }, (_, number) => pythonPackage(number)),
  ];
}

/** An image with findings, and the row of a regular scan. */
function recordedImage(count: number, place: number): ImageSpec {
  const first = OFFSETS[place] ?? 0;
  const findings = Array.from({ length: count }, (_, at) => recordedFinding(first + at));
  const complianceIssues =
    place % 4 === 0 ? [complianceIssue({ id: 41, severity: 'high', title: 'Image runs as root' })] : [];
  const result = { findings, complianceIssues, packages: count === 0 ? [] : recordedPackages() };
  return buildImage({
    registry: REGISTRY,
    repo: place < 5 ? 'portal/web' : `portal/service-${place % 4}`,
    tag: `2026.${place + 1}.0`,
    distro: 'Debian GNU/Linux 13 (trixie)',
    distroVersion: '13.3',
    scans: [buildScan(result)],
    // Times that end in a zero show that it is dropped.
    earlier: buildEarlierScan({
      agoMs: (90 + place) * MINUTE_MS + 70 * (place % 3),
      scanMs: 2_000,
      ...result,
    }),
  });
}

/** A Console in the shape of a recorded one of 34.03: rows of a regular scan. All values are invented. */
export function recorded(): Scenario {
  return buildScenario({
    images: FINDING_COUNTS.map(recordedImage),
    registries: [buildRegistry({ registry: REGISTRY, repositories: 5, images: FINDING_COUNTS.length })],
    settings: {
      consoleVersion: '34.03.138',
      apiVersions: ['v1', 'v32.00', 'v32.07', 'v33.00', 'v33.03', 'v34.00', 'v34.01', 'v34.02', 'v34.03'],
      rowFields: 'recorded',
      rowHostname: 'defender-1.example',
      trimmedTimes: true,
      rowOrder: 'unordered',
      findingOrder: 'shuffled',
      repoTagDigest: false,
      pageLimit: 250,
      absentRowFields: ['scanDuration', 'pullDuration', 'errCode', 'missingDistroVulnCoverage'],
      absentFindingFields: ['block', 'gracePeriodDays'],
    },
  });
}
