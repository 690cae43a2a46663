import { describe, expect, test } from '@jest/globals';
import type { ImageScanResult } from '../src/api-types.ts';
import { buildEarlierScan, buildImage } from '../src/builders.ts';
import { finding } from '../src/findings.ts';
import type { EarlierScan, ImageSpec } from '../src/scenario.ts';
import { samples } from '../src/scenarios/samples.ts';
import type { Settings } from '../src/settings.ts';
import { STARTS_AT_MS, testConsole } from './test-console.ts';

const DAY_SECONDS = 86_400;
const START_SECONDS = STARTS_AT_MS / 1_000;
const curl = {
  cve: 'CVE-2099-1',
  severity: 'high',
  packageName: 'curl',
  packageVersion: '7.88.1-10+deb12u5',
};
const debian = { distro: 'Debian GNU/Linux 12 (bookworm)' };

/** The row of an image with an earlier scan, and the console it comes from. */
function rowOf(
  scan: Partial<EarlierScan>,
  image: Partial<ImageSpec> = debian,
  settings: Partial<Settings> = {},
) {
  const images = [buildImage({ repo: 'shop/cart', tag: '7', ...image, earlier: buildEarlierScan(scan) })];
  const { model, clock } = testConsole({ images, settings });
  const read = (compact = false): Partial<ImageScanResult> => {
    const result = model.report({ compact });
    return (result.status === 200 ? result.body?.[0] : undefined) ?? {};
  };
  return { read, clock };
}

describe('the dates of a finding', () => {
  test('are days before the start of the Console, and stay while time passes', () => {
    const findings = [finding({ ...curl, fixedIn: '7.88.2', publishedAgoDays: 40, fixedAgoDays: 1.5 })];
    const { read, clock } = rowOf({ findings });
    const dates = {
      published: START_SECONDS - 40 * DAY_SECONDS,
      fixDate: START_SECONDS - 1.5 * DAY_SECONDS,
    };
    expect(read().vulnerabilities).toMatchObject([dates]);
    clock.advance(3 * DAY_SECONDS * 1_000);
    expect(read().vulnerabilities).toMatchObject([dates]);
    expect(JSON.stringify(read())).not.toContain('AgoDays');
  });

  test('follow the clock of the Console, not the true time', () => {
    const { read } = rowOf({ findings: [finding({ ...curl, publishedAgoDays: 0 })] }, debian, {
      clockSkewMs: -60_000,
    });
    expect(read().vulnerabilities).toMatchObject([{ published: START_SECONDS - 60, fixDate: 0 }]);
  });

  test('can be absolute, and discovery is that of the row', () => {
    const findings = [finding({ ...curl, published: 7, fixDate: 8 })];
    const { read } = rowOf({ findings, agoMs: 3_600_000 });
    expect(read().vulnerabilities).toMatchObject([
      { published: 7, fixDate: 8, discovered: '2026-11-02T08:00:00Z' },
    ]);
  });
});

describe('the risk factors of a finding', () => {
  test.each([
    [{ ...curl }, ['High severity']],
    [{ ...curl, severity: 'important', fixedIn: '8' }, ['High severity', 'Has fix']],
    [
      { ...curl, severity: 'low', exploits: [{ source: 'HackerOne', kind: 'poc' }] },
      ['Exploit exists - POC'],
    ],
    [
      { ...curl, severity: 'low', exploits: [{ source: 'cisa-kev', kind: 'poc' }] },
      ['Exploit exists - in the wild'],
    ],
    [{ ...curl, fixedIn: '8', riskFactors: [] }, []],
  ])('of %j are %j', (given, expected) => {
    expect(Object.keys(finding(given).riskFactors ?? {})).toEqual(expected);
  });
});

describe('the packages of a row', () => {
  const packages = (row: Partial<ImageScanResult>) =>
    (row.packages ?? []).flatMap(({ pkgsType, pkgs }) => pkgs.map((each) => ({ pkgsType, ...each })));

  test('are those of the scenario, and those that findings name, with package URLs as a Console has them', () => {
    const findings = [
      finding({ ...curl, binaryPkgs: ['curl', 'libcurl4'] }),
      finding({ ...curl, cve: 'CVE-2099-2' }),
      finding({ ...curl, packageName: 'lodash', packageVersion: '4.17.20', packageType: 'nodejs' }),
      finding({ ...curl, packageName: 'log4j-core', packageVersion: '2.14.1', packageType: 'jar' }),
    ];
    const { read } = rowOf({
      findings,
      packages: [{ name: 'zlib', version: '1:1.2.13.dfsg-1', license: 'Zlib', binaryPkgs: ['zlib1g'] }],
    });
    expect(packages(read())).toMatchObject([
      { name: 'zlib', purl: 'pkg:deb/debian/zlib@1:1.2.13.dfsg-1', cveCount: 0, binaryPkgs: ['zlib1g'] },
      {
        name: 'curl',
        purl: 'pkg:deb/debian/curl@7.88.1-10+deb12u5',
        cveCount: 2,
        binaryPkgs: ['curl', 'libcurl4'],
      },
      { pkgsType: 'nodejs', name: 'lodash', purl: 'pkg:npm/lodash@4.17.20', cveCount: 1 },
      { pkgsType: 'jar', name: 'log4j-core', cveCount: 1 },
    ]);
    expect(packages(read())[3]).not.toHaveProperty('purl');
  });

  test('are null in the compact form, and those of the system otherwise', () => {
    const { read } = rowOf({});
    expect(read(true).packages).toBeNull();
    expect(packages(read()).map(({ name }) => name)).toEqual(['base-files', 'perl', 'shadow']);
    expect(rowOf({ packages: [] }).read().packages).toBeNull();
  });

  test('have no package URL on a Console before 32.04', () => {
    const { read } = rowOf({}, debian, { packagePurls: false });
    expect(packages(read()).filter(({ purl }) => purl !== undefined)).toEqual([]);
  });

  test.each([
    [{ distro: 'Debian GNU/Linux 12 (bookworm)' }, ['debian', '12', 'bookworm']],
    [{ distro: 'Debian GNU/Linux 12 (bookworm)', distroVersion: '12.5' }, ['debian', '12.5', 'bookworm']],
    [{ distro: 'Alpine Linux v3.16' }, ['alpine', '3.16', '3.16']],
    [{ distro: 'Scratchwood Linux 5' }, ['', '', '']],
  ])('come with the fields of the system %j', (image, [osDistro, osDistroVersion, osDistroRelease]) => {
    expect(rowOf({}, image).read()).toMatchObject({ osDistro, osDistroVersion, osDistroRelease });
  });
});

describe('the samples', () => {
  const { model, clock } = testConsole({
    images: samples().images,
    settings: { pageLimit: 250, rateLimit: null },
  });
  const scanned = (repo: string, tag: string) => {
    model.scan({ onDemandScan: true, tag: { registry: 'registry.example.com', repo, tag } });
    clock.advance(60_000);
    const result = model.report({ name: [`registry.example.com/${repo}:${tag}`] });
    return (result.status === 200 ? result.body?.[0]?.vulnerabilities : undefined) ?? [];
  };
  const ageDays = (seconds: number) => Math.round((START_SECONDS - seconds) / DAY_SECONDS);

  test('have one that is exploited in the wild at a low severity', () => {
    expect(scanned('shop/exploited', '1.0')).toMatchObject([
      { severity: 'low', exploits: [{ source: 'cisa-kev', kind: 'in-the-wild' }] },
      { severity: 'medium', exploits: [{ kind: 'poc' }] },
    ]);
  });

  test('have one whose findings are recent, and one that was fixed yesterday', () => {
    const recent = scanned('shop/recent', '1.0');
    expect(
      recent.map(({ severity, published, fixDate }) => [
        severity,
        ageDays(published),
        fixDate && ageDays(fixDate),
      ]),
    ).toEqual([
      ['critical', 40, 3],
      ['high', 10, 0],
    ]);
    expect(scanned('shop/just-fixed', '1.0').map(({ fixDate }) => ageDays(fixDate))).toEqual([1]);
  });

  test('have one that is newer than production: a package rebuilt, and one finding more', () => {
    const production = scanned('production/newer', 'latest').map(({ cve }) => cve);
    const newer = scanned('shop/newer', '2.0').map(({ cve }) => cve);
    expect(newer.slice(0, 2)).toEqual(production);
    expect(newer).toHaveLength(3);
  });
});
