import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeOpenVex } from '../../../../src/config/decision-files/openvex.ts';
import {
  accepts,
  DAY_MS,
  DIGEST,
  NOW,
  openssl,
  outcomes,
  review,
  reviewed,
  statement,
  vexDocument,
  vulnerability,
} from './builders.ts';

const APP = 'registry.example.com/team/app';
const at = (daysAgo: number) => new Date(NOW - daysAgo * DAY_MS).toISOString();

describe('a status', () => {
  test.each([
    ['not_affected with a justification', {}, true],
    [
      'not_affected with an impact statement',
      { justification: undefined, impact_statement: 'not built in' },
      true,
    ],
    ['not_affected without either', { justification: undefined }, false],
    ['not_affected with a justification of its own', { justification: 'because' }, false],
    ['not_affected with an empty justification', { justification: '' }, false],
    ['affected', { status: 'affected', action_statement: 'update' }, false],
    ['under_investigation', { status: 'under_investigation' }, false],
    ['fixed for any version of an image', { status: 'fixed' }, false],
    ['fixed with a tag', { status: 'fixed', products: [{ '@id': `${APP}:1.0` }] }, true],
    ['fixed with a digest', { status: 'fixed', products: [{ '@id': `${APP}@${DIGEST}` }] }, true],
    [
      'fixed with a hash',
      { status: 'fixed', products: [{ '@id': APP, hashes: { 'sha-256': DIGEST.slice(7) } }] },
      true,
    ],
    [
      'fixed with a version',
      { status: 'fixed', products: [{ '@id': 'pkg:deb/debian/openssl@3.0.1' }] },
      true,
    ],
    [
      'fixed for any version of a package',
      { status: 'fixed', products: [{ '@id': 'pkg:deb/debian/openssl' }] },
      false,
    ],
    [
      'fixed with the version of a subcomponent',
      {
        status: 'fixed',
        products: [{ '@id': APP, subcomponents: [{ '@id': 'pkg:deb/debian/openssl@3.0.1' }] }],
      },
      true,
    ],
    [
      'fixed for any version of a subcomponent',
      { status: 'fixed', products: [{ '@id': APP, subcomponents: [{ '@id': 'pkg:deb/debian/openssl' }] }] },
      false,
    ],
    [
      'fixed with a version of another product',
      { status: 'fixed', products: [{ '@id': APP }, { '@id': `${APP}:2.0` }] },
      false,
    ],
    ['not_affected of no product', { products: [] }, false],
    ['not_affected with products left out', { products: undefined }, false],
  ])('%s', (_what, given, expected) => {
    expect(accepts([vexDocument([JSON.parse(JSON.stringify(statement(given)))])])).toBe(expected);
  });
});

describe('a time', () => {
  test.each([
    ['of the document', {}, {}, true, undefined],
    ['of the statement alone', { timestamp: at(1) }, { timestamp: undefined }, true, undefined],
    ['at the moment', { timestamp: at(0) }, {}, true, undefined],
    ['of another zone', { timestamp: '2026-11-30T13:00:00+02:00' }, {}, true, undefined],
    ['at the end of its age', { timestamp: at(365) }, {}, true, undefined],
    ['a second too old', { timestamp: at(365 + 1 / 86_400) }, {}, false, 'too-old'],
    ['too old by its document', {}, { timestamp: at(366) }, false, 'too-old'],
    ['a second in the future', { timestamp: at(-1 / 86_400) }, {}, false, 'in-the-future'],
    ['that is absent', {}, { timestamp: undefined }, false, 'undated'],
    ['that cannot be read', { timestamp: 'yesterday' }, {}, false, 'undated'],
    ['that is no day', { timestamp: '2026-02-30T00:00:00Z' }, {}, false, 'undated'],
    ['without a zone', { timestamp: '2026-11-29T12:00:00' }, {}, false, 'undated'],
    ['that is a day alone', { timestamp: '2026-11-29' }, {}, false, 'undated'],
    ['that is a number', { timestamp: 1_764_000_000 }, {}, false, 'undated'],
  ])('%s', (_what, ofStatement, ofDocument, expected, why) => {
    const file = vexDocument(
      [JSON.parse(JSON.stringify(statement(ofStatement)))],
      JSON.parse(JSON.stringify({ timestamp: at(1), ...ofDocument })),
    );
    // A document without a time is what JSON leaves out.
    const documents = [
      'timestamp' in ofDocument && ofDocument.timestamp === undefined
        ? {
            ...file,
            document: decodeOpenVex({
              '@context': 'https://openvex.dev/ns/v0.2.0',
              statements: [statement(ofStatement)],
            }),
          }
        : file,
    ];
    expect(accepts(documents)).toBe(expected);
    if (why !== undefined) expect(outcomes(documents)).toEqual([{ kind: 'void', why }]);
  });

  test('of the oldest statement that is accepted is set by vex-max-age', () => {
    const image = reviewed();
    const [only = vulnerability()] = image.findings;
    const isAccepted = (vexMaxAgeMs: number) =>
      review([vexDocument([statement()])], [image], { vexMaxAgeMs }).acceptanceOf(image, only) !== undefined;
    expect(isAccepted(DAY_MS)).toBe(true);
    expect(isAccepted(DAY_MS - 1)).toBe(false);
  });
});

const affected = { status: 'affected', justification: undefined, action_statement: 'update' };
const investigated = { status: 'under_investigation', justification: undefined };

/** True if statements, each of so many days ago, accept the finding, in either order and in one or two documents. */
function decided(...given: readonly (readonly [number, object])[]): boolean {
  const made = given.map(([daysAgo, each]) =>
    JSON.parse(JSON.stringify(statement({ timestamp: at(daysAgo), ...each }))),
  );
  const inOne = accepts([vexDocument(made)]);
  expect(accepts([vexDocument(made.toReversed())])).toBe(inOne);
  expect(
    accepts(made.map((each, index) => vexDocument([each], { '@id': `https://example.com/${index}` }))),
  ).toBe(inOne);
  return inOne;
}

describe('of several statements', () => {
  const ofPackage = {
    products: [{ '@id': APP, subcomponents: [{ '@id': 'pkg:deb/debian/openssl@3.0.1' }] }],
  };
  const ofTag = { products: [{ '@id': `${APP}:1.0` }] };
  test.each([
    [
      'a newer affected overrides',
      [
        [2, {}],
        [1, affected],
      ],
      false,
    ],
    [
      'a newer under_investigation overrides',
      [
        [2, {}],
        [1, investigated],
      ],
      false,
    ],
    [
      'an older affected is overridden',
      [
        [1, {}],
        [2, affected],
      ],
      true,
    ],
    [
      'a newer affected of the image overrides a package',
      [
        [2, ofPackage],
        [1, affected],
      ],
      false,
    ],
    [
      'a newer affected of a package overrides the image',
      [
        [2, {}],
        [1, { ...affected, ...ofPackage }],
      ],
      false,
    ],
    [
      'a newer not_affected of a package is about it',
      [
        [2, affected],
        [1, ofPackage],
      ],
      true,
    ],
    [
      'a newer affected without a time is the newest',
      [
        [2, {}],
        [1, { ...affected, timestamp: 'unknown' }],
      ],
      false,
    ],
    [
      'a newer affected in the future is the newest',
      [
        [2, {}],
        [-1, affected],
      ],
      false,
    ],
    [
      'a tie that disagrees accepts nothing',
      [
        [1, {}],
        [1, affected],
      ],
      false,
    ],
    [
      'a tie of not_affected and fixed disagrees',
      [
        [1, {}],
        [1, { ...ofTag, status: 'fixed' }],
      ],
      false,
    ],
    [
      'a tie that agrees accepts',
      [
        [1, {}],
        [1, ofPackage],
      ],
      true,
    ],
    [
      'a newer one without justification accepts nothing',
      [
        [2, {}],
        [1, { justification: undefined }],
      ],
      false,
    ],
    [
      'a newer one of another version is about another',
      [
        [2, {}],
        [1, { ...affected, products: [{ '@id': 'pkg:deb/debian/openssl@3.0.2' }] }],
      ],
      true,
    ],
    [
      'a newer one of another image is about another',
      [
        [2, {}],
        [1, { ...affected, products: [{ '@id': 'pkg:oci/other' }] }],
      ],
      true,
    ],
    [
      'a newer affected with a qualifier that cannot be held against anything overrides',
      [
        [2, {}],
        [1, { ...affected, products: [{ '@id': 'pkg:deb/debian/openssl?x=1' }] }],
      ],
      false,
    ],
    [
      'a not_affected in the future does not count',
      [
        [2, {}],
        [-1, {}],
      ],
      true,
    ],
    [
      'a not_affected without a time does not count',
      [
        [2, affected],
        [1, { timestamp: 'unknown' }],
      ],
      false,
    ],
  ] as const)('%s', (_what, statements, expected) => {
    expect(decided(...statements)).toBe(expected);
  });

  test('that say of one time what disagrees, both are named', () => {
    expect(outcomes([vexDocument([statement(), statement({ status: 'affected' })])])).toEqual([
      { kind: 'tie' },
      { kind: 'forbids' },
    ]);
  });

  test('the one that decides is named as used, and the other as overridden', () => {
    expect(outcomes([vexDocument([statement(), statement({ timestamp: at(2) })])])).toEqual([
      { kind: 'used', images: [reviewed().name], findings: 1, endsAtMs: NOW + 364 * DAY_MS },
      { kind: 'overridden' },
    ]);
  });

  test('the order never decides', () => {
    const each = fc.record({
      daysAgo: fc.constantFrom(1, 2, 3),
      given: fc.constantFrom(
        {},
        affected,
        investigated,
        ofPackage,
        { ...affected, ...ofPackage },
        { justification: undefined },
      ),
    });
    fc.assert(
      fc.property(fc.array(each, { minLength: 1, maxLength: 6 }), (list) => {
        decided(...list.map(({ daysAgo, given }) => [daysAgo, given] as const));
      }),
      { numRuns: 60 },
    );
  });

  test('what forbids can never be turned into what accepts by one that is older', () => {
    const each = fc.constantFrom({}, affected, investigated, ofPackage, ofTag);
    fc.assert(
      fc.property(
        fc.array(each, { maxLength: 5 }),
        fc.constantFrom(affected, investigated),
        (older, newest) => {
          expect(decided([1, newest], ...older.map((given, index) => [2 + index, given] as const))).toBe(
            false,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('why a finding is not accepted', () => {
  const why = (...given: readonly object[]) => {
    const image = reviewed();
    const [only = vulnerability()] = image.findings;
    const statements: readonly object[] = JSON.parse(JSON.stringify(given.map((each) => statement(each))));
    return review([vexDocument(statements)], [image]).nearMissOf(image, only)?.why;
  };
  test.each([
    ['is too old', [{ timestamp: at(400) }], 'too-old'],
    ['has no justification', [{ justification: undefined }], 'unjustified'],
    ['has no version', [{ status: 'fixed' }], 'fixed-without-version'],
    ['disagrees with another', [{}, affected], 'tie'],
    ['is overridden', [{ timestamp: at(2) }, { ...affected, timestamp: at(1) }], 'forbidden'],
    ['was never one that accepts', [affected], undefined],
    ['accepts it', [{}], undefined],
    ['is about another image', [{ products: [{ '@id': 'pkg:oci/other' }], timestamp: at(400) }], undefined],
  ])('is that its statement %s', (_what, given, expected) => {
    expect(why(...given)).toBe(expected);
  });
});

describe('of documents with one @id', () => {
  const forbidding = { ...affected, timestamp: at(1) };
  test('the highest version counts, whatever the times', () => {
    const old = vexDocument([JSON.parse(JSON.stringify(statement(forbidding)))], { version: 1 });
    const current = vexDocument([statement({ timestamp: at(9) })], { version: 2 });
    expect(accepts([old, current])).toBe(true);
    expect(accepts([current, old])).toBe(true);
    expect(outcomes([old, current])).toContainEqual({ kind: 'void', why: 'superseded' });
  });

  test('a statement that a higher version does not have any more is withdrawn', () => {
    const old = vexDocument([statement()], { version: 1 });
    expect(accepts([old, vexDocument([], { version: 2 })])).toBe(false);
  });

  test('two of one version count both', () => {
    const one = vexDocument([statement()]);
    expect(accepts([one, vexDocument([JSON.parse(JSON.stringify(statement(affected)))])])).toBe(false);
  });

  test('two without @id replace each other never', () => {
    const old = vexDocument([statement()], { version: 1, '@id': '' });
    expect(accepts([old, vexDocument([], { version: 2, '@id': '' })])).toBe(true);
  });
});

describe('a document', () => {
  test('has members that are not known, which are named, and its own, which are not', () => {
    const { document } = vexDocument([statement({ expires: '2026-12-31', _mine: 1 })], {
      _own: 1,
      signature: 'x',
    });
    expect(document.unknownMembers).toEqual(['signature', 'statements[0].expires']);
    expect(accepts([vexDocument([statement({ expires: '2026-12-31' })])])).toBe(true);
  });

  test.each([
    ['statements are missing', { '@context': 'x' }],
    ['statements are an object', { statements: {} }],
    ['a statement is a text', { statements: ['CVE-2026-1'] }],
    ['a statement has no vulnerability', { statements: [{ status: 'fixed' }] }],
    [
      'a vulnerability is a text, as in older versions',
      { statements: [{ vulnerability: 'CVE-2026-1', status: 'fixed' }] },
    ],
    ['a vulnerability has no name', { statements: [statement({ vulnerability: {} })] }],
    ['a status is missing', { statements: [{ vulnerability: { name: 'CVE-2026-1' } }] }],
    ['a status is none', { statements: [statement({ status: 'resolved' })] }],
    ['products are an object', { statements: [statement({ products: {} })] }],
    ['a product is a text, as in older versions', { statements: [statement({ products: ['pkg:oci/app'] })] }],
    [
      'subcomponents are null',
      { statements: [statement({ products: [{ '@id': APP, subcomponents: null }] })] },
    ],
    [
      'subcomponents are texts',
      { statements: [statement({ products: [{ '@id': APP, subcomponents: ['x'] }] })] },
    ],
    ['a version is a text', { version: '2', statements: [] }],
    ['a version is a fraction', { version: 1.5, statements: [] }],
    ['an alias is a number', { statements: [statement({ vulnerability: { name: 'x', aliases: [1] } })] }],
  ])('of which %s is refused', (_what, json) => {
    expect(() => decodeOpenVex(json)).toThrow();
  });
});

test('a newer affected with a subcomponent that cannot be read forbids, whatever else it names', () => {
  const subcomponents = [{ '@id': 'https://example.com/lib' }, { '@id': 'pkg:deb/debian/zlib' }];
  const newer = { ...affected, timestamp: at(1), products: [{ '@id': APP, subcomponents }] };
  // The first finding is compared with every statement, the second only with those that may be about it.
  const findings = [vulnerability({ packageName: 'zlib', packageVersion: '1' }), vulnerability()];
  const packages = [openssl(), openssl({ name: 'zlib', version: '1', purl: 'pkg:deb/debian/zlib@1' })];
  const image = reviewed({ findings, packages });
  const { acceptanceOf } = review(
    [vexDocument([statement({ timestamp: at(2) }), JSON.parse(JSON.stringify(statement(newer)))])],
    [image],
  );
  expect(findings.map((finding) => acceptanceOf(image, finding))).toEqual([undefined, undefined]);
});

test('67,000 statements are compared with a large report without a product of both', () => {
  const count = 67_000;
  const statements = Array.from({ length: count }, (_, index) =>
    statement({
      vulnerability: { name: `CVE-2020-${index}` },
      products: [{ '@id': 'pkg:oci/app', subcomponents: [{ '@id': `pkg:deb/debian/p${index % 500}@1` }] }],
    }),
  );
  const findings = Array.from({ length: 5_000 }, (_, index) =>
    vulnerability({ id: `CVE-2020-${index}`, packageName: `p${index % 500}`, packageVersion: '1' }),
  );
  const packages = Array.from({ length: 500 }, (_, index) =>
    openssl({ name: `p${index}`, version: '1', purl: `pkg:deb/debian/p${index}@1`, binaryNames: [] }),
  );
  const image = reviewed({ findings, packages });
  const { acceptanceOf } = review([vexDocument(statements)], [image]);
  expect(findings.filter((finding) => acceptanceOf(image, finding) !== undefined)).toHaveLength(5_000);
});
