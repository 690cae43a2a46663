import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeOpenVex } from '../../../src/config/decision-files/openvex.ts';
import { VEX_JUSTIFICATIONS, VEX_STATUSES } from '../../../src/policy/waivers/decisions/vex-statement.ts';
import {
  accepts,
  openssl,
  reviewed,
  statement,
  vexDocument,
  vulnerability,
} from '../../policy/waivers/decisions/builders.ts';
import { openVexErrors } from './openvex-schema.ts';

const text = fc.string({ minLength: 1, maxLength: 12 });
const component = fc.record(
  {
    '@id': fc.constantFrom(
      'pkg:oci/app',
      'pkg:deb/debian/openssl@3.0.1',
      'https://example.com/x',
      'pkg:npm/a<1',
    ),
    identifiers: fc.record({ purl: text }),
    hashes: fc.record({ 'sha-256': text }),
  },
  { requiredKeys: ['@id'] },
);
const anyStatement = fc
  .record({
    vulnerability: fc.record({ name: text, aliases: fc.uniqueArray(text, { maxLength: 2 }) }),
    status: fc.constantFrom(...VEX_STATUSES),
    justification: fc.constantFrom(...VEX_JUSTIFICATIONS),
    products: fc.uniqueArray(
      fc.record(
        {
          '@id': fc.constantFrom('pkg:oci/app', 'registry.example.com/team/app'),
          subcomponents: fc.uniqueArray(component, { maxLength: 2, selector: JSON.stringify }),
        },
        { requiredKeys: ['@id'] },
      ),
      { maxLength: 2, selector: JSON.stringify },
    ),
  })
  .map((made) => ({ ...made, action_statement: 'update' }));

describe('OpenVEX', () => {
  test('that is valid by its schema is always read, without an unknown member', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyStatement, { minLength: 1, maxLength: 3, selector: JSON.stringify }),
        (statements) => {
          const json = {
            '@context': 'https://openvex.dev/ns/v0.2.0',
            '@id': 'https://example.com/vex/1',
            author: 'a',
            timestamp: '2026-11-29T12:00:00Z',
            version: 1,
            statements,
          };
          expect(openVexErrors(json)).toEqual([]);
          expect(decodeOpenVex(json).unknownMembers).toEqual([]);
        },
      ),
    );
  });
});

/**
 * The result of go-vex, the library of Trivy and Grype, for an identifier of a statement and a thing
 * (TestComponentMatches and TestProductMatches in github.com/openvex/go-vex, pkg/vex), and the result for the same
 * pair here.
 */
describe('identifiers as go-vex has them', () => {
  const curl = reviewed({
    distribution: { name: 'wolfi', version: '20230201', release: undefined },
    packages: [
      openssl({
        type: 'package',
        name: 'curl',
        version: '8.1.2-r0',
        purl: 'pkg:apk/wolfi/curl@8.1.2-r0',
        binaryNames: [],
      }),
    ],
    findings: [vulnerability({ packageName: 'curl', packageVersion: '8.1.2-r0' })],
  });
  const digest = `sha256:47fed8868b46b060efb8699dc40e981a0c785650223e03602d8c4493fc75b68c` as const;
  const image = reviewed({
    image: { ...reviewed().image, repository: 'curl' },
    digests: [digest],
  });
  const by = (product: object, target = curl) =>
    accepts([vexDocument([statement({ products: [product] })])], target);

  test.each([
    ['the same package', { identifiers: { purl: 'pkg:apk/wolfi/curl@8.1.2-r0?arch=x86_64' } }, curl, true],
    ['a package without a version', { identifiers: { purl: 'pkg:apk/wolfi/curl' } }, curl, true],
    ['another version', { '@id': 'pkg:apk/wolfi/curl@8.1.2-r1' }, curl, false],
    ['an image without a digest', { identifiers: { purl: 'pkg:oci/curl' } }, image, true],
    ['an image with its digest', { '@id': `pkg:oci/curl@${digest.replace(':', '%3A')}` }, image, true],
    [
      'an image with a digest that is not proven',
      { '@id': `pkg:oci/curl@sha256:${'0'.repeat(64)}` },
      image,
      false,
    ],
    ['a hash of the image', { hashes: { 'sha-256': digest.slice(7) } }, image, true],
    ['another hash', { hashes: { 'sha-256': '0'.repeat(64) } }, image, false],
    [
      'an image with a component',
      { '@id': 'pkg:oci/curl', subcomponents: [{ '@id': 'pkg:deb/debian/openssl@3.0.1' }] },
      image,
      true,
    ],
    [
      'an image with several components',
      {
        '@id': 'pkg:oci/curl',
        subcomponents: [{ '@id': 'pkg:apk/alpine/libssl' }, { '@id': 'pkg:deb/debian/openssl' }],
      },
      image,
      true,
    ],
    ['an image with an empty list of components', { '@id': 'pkg:oci/curl', subcomponents: [] }, image, true],
  ] as const)('%s', (_what, product, target, expected) => {
    expect(by(product, target)).toBe(expected);
  });

  test.each([
    ['an identifier of its own kind', { identifiers: { customIdentifier: 'curl' } }, curl],
    [
      'a hash that is not that of an image',
      { hashes: { sha1: '77d86e9752cb933569dfa1f693ee4338e65b28b4' } },
      image,
    ],
    ['an address', { '@id': 'https://example.com/document.spdx.json#node' }, image],
  ])('but not %s, which the report does not have', (_what, product, target) => {
    expect(by(product, target)).toBe(false);
  });
});
