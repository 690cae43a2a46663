import { buildEarlierScan, buildImage, buildRegistry, buildScan, buildScenario } from '../builders.ts';
import { complianceIssue, finding } from '../findings.ts';
import type { ImageSpec, Scenario } from '../scenario.ts';

const registry = '123456789012.dkr.ecr.example';
const minuteMs = 60_000;

/** Findings of each of the 13 images: 261 in all. */
const findingCounts = [0, 3, 8, 12, 15, 17, 19, 21, 24, 28, 33, 38, 43];
const severities = [
  'critical',
  'high',
  'important',
  'medium',
  'moderate',
  'low',
  'unimportant',
  'negligible',
];
const packageTypes = ['package', 'nodejs', 'python', 'jar', 'go', 'binary'];
const statuses = ['needed', 'deferred', 'affected', 'open', 'will not fix'];

/** An image with findings, and the row of a regular scan. */
function recordedImage(count: number, place: number): ImageSpec {
  const findings = Array.from({ length: count }, (_, at) => {
    const number = place * 100 + at;
    const name = `lib${String.fromCharCode(97 + (number % 26))}${number % 7}`;
    const packageVersion = `${number % 9}.${number % 13}.${number % 5}`;
    const fix =
      number % 3 === 0
        ? { fixedIn: `${(number % 9) + 1}.0.0`, riskFactors: ['Attack vector: network', 'Has fix'] }
        : { status: statuses[number % statuses.length] ?? '', riskFactors: ['Attack complexity: low'] };
    return finding({
      cve: `CVE-2099-${30_000 + number}`,
      severity: severities[number % severities.length] ?? 'low',
      packageName: name,
      packageVersion,
      packageType: packageTypes[number % packageTypes.length] ?? 'package',
      ...fix,
    });
  });
  const complianceIssues =
    place % 4 === 0 ? [complianceIssue({ id: 41, severity: 'high', title: 'Image runs as root' })] : [];
  const result = { findings, complianceIssues };
  return buildImage({
    registry,
    repo: place < 5 ? 'portal/web' : `portal/service-${place % 4}`,
    tag: `2026.${place + 1}.0`,
    distro: place % 2 === 0 ? 'Alpine Linux v3.19' : 'Debian GNU/Linux 12 (bookworm)',
    scans: [buildScan(result)],
    // Times that end in a zero show that it is dropped.
    earlier: buildEarlierScan({
      agoMs: (90 + place) * minuteMs + 70 * (place % 3),
      scanMs: 2_000,
      ...result,
    }),
  });
}

/** A Console in the shape of a recorded one of 34.03: 13 rows of a regular scan. All values are invented. */
export function recorded(): Scenario {
  return buildScenario({
    images: findingCounts.map(recordedImage),
    registries: [buildRegistry({ registry, repositories: 5, images: findingCounts.length })],
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
