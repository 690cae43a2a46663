import type { ScanView, Step } from './progress.ts';
import { doneBetween, type Phases, phasesFrom } from './progress.ts';
import type { ImageReference, ScanSpec } from './scenario.ts';
import type { Settings } from './settings.ts';

/** How a trigger or a query selects an image within its repository. */
export interface ImageSelector {
  readonly kind: 'tag' | 'digest';
  readonly value: string;
}

/** The selectors of a request. If both are given, the tag comes first. */
export function selectorsOf({ tag, digest }: ImageReference): ImageSelector[] {
  const selectors: ImageSelector[] = [];
  if (tag !== undefined && tag !== '') selectors.push({ kind: 'tag', value: tag });
  if (digest !== undefined && digest !== '') selectors.push({ kind: 'digest', value: digest });
  return selectors;
}

/** One on-demand scan as progress shows it: phases derived from the clock, and an end that is read once. */
export class OnDemandScan {
  readonly phases: Phases;
  readonly selector: ImageSelector;
  readonly #repo: string;
  #spec: ScanSpec;
  readonly #settings: Settings;
  readonly #readers = new Set<string>();

  constructor(
    triggeredAtMs: number,
    repo: string,
    selector: ImageSelector,
    spec: ScanSpec,
    settings: Settings,
  ) {
    this.phases = phasesFrom(triggeredAtMs, spec);
    this.selector = selector;
    this.#repo = repo;
    this.#spec = spec;
    this.#settings = settings;
  }

  /** Replaces the planned result; phases stay. */
  amend(spec: ScanSpec): void {
    this.#spec = spec;
  }

  registered(atMs: number): boolean {
    return atMs >= this.phases.registeredAtMs;
  }

  ongoing(atMs: number): boolean {
    return atMs < this.phases.endsAtMs;
  }

  /** True if the scan is no longer shown to any user. */
  gone(atMs: number): boolean {
    if (this.ongoing(atMs)) return false;
    const waitedMs = atMs - this.phases.endsAtMs;
    if (this.#settings.unreadEndMs !== null && waitedMs >= this.#settings.unreadEndMs) return true;
    return this.#settings.endReadBy === 'anyone' && (this.#readers.size > 0 || this.#readByOther(waitedMs));
  }

  visibleTo(user: string, atMs: number): boolean {
    return this.registered(atMs) && !this.gone(atMs) && !this.#readers.has(user);
  }

  consume(user: string): void {
    this.#readers.add(user);
  }

  view(atMs: number): ScanView {
    const { registeredAtMs, discoveredAtMs, scannedAtMs } = this.phases;
    const { outcome, errorText, images, scanned = images } = this.#spec;
    const discovered = atMs >= discoveredAtMs;
    const discoveryFailed = discovered && outcome === 'discovery-error';
    const scanFailed = atMs >= scannedAtMs && outcome === 'scan-error';
    const found = discovered && !discoveryFailed;
    const discovery: Step = {
      title: `Step 1/2 discovering tags in repository: ${this.#subject()}`,
      total: images === 0 ? 0 : 1,
      scanned: found && images > 0 ? 1 : 0,
      error: discoveryFailed ? errorText : '',
    };
    const imageScan: Step = {
      title: `Step 2/2 scanning images in repository: ${this.#subject()}`,
      total: found ? images : 0,
      scanned: found && !scanFailed ? doneBetween(discoveredAtMs, scannedAtMs, atMs, scanned) : 0,
      error: scanFailed ? errorText : '',
    };
    return {
      onDemand: true,
      startedAtMs: registeredAtMs,
      ongoing: this.ongoing(atMs),
      discovering: !discovered,
      discovery,
      imageScan,
    };
  }

  #subject(): string {
    return `${this.#repo}, ${this.selector.kind}: ${this.selector.value}`;
  }

  #readByOther(waitedMs: number): boolean {
    const { endReadByOtherAfterMs } = this.#spec;
    return endReadByOtherAfterMs !== undefined && waitedMs >= endReadByOtherAfterMs;
  }
}
