import { expect, test } from '@jest/globals';
import { cycloneDxErrors } from '../output/cyclonedx-schema.ts';
import { ended, NEW_DIGEST, NEW_TIME, nothing, ongoing } from './console-data.ts';
import { afterOldRow, found, reportOf, type WireFinding } from './findings-data.ts';
import { commands, gate, type Run, verdictOf } from './gate.ts';
import type { Scripts } from './scripted-console.ts';

const packages = [
  {
    pkgsType: 'package',
    pkgs: [
      { name: 'zlib', version: '1.3', purl: 'pkg:deb/debian/zlib@1.3', license: 'Zlib' },
      {
        name: 'openssl',
        version: '3.0.1+1',
        purl: 'pkg:deb/debian/openssl@3.0.1+1',
        binaryPkgs: ['libssl3'],
      },
    ],
  },
];

function scanOf(row: WireFinding): Scripts {
  return {
    progress: [ongoing, ended, nothing],
    report: afterOldRow(reportOf([found('high')], { isARM64: false, packages, ...row })),
  };
}

const sbomIn = ({ files: { sbom = '' } }: Run): unknown => JSON.parse(sbom);

test.concurrent.each([
  ['of a gate that is met', { 'severity-cutoff': 'critical' }, '0 passed scan-completed'],
  ['of a gate that is not', { 'severity-cutoff': 'high' }, '1 failed severity-cutoff'],
])('the SBOM %s is of the row that decided', async (_what, inputs, expected) => {
  const end = await gate(scanOf({}), inputs);
  expect(verdictOf(end)).toBe(expected);
  const sbom = sbomIn(end);
  expect(cycloneDxErrors(sbom)).toEqual([]);
  expect(sbom).toMatchObject({
    metadata: {
      timestamp: NEW_TIME,
      component: {
        version: NEW_DIGEST,
        purl: `pkg:oci/alpine@${NEW_DIGEST}?arch=amd64&repository_url=docker.io%2Flibrary%2Falpine`,
      },
    },
    components: [
      { name: 'openssl', purl: 'pkg:deb/debian/openssl@3.0.1%2B1' },
      { name: 'zlib', purl: 'pkg:deb/debian/zlib@1.3' },
    ],
  });
});

test.concurrent('two runs on one row give one SBOM', async () => {
  const one = await gate(scanOf({}), { 'severity-cutoff': 'critical' });
  const [group] = packages;
  const reversed = [{ ...group, pkgs: group?.pkgs.toReversed() }];
  const other = await gate(scanOf({ packages: reversed }), { 'severity-cutoff': 'high' });
  expect(sbomIn(other)).toEqual(sbomIn(one));
});

test.concurrent.each([
  ['packages are not listed', { packages: undefined }, [/No SBOM of .*does not list the packages/]],
  [
    'packages are of an unexpected form',
    { packages: [{ pkgsType: 'package', pkgs: 'none' }] },
    [/No SBOM/, /packages/],
  ],
  [
    'the digest is not proven',
    { repoDigests: null },
    [/No SBOM of .*does not prove the digest/, /no single digest/],
  ],
])('there is none, and the verdict is the same, if %s', async (_what, row, warns) => {
  const end = await gate(scanOf(row), { 'severity-cutoff': 'critical' });
  expect(verdictOf(end)).toBe('0 passed scan-completed');
  expect(end.outputs['sbom-path']).toBe('');
  expect(commands(end).filter((line) => line.startsWith('::warning'))).toEqual(
    warns.map((words) => expect.stringMatching(words)),
  );
});
