import { bareRegistry } from './image-name.ts';
import type { ImageReference, ImageSpec, Scenario, ScenarioEvent } from './scenario.ts';
import { suggestion } from './schema-errors.ts';

/** Finds mistakes that no schema can: duplicate names, events of unknown images, impossible counts. */
export function mistakesIn({ images, registries, users, events }: Scenario): string[] {
  return [
    ...twice('images', images.map(nameOf)),
    ...twice(
      'registries',
      registries.map(({ registry }) => bareRegistry(registry)),
    ),
    ...twice(
      'users',
      users.map(({ username }) => username),
    ),
    ...images.flatMap(({ scans }, place) => impossible(`images[${place}].scans`, scans)),
    ...impossible('registries', registries),
    ...events.flatMap((event, place) => unknownImage(event, `events[${place}].image`, images)),
  ];
}

function twice(place: string, names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    if (seen.has(name)) return [`${place}[${index}]: "${name}" is there already`];
    seen.add(name);
    return [];
  });
}

function impossible(
  place: string,
  counts: readonly { readonly images: number; readonly scanned?: number }[],
): string[] {
  return counts.flatMap(({ images, scanned = 0 }, index) =>
    scanned > images
      ? [`${place}[${index}].scanned: ${scanned} is more than ${images}, which is images`]
      : [],
  );
}

/** Allows an image in a registry that the scenario does not have: it may be a real registry. */
function unknownImage(event: ScenarioEvent, place: string, images: readonly ImageSpec[]): string[] {
  if (!('image' in event)) return [];
  const { registry } = event.image;
  const candidates = images.filter((image) => registry === undefined || isSame(registry, image.registry));
  if (registry !== undefined && candidates.length === 0) return [];
  if (candidates.some((image) => matches(event.image, image))) return [];
  const { repo, tag, digest = '' } = event.image;
  const asked = tag === undefined ? `${repo}@${digest}` : `${repo}:${tag}`;
  const known = [...new Set(candidates.map((image) => `${image.repo}:${image.tag}`))];
  return [`${place}: there is no image "${asked}"${suggestion(asked, known, false)}`];
}

function matches({ repo, tag, digest }: ImageReference, image: ImageSpec): boolean {
  if (repo !== image.repo) return false;
  if (tag !== undefined) return tag === image.tag;
  const digests = [image.digest, ...(image.digests ?? []), ...image.scans.map((scan) => scan.digest)];
  return digest === undefined || digests.includes(digest);
}

function nameOf({ registry, repo, tag, digest }: ImageSpec): string {
  const repository = registry === '' ? repo : `${bareRegistry(registry)}/${repo}`;
  return tag === '' ? `${repository}@${digest}` : `${repository}:${tag}`;
}

function isSame(one: string, other: string): boolean {
  return bareRegistry(one) === bareRegistry(other);
}
