import { listOf, objectAt, optionalCountAt, optionalTextAt } from '../http/decode.ts';
import { canonicalRegistry, canonicalRepository, type Image, isDockerHub } from '../image/image.ts';
import { matchesPattern } from '../policy/waivers/exception.ts';
import { quoted } from '../text/sanitize.ts';

/** An entry of the registry settings, which the regular scan covers. Its credential is not read. */
export interface SettingsEntry {
  /** As the Console has it, perhaps with `https://`; empty for Docker Hub. */
  readonly registry: string;
  /** A pattern; undefined for every repository. */
  readonly repository: string | undefined;
  /** A pattern; undefined for every tag. */
  readonly tag: string | undefined;
  readonly excludedRepositories: readonly string[];
  readonly excludedTags: readonly string[];
  /** The number of newest images of a repository that are scanned; 0 for all. */
  readonly cap: number;
  readonly os: string | undefined;
  /** The error of its last scan; undefined without one. */
  readonly scanError: string | undefined;
}

/** Reads a response of `GET settings/registry`. */
export function decodeRegistrySettings(json: unknown): readonly SettingsEntry[] {
  const settings = objectAt(json, 'body');
  return listOf(settings.specifications, 'specifications', decodeSettingsEntry);
}

function decodeSettingsEntry(json: unknown, field: string): SettingsEntry {
  const entry = objectAt(json, field);
  const text = (name: string) => optionalTextAt(entry[name], `${field}.${name}`) || undefined;
  return {
    registry: text('registry') ?? '',
    repository: text('repository'),
    tag: text('tag'),
    excludedRepositories: listOf(entry.excludedRepositories, `${field}.excludedRepositories`, optionalTextAt),
    excludedTags: listOf(entry.excludedTags, `${field}.excludedTags`, optionalTextAt),
    cap: optionalCountAt(entry.cap, `${field}.cap`),
    os: text('os'),
    scanError: text('scanError'),
  };
}

/** How one entry of the image's registry covers the image. */
interface Coverage {
  readonly entry: SettingsEntry;
  /** The reason why it does not; undefined if it does. */
  readonly obstacle: string | undefined;
}

/** The entries of an image's registry, each with how it covers the image; none if the settings have no such entry. */
export function coverageOf(image: Image, settings: readonly SettingsEntry[]): readonly Coverage[] {
  return settings
    .filter(({ registry }) => canonicalRegistry(registry) === canonicalRegistry(image.registry))
    .map((entry) => ({ entry, obstacle: obstacleIn(entry, image) }));
}

function obstacleIn(entry: SettingsEntry, image: Image): string | undefined {
  const repositories = repositoryNames(image);
  // An image by digest alone has no tag that a pattern could exclude.
  const tags = image.tag === undefined ? [] : [image.tag];
  const { repository, tag } = entry;
  if (repository !== undefined && matchOf([repository], repositories) === undefined) {
    return `the entry is for ${quoted(repository)}`;
  }
  const excludedRepository = matchOf(entry.excludedRepositories, repositories);
  if (excludedRepository !== undefined) return `${quoted(excludedRepository)} is excluded`;
  if (tag !== undefined && tags.length > 0 && matchOf([tag], tags) === undefined) {
    return `the entry is for tags ${quoted(tag)}`;
  }
  const excludedTag = matchOf(entry.excludedTags, tags);
  return excludedTag === undefined ? undefined : `tags ${quoted(excludedTag)} are excluded`;
}

/** The names of a repository: Docker Hub's official images may lack `library/`. */
function repositoryNames({ registry, repository }: Image): readonly string[] {
  const full = canonicalRepository(registry, repository);
  return isDockerHub(registry) ? [full, full.replace(/^library\//, '')] : [full];
}

function matchOf(patterns: readonly string[], names: readonly string[]): string | undefined {
  return patterns.find((pattern) => pattern !== '' && names.some((name) => matchesPattern(pattern, name)));
}
