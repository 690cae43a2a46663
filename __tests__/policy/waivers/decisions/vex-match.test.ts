import { describe, expect, test } from '@jest/globals';
import { complianceIssue } from '../../builders.ts';
import {
  accepts,
  DIGEST,
  OTHER_DIGEST,
  openssl,
  outcomes,
  reviewed,
  statement,
  vexDocument,
  vulnerability,
} from './builders.ts';

/** True if a statement with these products accepts the finding of the image. */
function acceptsBy(products: readonly object[], image = reviewed()): boolean {
  return accepts([vexDocument([statement({ products })])], image);
}

describe('an image is named', () => {
  const hub = reviewed({
    image: { ...reviewed().image, registry: '', repository: 'library/debian', tag: '12' },
  });
  test.each([
    ['by reference', 'registry.example.com/team/app'],
    ['by reference with its tag', 'registry.example.com/team/app:1.0'],
    ['by reference with its digest', `registry.example.com/team/app@${DIGEST}`],
    ['by reference with both', `registry.example.com/team/app:1.0@${DIGEST}`],
    ['by pkg:oci alone', 'pkg:oci/app'],
    ['by pkg:oci and its digest', `pkg:oci/app@${DIGEST}`],
    ['by pkg:oci and its escaped digest', `pkg:oci/app@${DIGEST.replace(':', '%3A')}`],
    ['by pkg:oci with the whole repository', 'pkg:oci/app?repository_url=registry.example.com/team/app'],
    ['by pkg:oci with the repository but its name', 'pkg:oci/app?repository_url=registry.example.com/team'],
    ['by pkg:oci with an escaped repository', 'pkg:oci/app?repository_url=registry.example.com%2Fteam%2Fapp'],
    ['by pkg:oci with a scheme', 'pkg:oci/app?repository_url=https://registry.example.com/team/app/'],
    ['by pkg:oci with its tag', 'pkg:oci/app?repository_url=registry.example.com/team/app&tag=1.0'],
    ['by pkg:oci with its architecture', 'pkg:oci/app?arch=amd64'],
    ['by pkg:oci with an alias of its architecture', 'pkg:oci/app?arch=x86_64'],
    ['by pkg:docker with its host', 'pkg:docker/team/app?repository_url=registry.example.com'],
    ['by pkg:docker with its tag', 'pkg:docker/team/app@1.0?repository_url=registry.example.com'],
    ['by pkg:docker with its digest', `pkg:docker/team/app@${DIGEST}?repository_url=registry.example.com`],
    [
      'by pkg:docker with its platform',
      'pkg:docker/team/app?repository_url=registry.example.com&platform=linux%2Famd64',
    ],
  ])('%s', (_how, id) => {
    expect(acceptsBy([{ '@id': id }])).toBe(true);
    expect(acceptsBy([{ identifiers: { purl: id } }])).toBe(id.startsWith('pkg:') || id.includes('/'));
    expect(accepts([vexDocument([statement({ products: [{ '@id': 'other' }, { '@id': id }] })])])).toBe(true);
  });

  test.each([
    ['pkg:docker without a registry', 'pkg:docker/debian'],
    ['pkg:docker with library', 'pkg:docker/library/debian@12'],
    ['a reference with docker.io', 'docker.io/library/debian:12'],
    ['a reference without library', 'docker.io/debian'],
    ['another name of Docker Hub', 'pkg:oci/debian?repository_url=index.docker.io/library/debian'],
    ['pkg:oci without library', 'pkg:oci/debian?repository_url=docker.io/debian'],
  ])('on Docker Hub by %s', (_how, id) => {
    expect(acceptsBy([{ '@id': id }], hub)).toBe(true);
  });

  test.each([
    ['by its hash', { hashes: { 'sha-256': DIGEST.slice(7) } }],
    ['by its hash in capitals', { hashes: { 'sha-256': DIGEST.slice(7).toUpperCase() } }],
    [
      'by its hash beside a page',
      { '@id': 'https://example.com/app', hashes: { 'sha-256': DIGEST.slice(7) } },
    ],
  ])('%s', (_how, product) => {
    expect(acceptsBy([product])).toBe(true);
  });

  test('by a digest that is proven otherwise, such as that of its index', () => {
    expect(
      acceptsBy([{ '@id': `pkg:oci/app@${OTHER_DIGEST}` }], reviewed({ digests: [DIGEST, OTHER_DIGEST] })),
    ).toBe(true);
  });
});

describe('another image is named', () => {
  test.each([
    ['by another name', 'registry.example.com/team/other', 'other-image'],
    ['by another registry', 'registry.example.org/team/app', 'other-image'],
    ['by a part of its name', 'registry.example.com/team/ap', 'other-image'],
    ['by pkg:docker on Docker Hub', 'pkg:docker/team/app', 'other-image'],
    [
      'by pkg:oci in another repository',
      'pkg:oci/app?repository_url=registry.example.com/other',
      'other-image',
    ],
    ['by another tag', 'registry.example.com/team/app:2.0', 'other-tag'],
    ['by another tag of pkg:oci', 'pkg:oci/app?tag=2.0', 'other-tag'],
    ['by another digest', `registry.example.com/team/app@${OTHER_DIGEST}`, 'other-digest'],
    ['by another digest of pkg:oci', `pkg:oci/app@${OTHER_DIGEST}`, 'other-digest'],
    ['by its tag and another digest', `registry.example.com/team/app:1.0@${OTHER_DIGEST}`, 'other-digest'],
    ['by another architecture', 'pkg:oci/app?arch=arm64', 'qualifier'],
    [
      'by another platform',
      'pkg:docker/team/app?repository_url=registry.example.com&platform=linux/arm64',
      'qualifier',
    ],
    [
      'by a qualifier that nothing can be held against',
      'pkg:oci/app?vcs_url=https://example.com',
      'qualifier',
    ],
    ["by Docker's qualifier in pkg:oci", 'pkg:oci/app?platform=linux/amd64', 'qualifier'],
    ['by pkg:oci with a version that is no digest', 'pkg:oci/app@1.0', 'unreadable-product'],
    ['by a name without a host', 'team/app', 'unreadable-product'],
    ['by a page', 'https://example.com/app', 'unreadable-product'],
    ['by a package URL that is none', 'pkg:npm/glob<11.1', 'unreadable-product'],
    ['by nothing', '', 'unreadable-product'],
  ])('%s', (_how, id, miss) => {
    expect(acceptsBy([{ '@id': id }])).toBe(false);
    expect(outcomes([vexDocument([statement({ products: [{ '@id': id }] })])])).toEqual([
      { kind: 'unmatched', miss: expect.objectContaining({ kind: miss }) },
    ]);
  });

  test.each([
    ['a hash beside a name', { '@id': 'pkg:oci/app', hashes: { 'sha-256': OTHER_DIGEST.slice(7) } }],
    [
      'a hash of an algorithm that no digest has',
      { '@id': 'pkg:oci/app', hashes: { 'sha-512': 'c'.repeat(128) } },
    ],
    [
      'a digest in one of two identifiers',
      { '@id': 'pkg:oci/app', identifiers: { purl: `pkg:oci/app@${OTHER_DIGEST}` } },
    ],
    [
      'a member that is not known',
      { '@id': 'pkg:oci/app', subcomponent: [{ '@id': 'pkg:deb/debian/curl' }] },
    ],
    [
      'a package and an image at once',
      { '@id': 'pkg:oci/app', identifiers: { purl: 'pkg:deb/debian/openssl' } },
    ],
    ['a CPE', { identifiers: { cpe23: 'cpe:2.3:a:openssl:openssl:3.0.1:*:*:*:*:*:*:*' } }],
  ])('or none, by %s', (_how, product) => {
    expect(acceptsBy([product])).toBe(false);
  });

  test('if no digest is proven, no digest is the one', () => {
    expect(acceptsBy([{ '@id': `pkg:oci/app@${DIGEST}` }], reviewed({ digests: [] }))).toBe(false);
  });

  test('if the platform is not known, no architecture is the one', () => {
    expect(acceptsBy([{ '@id': 'pkg:oci/app?arch=amd64' }], reviewed({ platform: undefined }))).toBe(false);
  });

  test('if the image was given without a tag, no tag is the one', () => {
    const image = { ...reviewed().image, tag: undefined, scanBy: { digest: DIGEST } };
    expect(acceptsBy([{ '@id': 'registry.example.com/team/app:1.0' }], reviewed({ image }))).toBe(false);
  });
});

const APP = 'registry.example.com/team/app';

describe('a package is named', () => {
  test.each([
    ['without a version', 'pkg:deb/debian/openssl'],
    ['with its version', 'pkg:deb/debian/openssl@3.0.1'],
    ['by a binary package', 'pkg:deb/debian/libssl3@3.0.1'],
    ['with its architecture', 'pkg:deb/debian/openssl@3.0.1?arch=amd64'],
    ['with an alias of its architecture', 'pkg:deb/debian/openssl@3.0.1?arch=x86_64'],
    ['for all architectures', 'pkg:deb/debian/openssl@3.0.1?arch=all'],
    ['with a shorter version of its system', 'pkg:deb/debian/openssl?distro=debian-12'],
    ['with the whole version of its system', 'pkg:deb/debian/openssl?distro=debian-12.13'],
    ['with the name of its release', 'pkg:deb/debian/openssl?distro=bookworm'],
    ['with the version of its system alone', 'pkg:deb/debian/openssl?distro=12'],
    ["with Docker's qualifiers", 'pkg:deb/debian/openssl?os_name=debian&os_version=12&os_distro=bookworm'],
    ['with its source', 'pkg:deb/debian/libssl3@3.0.1?upstream=openssl'],
    ['with its source and version', 'pkg:deb/debian/libssl3@3.0.1?upstream=openssl%403.0.1'],
    ['with no epoch', 'pkg:deb/debian/openssl@3.0.1?epoch=0'],
    ['in capitals, where the type has none', 'pkg:deb/Debian/OpenSSL@3.0.1'],
  ])('%s', (_how, id) => {
    expect(acceptsBy([{ '@id': APP, subcomponents: [{ '@id': id }] }])).toBe(true);
    expect(acceptsBy([{ '@id': APP, subcomponents: [{ identifiers: { purl: id } }] }])).toBe(true);
    expect(acceptsBy([{ '@id': id }])).toBe(true);
    expect(
      acceptsBy([{ '@id': APP, subcomponents: [{ '@id': 'pkg:deb/debian/zlib' }, { '@id': id }] }]),
    ).toBe(true);
  });

  test.each([
    ['an epoch before the colon', '1:2.4.47-2', 'pkg:deb/debian/openssl@1:2.4.47-2'],
    ['an escaped epoch', '1:2.4.47-2', 'pkg:deb/debian/openssl@1%3A2.4.47-2'],
    ['an epoch as a qualifier', '1:2.4.47-2', 'pkg:deb/debian/openssl@2.4.47-2?epoch=1'],
    ['a plus', '2.4.47-2+deb12u1', 'pkg:deb/debian/openssl@2.4.47-2%2Bdeb12u1'],
    ['a tilde', '2.4.47~rc1', 'pkg:deb/debian/openssl@2.4.47%7Erc1'],
  ])('whose version has %s', (_what, version, id) => {
    const image = reviewed({
      packages: [openssl({ version, purl: `pkg:deb/debian/openssl@${version}` })],
      findings: [vulnerability({ packageVersion: version })],
    });
    expect(acceptsBy([{ '@id': id }], image)).toBe(true);
  });

  test.each([
    ['of another type', 'pkg:apk/debian/openssl@3.0.1', 'no-such-package'],
    ['of another namespace', 'pkg:deb/ubuntu/openssl@3.0.1', 'no-such-package'],
    ['without the namespace', 'pkg:deb/openssl@3.0.1', 'no-such-package'],
    ['of another name', 'pkg:deb/debian/libssl@3.0.1', 'no-such-package'],
    ['of another version', 'pkg:deb/debian/openssl@3.0.2', 'other-version'],
    ['of the beginning of its version', 'pkg:deb/debian/openssl@3.0', 'other-version'],
    ['of another epoch', 'pkg:deb/debian/openssl@1:3.0.1', 'other-version'],
    ['of another epoch as a qualifier', 'pkg:deb/debian/openssl@3.0.1?epoch=1', 'other-version'],
    ['of an epoch alone', 'pkg:deb/debian/openssl?epoch=1', 'qualifier'],
    ['for another architecture', 'pkg:deb/debian/openssl?arch=arm64', 'qualifier'],
    ['as a source', 'pkg:deb/debian/openssl?arch=source', 'qualifier'],
    ['of another release', 'pkg:deb/debian/openssl?distro=debian-11', 'qualifier'],
    ['of a beginning that is no number', 'pkg:deb/debian/openssl?distro=debian-1', 'qualifier'],
    ['of a longer version of the system', 'pkg:deb/debian/openssl?distro=debian-12.13.1', 'qualifier'],
    ['of another system', 'pkg:deb/debian/openssl?os_name=ubuntu', 'qualifier'],
    ['of another version of the system', 'pkg:deb/debian/openssl?os_version=11', 'qualifier'],
    ['of another name of the release', 'pkg:deb/debian/openssl?os_distro=bullseye', 'qualifier'],
    ['of another source', 'pkg:deb/debian/libssl3?upstream=openssl3', 'qualifier'],
    ['with any other qualifier', 'pkg:deb/debian/openssl@3.0.1?repository_url=deb.debian.org', 'qualifier'],
    ['with a path in it', 'pkg:deb/debian/openssl@3.0.1#lib', 'qualifier'],
  ])('but another one: %s', (_how, id, miss) => {
    const products = [{ '@id': APP, subcomponents: [{ '@id': id }] }];
    expect(acceptsBy(products)).toBe(false);
    expect(acceptsBy([{ '@id': id }])).toBe(false);
    expect(outcomes([vexDocument([statement({ products })])])).toEqual([
      { kind: 'unmatched', miss: expect.objectContaining({ kind: miss }) },
    ]);
  });

  test.each([
    ['the version of the system is not known', { version: undefined }, 'distro=debian-12'],
    [
      'the system is not known',
      { name: undefined, version: undefined, release: undefined },
      'distro=debian-12',
    ],
    [
      'the system is not known to Docker',
      { name: undefined, version: undefined, release: undefined },
      'os_name=debian',
    ],
    ['its version is not known to Docker', { version: undefined }, 'os_version=12'],
    ['its release is not known to Docker', { release: undefined }, 'os_distro=bookworm'],
  ])('with a qualifier of which %s', (_what, distribution, qualifier) => {
    const image = reviewed({ distribution: { ...reviewed().distribution, ...distribution } });
    expect(acceptsBy([{ '@id': `pkg:deb/debian/openssl?${qualifier}` }], image)).toBe(false);
  });

  test.each([
    ['the row has no packages', undefined, 'no-package-url'],
    ['the row does not list it', [], 'no-package-url'],
    ['it has no URL', [openssl({ purl: undefined })], 'no-package-url'],
    ['its URL cannot be read', [openssl({ purl: 'pkg:deb/' })], 'no-package-url'],
    ['it is of another type than the finding', [openssl({ type: 'python' })], 'no-package-url'],
    [
      'two of its type differ',
      [openssl(), openssl({ purl: 'pkg:deb/ubuntu/openssl@3.0.1' })],
      'ambiguous-package',
    ],
    ['one of two has no URL', [openssl(), openssl({ purl: undefined })], 'ambiguous-package'],
  ])('and accepts nothing if %s', (_why, packages, miss) => {
    const image = reviewed({ packages });
    const products = [{ '@id': 'pkg:deb/debian/openssl@3.0.1' }];
    expect(acceptsBy(products, image)).toBe(false);
    expect(outcomes([vexDocument([statement({ products })])], [image])).toEqual([
      { kind: 'unmatched', miss: { kind: miss } },
    ]);
  });

  test.each([
    ['two differ in their type', [openssl({ type: 'python', purl: 'pkg:pypi/openssl@3.0.1' }), openssl()]],
    ['one is there at two paths', [openssl({ path: '/a' }), openssl({ path: '/b' })]],
    ['neither names a type', [openssl({ type: undefined })]],
  ])('and is distinguished from others if %s', (_why, packages) => {
    expect(acceptsBy([{ '@id': 'pkg:deb/debian/openssl@3.0.1' }], reviewed({ packages }))).toBe(true);
  });

  test('in another package, which needs a tree of dependencies', () => {
    const products = [
      { '@id': 'pkg:deb/debian/openssl', subcomponents: [{ '@id': 'pkg:deb/debian/openssl' }] },
    ];
    expect(outcomes([vexDocument([statement({ products })])])).toEqual([
      { kind: 'unmatched', miss: { kind: 'needs-dependency-tree' } },
    ]);
  });

  test.each([
    ['an empty list of subcomponents is the whole image', [], true],
    ['a subcomponent that cannot be read is nothing', [{ '@id': 'https://example.com/openssl' }], false],
    ['a subcomponent without anything is nothing', [{}], false],
  ])('%s', (_what, subcomponents, expected) => {
    expect(acceptsBy([{ '@id': APP, subcomponents }])).toBe(expected);
  });
});

describe('a vulnerability is named', () => {
  test.each([
    ['by its name', { name: 'CVE-2026-1' }],
    ['by its name in another case', { name: 'cve-2026-1' }],
    ['by an alias', { name: 'GHSA-aaaa-bbbb-cccc', aliases: ['CVE-2026-2', 'CVE-2026-1'] }],
  ])('%s', (_how, named) => {
    expect(accepts([vexDocument([statement({ vulnerability: named })])])).toBe(true);
  });

  test.each([
    ['by the beginning of a name', { name: 'CVE-2026-11' }],
    ['by an address', { '@id': 'https://nvd.nist.gov/vuln/detail/CVE-2026-1', name: 'other' }],
  ])('not %s', (_how, named) => {
    expect(accepts([vexDocument([statement({ vulnerability: named })])])).toBe(false);
  });

  test('and a compliance issue with the title of one is none', () => {
    const issue = complianceIssue({ id: 'CVE-2026-1', hasOwnId: true, title: 'CVE-2026-1' });
    expect(accepts([vexDocument([statement()])], reviewed({ findings: [issue] }))).toBe(false);
  });

  test('and a vulnerability whose title is a name has none', () => {
    const untitled = vulnerability({ id: 'CVE-2026-1', hasOwnId: false });
    expect(accepts([vexDocument([statement()])], reviewed({ findings: [untitled] }))).toBe(false);
  });
});
