import type { ImageIndex } from './image-index.ts';
import type { AskedBy } from './on-demand-scan.ts';
import { progressEntry } from './progress-entry.ts';
import type { ImageReference } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { RegistryScanProgress } from './wire.ts';

/** Takes requests for on-demand scans, and says how they get on. */
export class OnDemandDesk {
  readonly #images: ImageIndex;
  readonly #settings: Settings;

  constructor(images: ImageIndex, settings: Settings) {
    this.#images = images;
    this.#settings = settings;
  }

  begin(asked: ImageReference, atMs: number): 'begun' | 'unknown' | 'unnamed' {
    const [way] = waysOf(asked);
    if (way === undefined) return 'unnamed';
    const { emptyRegistryTriggers, registryMatch } = this.#settings;
    const given = asked.registry ?? '';
    const registry = given === '' && emptyRegistryTriggers === 'every-registry' ? undefined : given;
    const match = registryMatch === 'exact' ? 'exact' : 'without-scheme';
    const named = this.#images.find({ registry, repo: asked.repo, [way.kind]: way.value }, match);
    const images = named.filter((image) => image.answersTo(way));
    for (const image of images) image.trigger(atMs, way);
    return images.length === 0 ? 'unknown' : 'begun';
  }

  /** What a user sees of an image's scans; undefined where the query names none. Ends are consumed by it. */
  read(asked: ImageReference, user: string, atMs: number): RegistryScanProgress[] | undefined {
    const ways = waysOf(asked);
    if (asked.repo === '' || ways.length === 0) return undefined;
    const { registryMatch, endConsumed } = this.#settings;
    const registry = asked.registry === '' ? undefined : asked.registry;
    const images = this.#images.find({ ...asked, registry }, registryMatch);
    const scans = images.flatMap((image) => image.scansFor(user, ways, atMs));
    const ended = scans.filter((scan) => !scan.ongoing(atMs));
    const entries = scans.map((scan) => progressEntry(scan.view(atMs), this.#settings));
    if (endConsumed === 'per-entry' || ended.length === scans.length) {
      for (const scan of ended) scan.consume(user);
    }
    return entries;
  }
}

/** The ways in which a request names an image. Where it gives both, it is the tag that finds the image. */
function waysOf({ tag, digest }: ImageReference): AskedBy[] {
  const ways: AskedBy[] = [];
  if (tag !== undefined && tag !== '') ways.push({ kind: 'tag', value: tag });
  if (digest !== undefined && digest !== '') ways.push({ kind: 'digest', value: digest });
  return ways;
}
