import { decodeOpenVex } from '../../../../src/config/decision-files/openvex.ts';
import type { DecisionBook, VexFile } from '../../../../src/policy/waivers/decisions/decision-book.ts';
import type { ReviewedImage } from '../../../../src/policy/waivers/decisions/reviewed-image.ts';
import { reviewStatements } from '../../../../src/policy/waivers/decisions/vex-review.ts';
import type { Finding } from '../../../../src/scan/finding.ts';
import type { ReportedPackage } from '../../../../src/scan/package.ts';
import { finding } from '../../../builders/finding.ts';

export const DIGEST = `sha256:${'a'.repeat(64)}` as const;
export const OTHER_DIGEST = `sha256:${'b'.repeat(64)}` as const;
export const NOW = Date.parse('2026-11-30T12:00:00Z');
export const DAY_MS = 86_400_000;

/** The package of Debian's openssl, as a recorded Console lists it. */
export function openssl(given: Partial<ReportedPackage> = {}): ReportedPackage {
  return {
    type: 'package',
    name: 'openssl',
    version: '3.0.1',
    purl: 'pkg:deb/debian/openssl@3.0.1',
    path: undefined,
    binaryNames: ['libssl3', 'openssl'],
    licenses: [],
    ...given,
  };
}

/** `registry.example.com/team/app:1.0` on Debian 12.13 for amd64, with one CVE in openssl. */
export function reviewed(given: Partial<ReviewedImage> = {}): ReviewedImage {
  return {
    name: 'registry.example.com/team/app:1.0',
    image: {
      registry: 'registry.example.com',
      repository: 'team/app',
      tag: '1.0',
      digest: undefined,
      scanBy: { tag: '1.0' },
      platform: undefined,
    },
    digests: [DIGEST],
    platform: { os: 'linux', architecture: 'amd64', variant: '' },
    distribution: { name: 'debian', version: '12.13', release: 'bookworm' },
    packages: [openssl()],
    findings: [finding()],
    ...given,
  };
}

/** A statement that CVE-2026-1 does not affect the image, made a day ago. */
export function statement(given: object = {}): object {
  return {
    vulnerability: { name: 'CVE-2026-1' },
    products: [{ '@id': 'registry.example.com/team/app' }],
    status: 'not_affected',
    justification: 'vulnerable_code_not_present',
    ...given,
  };
}

/** A document of one author, made a day ago, with these statements. */
export function vexDocument(statements: readonly object[], given: object = {}): VexFile {
  const json = {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://example.com/vex/1',
    author: 'Example Security',
    timestamp: '2026-11-29T12:00:00Z',
    version: 1,
    statements,
    ...given,
  };
  return { file: 'vex.json', document: decodeOpenVex(json) };
}

/** The review of these files for these images, by default of one document and one image. */
export function review(
  files: readonly VexFile[],
  images: readonly ReviewedImage[] = [reviewed()],
  given: Partial<DecisionBook> = {},
) {
  return reviewStatements(
    { vexFiles: files, ignoreFiles: [], vexMaxAgeMs: 365 * DAY_MS, ...given },
    images,
    NOW,
  );
}

/** True if the only finding of the image is accepted. */
export function accepts(files: readonly VexFile[], image: ReviewedImage = reviewed()): boolean {
  const [only] = image.findings;
  return only !== undefined && review(files, [image]).acceptanceOf(image, only) !== undefined;
}

/** The outcomes of all statements, in the order of files and statements. */
export function outcomes(files: readonly VexFile[], images?: readonly ReviewedImage[]): readonly object[] {
  return [...review(files, images).outcomes.values()];
}

export function vulnerability(given: Partial<Finding> = {}): Finding {
  return finding(given);
}
