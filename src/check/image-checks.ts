import {
  canonicalRegistry,
  type Image,
  imageReference,
  isSameRepository,
  withoutScheme,
} from '../image/image.ts';
import { withoutTrailing } from '../image/trailing.ts';
import type { Reference } from '../policy/waivers/reference.ts';
import { formatDuration } from '../scan/duration.ts';
import type { ImageScanResult } from '../scan/evidence.ts';
import { firstOf, plural } from '../text/plural.ts';
import { quoted, sanitize } from '../text/sanitize.ts';
import { type CheckResult, cannotTell, failed, ok } from './check-result.ts';
import {
  isSameRegistry,
  type KnownImage,
  nearMissOf,
  registryMeant,
  repositoryMeant,
} from './known-images.ts';
import type { SettingsEntry } from './registry-settings.ts';

/** Facts from the Console about one image. */
export interface ImageKnowledge {
  /** The row of the image; undefined if the report has none. */
  readonly row: ImageScanResult | undefined;
  /** Images that the Console knows, including the image itself and others of its repository. */
  readonly known: readonly KnownImage[];
  /** The number of tags of the image's repository in the Console; undefined if unknown. */
  readonly tagCount: number | undefined;
  /** The entries of the registry settings; undefined if they could not be read. */
  readonly settings: readonly SettingsEntry[] | undefined;
  /** The image of `compare-with`; undefined without one, or if it was not requested. */
  readonly reference: Reference | undefined;
  /** The Console's time of the answer; undefined without a date. */
  readonly readAtMs: number | undefined;
}

/** The place of the registry settings in the Console. */
export const SETTINGS_PAGE = 'Defend > Vulnerabilities > Images > Registry settings';

interface Timing {
  /** Undefined if the input is wrong. */
  readonly timeoutMs: number | undefined;
  readonly maxScanAgeMs: number | undefined;
}

/** Checks that the Console knows the image; shows the age and the duration of its last scan. */
export function checkImage(image: Image, knowledge: ImageKnowledge, timing: Timing): CheckResult {
  const { row } = knowledge;
  return row === undefined ? checkUnknown(image, knowledge) : checkLastScan(row, knowledge.readAtMs, timing);
}

function checkLastScan(row: ImageScanResult, readAtMs: number | undefined, timing: Timing): CheckResult {
  const { scanTime, error, durationMs } = row;
  if (scanTime === undefined) return ok('Known, and never scanned yet.');
  const ageMs = readAtMs === undefined ? undefined : readAtMs - scanTime.epochMs;
  const age = ageMs === undefined ? `at ${sanitize(scanTime.text)}` : `${ageText(ageMs)} ago`;
  if (error !== undefined) {
    return failed(
      `Its last scan, ${age}, failed: ${error}.`,
      'Fix what the scanner names, often the credential of the registry, and have the image scanned again.',
    );
  }
  const isAccepted = ageMs !== undefined && timing.maxScanAgeMs !== undefined && ageMs <= timing.maxScanAgeMs;
  const accepted = isAccepted ? ' max-scan-age would accept it.' : '';
  return durationMs === undefined
    ? ok(`Last scan ${age}.${accepted}`)
    : checkDuration(`Last scan ${age}, took ${formatDuration(durationMs)}`, durationMs, timing, accepted);
}

/** Compares the duration of the last scan with `timeout`. */
function checkDuration(
  took: string,
  durationMs: number,
  { timeoutMs }: Timing,
  accepted: string,
): CheckResult {
  if (timeoutMs === undefined) return ok(`${took}.${accepted}`);
  const timeout = formatDuration(timeoutMs);
  if (durationMs >= timeoutMs) {
    return failed(
      `${took}: longer than timeout ${timeout}.`,
      `Raise timeout to ${formatDuration(durationMs * 2)} or more.`,
    );
  }
  return durationMs * 2 > timeoutMs
    ? ok(
        `${took}: timeout ${timeout} leaves little room.${accepted}`,
        `Raise timeout to ${formatDuration(durationMs * 3)}.`,
      )
    : ok(`${took}: timeout ${timeout} is ample.${accepted}`);
}

/**
 * The result for a tag that was never scanned: a pipeline may just have pushed it, so only a likely mistake is a
 * failure.
 */
function checkUnknown(image: Image, { known, tagCount }: ImageKnowledge): CheckResult {
  const siblings = known.filter((each) => isSameRepository(image, each));
  const own = siblings.find(({ tag }) => tag === image.tag);
  if (own !== undefined)
    return ok(`Known as ${quoted(`${fullName(own)}:${own.tag}`)}; its last scan was not read.`);
  if (siblings.length > 0) {
    const asked = image.tag === undefined ? 'this digest' : 'this one';
    return cannotTell(
      `Repository known with ${plural(tagCount ?? siblings.length, 'tag')}, not ${asked}${exampleOf(image, siblings)}.`,
      'Compare the tag. One that was just pushed and never scanned is not known yet.',
    );
  }
  const meant = repositoryMeant(image, known);
  if (meant !== undefined) {
    return failed(
      `Repository ${quoted(image.repository)} is not known, but ${quoted(meant.repository)} is.`,
      `If that is meant, give repo ${sanitize(meant.repository)}.`,
    );
  }
  return cannotTell(
    `No image of repository ${quoted(image.repository)} is known.`,
    'If it was scanned before, compare registry and repo, and the collections of the user.',
  );
}

/** The tag that the user seems to mean, `1.4` for `v1.4`; otherwise the one scanned last. */
function exampleOf(image: Image, siblings: readonly KnownImage[]): string {
  const bare = (tag: string) => tag.toLowerCase().replace(/^v(?=\d)/, '');
  const meant = siblings.find(({ tag }) => image.tag !== undefined && bare(tag) === bare(image.tag));
  if (meant !== undefined) return `; there is ${quoted(meant.tag)}`;
  const [last] = siblings
    .filter(({ scannedAtMs }) => scannedAtMs !== undefined)
    .toSorted((one, other) => (other.scannedAtMs ?? 0) - (one.scannedAtMs ?? 0));
  if (last?.scannedAtMs !== undefined) {
    return `; the last scanned: ${quoted(last.tag)}, ${new Date(last.scannedAtMs).toISOString().slice(0, 16)}Z`;
  }
  const [any] = siblings;
  return any === undefined ? '' : `; there is ${quoted(any.tag)}`;
}

function ageText(ms: number): string {
  const wholeMs = Math.max(0, ms);
  if (wholeMs < 3_600_000) return formatDuration(wholeMs);
  const unitMs = wholeMs < 86_400_000 ? 60_000 : 3_600_000;
  return formatDuration(Math.floor(wholeMs / unitMs) * unitMs);
}

/** Checks the spelling of the registry against the Console's. */
export function checkSpelling(image: Image, { known, settings }: ImageKnowledge): CheckResult {
  const own = known.find((each) => isSameRepository(image, each));
  if (own !== undefined) return asSpelled(image.registry, own.registry, 'The Console has it');
  const registries = distinctRegistries([...(settings ?? []), ...known]);
  const miss = nearMissOf(image, known, registries);
  if (miss !== undefined) {
    return failed(
      `The Console has ${quoted(fullName(miss))}, and not ${quoted(fullName(image))}.`,
      fixOfNearMiss(image, miss),
    );
  }
  const entry = settings?.find(({ registry }) => isSameRegistry(registry, image.registry));
  if (entry !== undefined) return asSpelled(image.registry, entry.registry, 'The registry settings have it');
  const neighbour = known.find(({ registry }) => isSameRegistry(registry, image.registry));
  if (neighbour !== undefined) return asSpelled(image.registry, neighbour.registry, 'The Console has it');

  const meant = registryMeant(image.registry, registries);
  if (meant !== undefined) {
    return failed(
      `The Console knows ${registryName(meant)}, not ${registryName(image.registry)}.`,
      `Give registry ${registryName(meant)}.`,
    );
  }
  const all = registries.length === 0 ? 'no registry' : firstOf(registries.map(registryName), 5);
  return cannotTell(
    `No image of ${registryName(image.registry)} is known; the Console shows ${all}.`,
    `Compare with the registry settings of the Console: ${SETTINGS_PAGE}.`,
  );
}

function fixOfNearMiss(image: Image, { registry, repository }: KnownImage): string {
  const [host = '', ...path] = withoutScheme(registry).split('/');
  if (path.length > 0) {
    const full = [...path, repository].join('/');
    return (
      'No input takes a registry with a path: in the registry settings of the Console, give the entry registry ' +
      `${quoted(host)} and a repository that covers ${quoted(full)}.`
    );
  }
  const repo = repository === image.repository ? '' : `repo ${sanitize(repository)}`;
  if (isSameRegistry(registry, image.registry)) return `Give ${repo}.`;
  return `Give registry ${registryName(registry)}${repo === '' ? '' : ` and ${repo}`}.`;
}

function asSpelled(given: string, stored: string, has: string): CheckResult {
  if (given === stored) return ok(`${has} as given: ${registryName(stored)}.`);
  return ok(`${has} as ${registryName(stored)}; ${registryName(given)} is taken for the same.`);
}

/** Each registry once, in the last of its spellings. */
export function distinctRegistries(known: readonly { readonly registry: string }[]): readonly string[] {
  return [...new Map(known.map(({ registry }) => [canonicalRegistry(registry), registry])).values()];
}

/** The name of a registry in a sentence. */
export function registryName(registry: string): string {
  return registry === '' ? 'Docker Hub (empty)' : quoted(registry);
}

function fullName({ registry, repository }: Pick<KnownImage, 'registry' | 'repository'>): string {
  return registry === '' ? repository : `${withoutTrailing(registry, '/')}/${repository}`;
}

/** The name of an image in a line about several. */
export function subjectOf(image: Image): string {
  return sanitize(withoutScheme(imageReference(image)));
}
