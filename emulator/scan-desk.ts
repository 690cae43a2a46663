import type { ProgressQuery, ProgressResult, TriggerResult } from './answers.ts';
import type { ImageIndex } from './image-index.ts';
import { OnDemandDesk } from './on-demand-desk.ts';
import { RegularDesk } from './regular-desk.ts';
import type { RegistryScript, Scenario } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { RegistryScanRequest } from './wire.ts';

/** Tells on-demand from regular, and turns away what is neither. */
export class ScanDesk {
  readonly #onDemand: OnDemandDesk;
  readonly #regular: RegularDesk;
  readonly #settings: Settings;

  constructor(images: ImageIndex, { settings, registries }: Scenario) {
    this.#onDemand = new OnDemandDesk(images, settings);
    this.#regular = new RegularDesk(images, registries, settings);
    this.#settings = settings;
  }

  begin(request: RegistryScanRequest, atMs: number): TriggerResult {
    const { unknownImage, regularScanTwice, triggerBlocksMs } = this.#settings;
    if (isOnDemand(request)) {
      const { registry, repo = '', tag, digest } = request.tag ?? {};
      const begun = this.#onDemand.begin({ registry, repo, tag, digest }, atMs);
      if (begun === 'unnamed') return refused('an on-demand scan needs a tag or a digest');
      if (begun === 'unknown' && unknownImage === 'refused') return refused('no such image');
    } else {
      if (this.#regular.ongoing(atMs) && regularScanTwice === 'refused') {
        return refused('a registry scan is already in progress');
      }
      this.#regular.begin(atMs);
    }
    return { status: 200, body: '', answerAfterMs: triggerBlocksMs };
  }

  read(query: ProgressQuery, user: string, atMs: number): ProgressResult {
    const { onDemand, registry, repo = '', tag, digest } = query;
    if (onDemand === true) {
      const entries = this.#onDemand.read({ registry, repo, tag, digest }, user, atMs);
      return entries === undefined
        ? badRequest('on-demand progress needs a repository, and a tag or a digest')
        : { status: 200, body: entries };
    }
    const named = [registry, repo, tag, digest].some((each) => each !== undefined && each !== '');
    if (!named) return { status: 200, body: this.#regular.read(user, atMs) };
    return this.#settings.onDemandFalse === 'empty'
      ? { status: 200, body: [] }
      : badRequest('image parameters need onDemand=true');
  }

  /** A registry for the next regular scan. */
  put(registry: RegistryScript): void {
    this.#regular.put(registry);
  }

  /** Forgets the regular scan; images forget theirs themselves. */
  restart(): void {
    this.#regular.restart();
  }
}

/** Whether a request is for one image; every other one is for all registries. */
export function isOnDemand({ onDemandScan, tag }: RegistryScanRequest): boolean {
  return onDemandScan === true && tag?.repo !== undefined && tag.repo !== '';
}

function badRequest(err: string): ProgressResult {
  return { status: 400, body: { err } };
}

function refused(err: string): TriggerResult {
  return { status: 400, body: { err }, answerAfterMs: 0 };
}
