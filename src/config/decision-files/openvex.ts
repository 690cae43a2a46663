import type { JsonObject } from '../../http/decode.ts';
import {
  combinedProduct,
  type ImageProduct,
  imageProductOf,
} from '../../policy/waivers/decisions/image-product.ts';
import { type PackageUrl, parsePackageUrl } from '../../policy/waivers/decisions/package-url.ts';
import {
  VEX_JUSTIFICATIONS,
  VEX_STATUSES,
  type VexComponent,
  type VexDocument,
  type VexJustification,
  type VexProduct,
  type VexStatement,
  type VexStatus,
  type VexTime,
} from '../../policy/waivers/decisions/vex-statement.ts';
import { sanitize, sanitizeWhole } from '../../text/sanitize.ts';
import { FileMistake } from './file-mistake.ts';
import { MemberReader, type Place } from './member-reader.ts';

/** The `@context` of the only supported version. */
export const OPENVEX_CONTEXT = 'https://openvex.dev/ns/v0.2.0';

const IDENTIFIED = {
  '@id': 'value',
  identifiers: { purl: 'value', cpe22: 'value', cpe23: 'value' },
  hashes: {},
} as const;

/** Every member that affects a decision: other programs have to read the same values. */
export const OPENVEX_MEMBERS = {
  '@context': 'value',
  '@id': 'value',
  author: 'value',
  timestamp: 'value',
  version: 'value',
  statements: {
    vulnerability: { name: 'value', aliases: 'value' },
    timestamp: 'value',
    status: 'value',
    justification: 'value',
    impact_statement: 'value',
    products: { ...IDENTIFIED, subcomponents: IDENTIFIED },
  },
} as const;

const IN_DOCUMENT = [
  '@context',
  '@id',
  'author',
  'role',
  'timestamp',
  'last_updated',
  'version',
  'tooling',
  'statements',
];
const IN_STATEMENT = [
  '@id',
  'version',
  'vulnerability',
  'timestamp',
  'last_updated',
  'products',
  'status',
  'supplier',
  'status_notes',
  'justification',
  'impact_statement',
  'action_statement',
  'action_statement_timestamp',
];
const IN_VULNERABILITY = ['@id', 'name', 'description', 'aliases'];
const IN_COMPONENT = ['@id', 'identifiers', 'hashes', 'supplier'];

/**
 * Reads members and identifiers, with a cache: a hub names the same few images and packages in thousands of
 * statements.
 */
class VexReader extends MemberReader {
  readonly #urls = new Map<string, PackageUrl | undefined>();
  readonly #images = new Map<string, ImageProduct | undefined>();

  url(identifier: string): PackageUrl | undefined {
    if (!this.#urls.has(identifier)) this.#urls.set(identifier, parsePackageUrl(identifier));
    return this.#urls.get(identifier);
  }

  image(identifier: string): ImageProduct | undefined {
    if (!this.#images.has(identifier)) this.#images.set(identifier, imageProductOf(identifier));
    return this.#images.get(identifier);
  }
}

const DOCUMENT: Place = () => '';

/**
 * Reads an OpenVEX document of version 0.2.0. A statement without effect (a status without its justification, a
 * product that is not a package URL) is kept, and accepts nothing; anything that is not a statement throws a
 * `FileMistake`.
 */
export function decodeOpenVex(json: JsonObject): VexDocument {
  const reader = new VexReader();
  reader.expect(json, DOCUMENT, IN_DOCUMENT);
  const time = timeIn(json.timestamp);
  const statements = reader.list(json, 'statements', DOCUMENT);
  return {
    id: reader.text(json, '@id', DOCUMENT),
    author: optionalLine(reader.text(json, 'author', DOCUMENT)),
    version: versionIn(json.version),
    statements: (statements ?? missing('statements')).map((each, index) =>
      statementOf(each, index, time, reader),
    ),
    unknownMembers: reader.unknown,
  };
}

function missing(member: string): never {
  throw new FileMistake(`it has no ${member}`);
}

function versionIn(version: unknown): number | undefined {
  if (version === undefined) return undefined;
  if (typeof version === 'number' && Number.isSafeInteger(version) && version >= 0) return version;
  throw new FileMistake('its version is not a whole number');
}

function statementOf(
  json: JsonObject,
  index: number,
  inherited: VexTime | undefined,
  reader: VexReader,
): VexStatement {
  const at = () => `statements[${index}]`;
  const inside = () => `${at()}.vulnerability`;
  reader.expect(json, at, IN_STATEMENT);
  const vulnerability = reader.object(json, 'vulnerability', at) ?? missing(`vulnerability in ${at()}`);
  reader.expect(vulnerability, inside, IN_VULNERABILITY);
  const name = reader.text(vulnerability, 'name', inside) ?? missing(`${inside()}.name`);
  const aliases = reader.texts(vulnerability, 'aliases', inside);
  return {
    number: index + 1,
    vulnerability: sanitize(name),
    ids: [...new Set([name, ...aliases].map((id) => sanitizeWhole(id).toLowerCase()))].filter(
      (id) => id !== '',
    ),
    status: statusIn(reader.text(json, 'status', at), at),
    justification: justificationIn(reader.text(json, 'justification', at)),
    impactStatement: optionalLine(reader.text(json, 'impact_statement', at)),
    // An unreadable time is not replaced by the document's, which may be newer.
    time: json.timestamp === undefined ? inherited : timeIn(json.timestamp),
    products: (reader.list(json, 'products', at) ?? []).map((each, place) =>
      productOf(each, () => `${at()}.products[${place}]`, reader),
    ),
  };
}

/** One harmless line; undefined if it has no printable text. */
function optionalLine(text: string | undefined): string | undefined {
  const line = text === undefined ? '' : sanitize(text);
  return line === '' ? undefined : line;
}

function statusIn(status: string | undefined, at: Place): VexStatus {
  const known = VEX_STATUSES.find((each) => each === status);
  if (known !== undefined) return known;
  throw new FileMistake(
    status === undefined
      ? `${at()} has no status`
      : `the status of ${at()} is “${status}”; expected ${VEX_STATUSES.join(', ')}`,
  );
}

function justificationIn(text: string | undefined): VexJustification | undefined {
  return VEX_JUSTIFICATIONS.find((each) => each === text);
}

const OPENVEX_TIME = /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** A time in RFC 3339 format; undefined for anything else, such as 30 February. */
function timeIn(value: unknown): VexTime | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.toUpperCase();
  const [, day = ''] = OPENVEX_TIME.exec(value) ?? [];
  const epochMs = day === '' ? Number.NaN : Date.parse(text);
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(day);
  return Number.isNaN(epochMs) || !isDay ? undefined : { text: value, epochMs };
}

function productOf(json: JsonObject, at: Place, reader: VexReader): VexProduct {
  const unknownBefore = reader.unknown.length;
  reader.expect(json, at, [...IN_COMPONENT, 'subcomponents']);
  const { identifiers, hashes, text } = identityOf(json, at, reader);
  const list = reader.list(json, 'subcomponents', at)?.map((each, index) => {
    const place = () => `${at()}.subcomponents[${index}]`;
    reader.expect(each, place, IN_COMPONENT);
    return componentOf(identityOf(each, place, reader), reader);
  });
  // An unknown member may narrow the product, so the product counts as unreadable.
  if (reader.unknown.length > unknownBefore) return { kind: 'unreadable', text };
  const subcomponents = list?.length === 0 ? undefined : list;
  return productNamed({ identifiers, hashes, text }, subcomponents, reader);
}

function productNamed(
  { identifiers, hashes, text }: ProductIdentity,
  subcomponents: readonly VexComponent[] | undefined,
  reader: VexReader,
): VexProduct {
  const images = identifiers.flatMap((identifier) => reader.image(identifier) ?? []);
  const packages = packagesIn(identifiers, reader);
  const isImage = images.length > 0 || (packages.length === 0 && hashes.length > 0);
  if (isImage && packages.length === 0) return imageProduct(images, hashes, subcomponents);
  if (packages.length === 0 || images.length > 0) return { kind: 'unreadable', text };
  return subcomponents === undefined ? { kind: 'package', urls: packages } : { kind: 'package-in-package' };
}

function imageProduct(
  images: readonly ImageProduct[],
  hashes: readonly string[],
  subcomponents: readonly VexComponent[] | undefined,
): VexProduct {
  return { kind: 'image', image: combinedProduct(images, hashes), subcomponents };
}

interface ProductIdentity {
  readonly identifiers: readonly string[];
  /** `sha256:…`; for other algorithms `sha-512:…` and the like, which no image has. */
  readonly hashes: readonly string[];
  /** The product as text, for people. */
  readonly text: string;
}

function identityOf(json: JsonObject, at: Place, reader: VexReader): ProductIdentity {
  const given = reader.object(json, 'identifiers', at) ?? {};
  const inside = () => `${at()}.identifiers`;
  reader.expect(given, inside, ['purl', 'cpe22', 'cpe23']);
  const hashes = reader.object(json, 'hashes', at) ?? {};
  const identifiers = [reader.text(json, '@id', at), reader.text(given, 'purl', inside)].filter(
    (identifier) => identifier !== undefined,
  );
  const named = Object.keys(hashes).map((algorithm) =>
    hashOf(algorithm, reader.text(hashes, algorithm, () => `${at()}.hashes`) ?? ''),
  );
  const [text = named[0] ?? at()] = identifiers;
  return { identifiers, hashes: named, text: sanitize(text) };
}

function hashOf(algorithm: string, value: string): string {
  const isSha256 = /^sha-?256$/i.test(algorithm);
  return `${isSha256 ? 'sha256' : algorithm}:${value.toLowerCase()}`;
}

function componentOf({ identifiers, text }: ProductIdentity, reader: VexReader): VexComponent {
  return { urls: packagesIn(identifiers, reader), text };
}

/** The package URLs among identifiers that name packages, not images. */
function packagesIn(identifiers: readonly string[], reader: VexReader): readonly PackageUrl[] {
  return identifiers
    .flatMap((identifier) => reader.url(identifier) ?? [])
    .filter(({ type }) => type !== 'oci' && type !== 'docker');
}
