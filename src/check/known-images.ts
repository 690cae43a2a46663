import { editDistance } from '../config/hints.ts';
import type { ReportRow } from '../console/report-row.ts';
import {
  canonicalRegistry,
  canonicalRepository,
  type Image,
  isSameRepository,
  withoutScheme,
} from '../image/image.ts';
import { namesRegistry } from '../image/reference.ts';

/** An image as the Console spells it. */
export interface KnownImage {
  readonly registry: string;
  readonly repository: string;
  /** Empty if a row has no tag. */
  readonly tag: string;
  /** When it was scanned last; undefined if the Console did not show it. */
  readonly scannedAtMs: number | undefined;
}

/** Reads `https://registry.example.com/shop/cart:7`, a full name as the report has them. */
export function parseFullName(name: string): KnownImage {
  const scheme = /^https?:\/\//i.exec(name)?.[0] ?? '';
  const rest = name.slice(scheme.length);
  const slash = rest.indexOf('/');
  const hasRegistry = slash > 0 && (scheme !== '' || namesRegistry(rest.slice(0, slash)));
  const path = hasRegistry ? rest.slice(slash + 1) : rest;
  const [, repository = path, tag = ''] = /^(.*?)(?:@sha256:[0-9a-f]+|:([^:/]*))?$/.exec(path) ?? [];
  return {
    registry: hasRegistry ? `${scheme}${rest.slice(0, slash)}` : '',
    repository,
    tag,
    scannedAtMs: undefined,
  };
}

/** `registry/repo:tag` without the scheme, however it is split. */
export function fullNameOf({ registry, repository, tag }: KnownImage): string {
  const host = withoutScheme(registry);
  return `${host === '' ? '' : `${host}/`}${repository}:${tag}`.toLowerCase();
}

/** The images of the report's rows. */
export function imagesOfRows(rows: readonly ReportRow[]): readonly KnownImage[] {
  return rows.flatMap(({ ownTag, tags, json }) => {
    const scanTime = typeof json.scanTime === 'string' ? Date.parse(json.scanTime) : Number.NaN;
    const scannedAtMs = Number.isNaN(scanTime) ? undefined : scanTime;
    const own = ownTag === undefined ? tags : [ownTag];
    return own.map(({ registry, repository, tag }) => ({ registry, repository, tag, scannedAtMs }));
  });
}

export function isSameRegistry(one: string, other: string): boolean {
  return canonicalRegistry(one) === canonicalRegistry(other);
}

function path({ registry, repository }: Pick<Image, 'registry' | 'repository'>): string {
  return canonicalRepository(registry, repository);
}

/**
 * The image that the user seems to mean: the same one except for a default port, the case, or the boundary between
 * registry and repository; or the same repository in another registry, if the given registry is unknown.
 */
export function nearMissOf(
  image: Image,
  known: readonly KnownImage[],
  registries: readonly string[],
): KnownImage | undefined {
  const others = known.filter((each) => !isSameRepository(image, each));
  const wanted = looseName(image);
  const sameName = others.find((each) => looseName(each) === wanted);
  if (sameName !== undefined) return sameName;
  if (registries.some((registry) => isSameRegistry(image.registry, registry))) return undefined;
  const elsewhere = others.filter((each) => path(each).toLowerCase() === path(image).toLowerCase());
  return new Set(elsewhere.map(({ registry }) => canonicalRegistry(registry))).size === 1
    ? elsewhere[0]
    : undefined;
}

function looseName(image: Pick<Image, 'registry' | 'repository'>): string {
  const registry = looseRegistry(image.registry);
  return `${registry === '' ? '' : `${registry}/`}${path(image)}`.toLowerCase();
}

/** The registry without the parts that do not change its meaning: scheme, case, and default port. */
function looseRegistry(registry: string): string {
  const host = canonicalRegistry(registry);
  return host.replace(/^([^/]+?):(?:443|80)(?=\/|$)/, '$1');
}

/** Maximum number of letters that a typing mistake changes. */
const MOST_TYPOS = 2;
/** In a shorter name, two letters are too large a part. */
const SHORTEST = 5;

/** The known registry that the user seems to mean: the given one has a typing mistake or another port. */
export function registryMeant(given: string, known: readonly string[]): string | undefined {
  const host = (registry: string) => looseRegistry(registry).replace(/:\d+$/, '');
  const others = known.filter((each) => !isSameRegistry(each, given));
  return (
    others.find((each) => looseRegistry(each) === looseRegistry(given)) ??
    others.find((each) => host(each) === host(given)) ??
    others.find((each) => isTypo(withoutScheme(each).toLowerCase(), withoutScheme(given).toLowerCase()))
  );
}

/**
 * The known repository that the user seems to mean: the given one has a typing mistake, or lacks a part of the path.
 */
export function repositoryMeant(image: Image, known: readonly KnownImage[]): KnownImage | undefined {
  const given = path(image).toLowerCase();
  const inRegistry = known.filter(({ registry }) => isSameRegistry(image.registry, registry));
  const typo = inRegistry.find((each) => isTypo(path(each).toLowerCase(), given));
  if (typo !== undefined) return typo;
  const parts = inRegistry.filter((each) => {
    const full = path(each).toLowerCase();
    return full.endsWith(`/${given}`) || given.endsWith(`/${full}`);
  });
  return new Set(parts.map(path)).size === 1 ? parts[0] : undefined;
}

function isTypo(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < SHORTEST || Math.abs(one.length - other.length) > MOST_TYPOS)
    return false;
  // A name that differs only by digits is another one: service-1 and service-2.
  if (one.replaceAll(/\d/g, '') === other.replaceAll(/\d/g, '')) return false;
  return editDistance(one, other) <= MOST_TYPOS;
}
