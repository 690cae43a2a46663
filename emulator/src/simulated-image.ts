import { buildScan } from './builders.ts';
import type { ImageContext } from './image-context.ts';
import { ImageHistory, type ScanRun } from './image-history.ts';
import { fullName } from './image-name.ts';
import { type ImageSelector, OnDemandScan } from './on-demand-scan.ts';
import type { ImageSpec, ScanSpec } from './scenario.ts';
import type { Settings } from './settings.ts';

/** A scan of an image in a real registry whose result is still to be looked up. */
export interface OpenScan {
  readonly image: SimulatedImage;
  readonly selector: ImageSelector;
  /** When the result has to be looked up, on the Console's clock. */
  readonly dueAtMs: number;
  readonly place: number;
  readonly planned: ScanRun;
  /** The scan in progress; undefined: not shown. */
  readonly shown: OnDemandScan | undefined;
}

/** One image in the Console: its scans in progress, and their results. */
export class SimulatedImage {
  /** True if the image was deleted from its real registry. Its row stays, as in the Console. */
  gone = false;
  readonly name: string;
  readonly history: ImageHistory;
  readonly #context: ImageContext;
  readonly #settings: Settings;
  #spec: ImageSpec;
  #triggers = 0;
  #scans: OnDemandScan[] = [];
  #open: OpenScan[] = [];

  constructor(spec: ImageSpec, context: ImageContext) {
    const { settings, clock, startedAtMs } = context;
    this.#spec = spec;
    this.name = fullName(spec, settings);
    this.history = new ImageHistory(spec, settings, clock, startedAtMs);
    this.#context = context;
    this.#settings = settings;
    if (spec.earlier?.unread) this.#scans.push(this.#earlierEnd(spec.earlier, startedAtMs));
  }

  get spec(): ImageSpec {
    return this.#spec;
  }

  get openScans(): readonly OpenScan[] {
    return this.#open;
  }

  /** Updates the image with what was found in a real registry. */
  update(spec: ImageSpec): void {
    this.#spec = spec;
    this.gone = false;
  }

  /** True if a trigger with this selector starts a scan of the image. */
  matches({ kind, value }: ImageSelector): boolean {
    return !this.gone && (kind === 'tag' || this.digests().has(value));
  }

  /** Every past and future digest of the image, for requests by digest. */
  digests(): Set<string> {
    const { digest, digests = [], scans, earlier, history = [] } = this.#spec;
    const rows = [...history, ...(earlier === undefined ? [] : [earlier]), ...scans];
    const known = [digest, ...digests, ...rows.map((row) => row.digest)];
    return new Set(known.filter((each) => each !== undefined));
  }

  /** Starts an on-demand scan, in parallel to running ones; `given` replaces the next entry of `scans`. */
  trigger(atMs: number, selector: ImageSelector, given?: ScanSpec): void {
    const { scans, repo } = this.#spec;
    const next = given ?? scans[this.#triggers] ?? scans.at(-1);
    if (next === undefined) return;
    if (given === undefined) this.#triggers += 1;
    const spec = this.#scannable(next);
    const scan = new OnDemandScan(atMs, repo, selector, spec, this.#settings);
    if (this.#settings.unreadEndAfterTrigger === 'dropped') {
      this.#scans = this.#scans.filter((earlier) => earlier.ongoing(atMs));
    }
    if (spec.shownInProgress) this.#scans.push(scan);
    const { registeredAtMs: beganAtMs, discoveredAtMs, endsAtMs } = scan.phases;
    const digest = selector.kind === 'digest' ? selector.value : (spec.digest ?? this.#spec.digest);
    this.#begin(
      { kind: 'on-demand', requestedAtMs: atMs, beganAtMs, endsAtMs, spec, digest },
      { selector, discoveredAtMs, shown: spec.shownInProgress ? scan : undefined },
    );
  }

  /** Adds the result of a regular scan that reaches this image at `endsAtMs`. */
  scanRegularly(beganAtMs: number, endsAtMs: number): void {
    const planned = this.#spec.scans.at(-1);
    if (planned === undefined || this.gone || this.#spec.tag === '') return;
    const spec = this.#scannable(planned);
    const digest = spec.digest ?? this.#spec.digest;
    const selector: ImageSelector = { kind: 'tag', value: this.#spec.tag };
    this.#begin(
      { kind: 'regular', requestedAtMs: beganAtMs, beganAtMs, endsAtMs, spec, digest },
      { selector, discoveredAtMs: endsAtMs, shown: undefined },
    );
  }

  /** Sets what a scan has found in the real registry. */
  settle(scan: OpenScan, spec: ScanSpec): void {
    if (!this.#open.includes(scan)) return;
    this.#open = this.#open.filter((open) => open !== scan);
    scan.shown?.amend(spec);
    this.history.amend(scan.place, {
      ...scan.planned,
      spec,
      digest: spec.digest ?? scan.planned.digest,
    });
  }

  /** The scans that progress shows to a user for these selectors. */
  scansFor(user: string, selectors: readonly ImageSelector[], atMs: number): OnDemandScan[] {
    this.#scans = this.#scans.filter(
      (scan, place, scans) => !scan.gone(atMs) && !this.#superseded(scan, scans.slice(place + 1), atMs),
    );
    const either = this.#settings.pollBy === 'either';
    return this.#scans.filter(
      (scan) =>
        scan.visibleTo(user, atMs) &&
        (either || selectors.some((selector) => sameSelector(selector, scan.selector))),
    );
  }

  /** The scan as it runs with the connected Defenders. */
  #scannable(spec: ScanSpec): ScanSpec {
    const isScannable = this.#context.canScan(spec.arm64 ?? this.#spec.arm64 ?? false);
    return isScannable ? spec : unscannable(spec, this.#settings);
  }

  restart(atMs: number): void {
    this.#scans = [];
    this.#abort(atMs, 'all');
  }

  /** Aborts the regular scan of this image. */
  stopRegular(atMs: number): void {
    this.#abort(atMs, 'regular');
  }

  #abort(atMs: number, which: 'all' | 'regular'): void {
    this.history.abort(atMs, which);
    this.#open = this.#open.filter(({ place }) => !this.history.isLost(place));
  }

  #begin(
    planned: ScanRun,
    { selector, discoveredAtMs, shown }: Pick<OpenScan, 'selector' | 'shown'> & { discoveredAtMs: number },
  ): void {
    const place = this.history.add(planned);
    if (!this.#spec.real || planned.spec.outcome === 'discovery-error') return;
    const finishedAtMs = this.history.finishedAtMs(place) ?? planned.endsAtMs;
    const dueAtMs = this.#settings.tagReadAt === 'scan-start' ? discoveredAtMs : finishedAtMs;
    this.#open.push({ image: this, selector, dueAtMs, place, planned, shown });
  }

  #superseded(scan: OnDemandScan, later: readonly OnDemandScan[], atMs: number): boolean {
    const { parallelScansShown, pollBy } = this.#settings;
    if (parallelScansShown === 'all') return false;
    return later.some(
      (other) =>
        other.registered(atMs) && (pollBy === 'either' || sameSelector(other.selector, scan.selector)),
    );
  }

  #earlierEnd({ agoMs, scanMs }: { agoMs: number; scanMs: number }, startedAtMs: number): OnDemandScan {
    const { repo, tag } = this.#spec;
    const spec = buildScan({ registerDelayMs: 0, discoveryMs: 0, scanMs });
    const selector: ImageSelector = { kind: 'tag', value: tag };
    return new OnDemandScan(startedAtMs - agoMs - scanMs, repo, selector, spec, this.#settings);
  }
}

/** The course of a scan if no Defender of the image's architecture is connected. */
export function unscannable(spec: ScanSpec, { unscannablePlatform }: Settings): ScanSpec {
  switch (unscannablePlatform) {
    case 'error':
      return { ...spec, outcome: 'scan-error', errorText: 'No available Defender was found' };
    case 'nothing-scanned':
      return { ...spec, scanned: 0 };
    case 'never-shows':
      return { ...spec, scanned: 0, shownInProgress: false };
  }
}

function sameSelector(one: ImageSelector, other: ImageSelector): boolean {
  return one.kind === other.kind && one.value === other.value;
}
