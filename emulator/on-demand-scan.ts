import { doneBetween, type Phases, phasesFrom } from './phases.ts';
import type { ScanView, Step } from './progress-entry.ts';
import type { ScanScript } from './scenario.ts';
import type { Settings } from './settings.ts';

/** What a trigger or a query gave to name the image within its repository. */
export type AskedBy = { readonly kind: 'tag' | 'digest'; readonly value: string };

/** One on-demand scan as progress sees it: phases that follow from the clock, and an end that is read once. */
export class OnDemandScan {
  readonly phases: Phases;
  readonly askedBy: AskedBy;
  readonly #repo: string;
  #script: ScanScript;
  readonly #settings: Settings;
  readonly #readers = new Set<string>();

  constructor(triggeredAtMs: number, repo: string, askedBy: AskedBy, script: ScanScript, settings: Settings) {
    this.phases = phasesFrom(triggeredAtMs, script);
    this.askedBy = askedBy;
    this.#repo = repo;
    this.#script = script;
    this.#settings = settings;
  }

  /** Notes that the scan comes to something else than was foreseen. Its phases stay. */
  amend(script: ScanScript): void {
    this.#script = script;
  }

  registered(atMs: number): boolean {
    return atMs >= this.phases.registeredAtMs;
  }

  ongoing(atMs: number): boolean {
    return atMs < this.phases.endsAtMs;
  }

  /** Whether nobody can be shown this scan any more. */
  gone(atMs: number): boolean {
    if (this.ongoing(atMs)) return false;
    const waitedMs = atMs - this.phases.endsAtMs;
    if (this.#settings.unreadEndMs !== null && waitedMs >= this.#settings.unreadEndMs) return true;
    return this.#settings.endReadBy === 'anyone' && (this.#readers.size > 0 || this.#readElsewhere(waitedMs));
  }

  visibleTo(user: string, atMs: number): boolean {
    return this.registered(atMs) && !this.gone(atMs) && !this.#readers.has(user);
  }

  consume(user: string): void {
    this.#readers.add(user);
  }

  view(atMs: number): ScanView {
    const { registeredAtMs, discoveredAtMs, scannedAtMs } = this.phases;
    const { outcome, errorText, images } = this.#script;
    const discovered = atMs >= discoveredAtMs;
    const discoveryFailed = discovered && outcome === 'discovery-error';
    const scanFailed = atMs >= scannedAtMs && outcome === 'scan-error';
    const found = discovered && !discoveryFailed;
    const discovery: Step = {
      title: `Step 1/2 discovering tags in repository: ${this.#subject()}`,
      total: 1,
      scanned: found ? 1 : 0,
      error: discoveryFailed ? errorText : '',
    };
    const imageScan: Step = {
      title: `Step 2/2 scanning images in repository: ${this.#subject()}`,
      total: found ? images : 0,
      scanned: found && !scanFailed ? doneBetween(discoveredAtMs, scannedAtMs, atMs, images) : 0,
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
    return `${this.#repo}, ${this.askedBy.kind}: ${this.askedBy.value}`;
  }

  #readElsewhere(waitedMs: number): boolean {
    const { readElsewhereAfterMs } = this.#script;
    return readElsewhereAfterMs !== undefined && waitedMs >= readElsewhereAfterMs;
  }
}
