import { type HistoricScan, ImageHistory } from './image-history.ts';
import { type AskedBy, OnDemandScan } from './on-demand-scan.ts';
import { fullName } from './registry-name.ts';
import type { ImageScript, ScanScript } from './scenario.ts';
import { scanScript } from './script.ts';
import type { Settings } from './settings.ts';

/** A scan of an image in a real registry for which nobody has looked yet what it finds. */
export type OpenScan = {
  readonly image: SimulatedImage;
  readonly askedBy: AskedBy;
  /** From when on somebody has to look, on the Console's clock. */
  readonly dueAtMs: number;
  readonly place: number;
  readonly foreseen: HistoricScan;
  /** As progress shows it, if it does. */
  readonly shown: OnDemandScan | undefined;
};

/** One image in the Console: its scans as progress shows them, and what came of them. */
export class SimulatedImage {
  /** Whether the image is gone from its real registry. Its row stays, as in the Console. */
  gone = false;
  readonly name: string;
  readonly history: ImageHistory;
  readonly #settings: Settings;
  #script: ImageScript;
  #triggers = 0;
  #scans: OnDemandScan[] = [];
  #open: OpenScan[] = [];

  constructor(script: ImageScript, settings: Settings, startedAtMs: number) {
    this.#script = script;
    this.name = fullName(script, settings);
    this.history = new ImageHistory(script, settings, startedAtMs);
    this.#settings = settings;
    if (script.earlier?.unread) this.#scans.push(this.#earlierEnd(script.earlier, startedAtMs));
  }

  get script(): ImageScript {
    return this.#script;
  }

  get openScans(): readonly OpenScan[] {
    return this.#open;
  }

  /** Takes over what has just been found in a real registry. */
  renew(script: ImageScript): void {
    this.#script = script;
    this.gone = false;
  }

  /** Whether a trigger that names the image so reaches it. */
  answersTo({ kind, value }: AskedBy): boolean {
    return !this.gone && (kind === 'tag' || this.digests().has(value));
  }

  /** Every digest that the image has had or will have, for those who ask by digest. */
  digests(): Set<string> {
    const { digest, scans, earlier } = this.#script;
    const known = [digest, earlier?.digest, ...scans.map((scan) => scan.digest)];
    return new Set(known.filter((each) => each !== undefined));
  }

  /** Starts an on-demand scan, beside those that already run. */
  trigger(atMs: number, askedBy: AskedBy): void {
    const { scans, repo } = this.#script;
    const script = scans[this.#triggers] ?? scans.at(-1);
    if (script === undefined) return;
    this.#triggers += 1;
    const scan = new OnDemandScan(atMs, repo, askedBy, script, this.#settings);
    if (this.#settings.unreadEndAfterTrigger === 'dropped') {
      this.#scans = this.#scans.filter((earlier) => earlier.ongoing(atMs));
    }
    if (script.shownInProgress) this.#scans.push(scan);
    const { registeredAtMs: beganAtMs, discoveredAtMs, endsAtMs } = scan.phases;
    const digest = askedBy.kind === 'digest' ? askedBy.value : (script.digest ?? this.#script.digest);
    this.#begin(
      { kind: 'on-demand', requestedAtMs: atMs, beganAtMs, endsAtMs, script, digest },
      { askedBy, discoveredAtMs, shown: script.shownInProgress ? scan : undefined },
    );
  }

  /** Notes that a regular scan that begins now reaches this image at a time. */
  scanRegularly(beganAtMs: number, endsAtMs: number): void {
    const script = this.#script.scans.at(-1);
    if (script === undefined || this.gone) return;
    const digest = script.digest ?? this.#script.digest;
    const askedBy: AskedBy = { kind: 'tag', value: this.#script.tag };
    this.#begin(
      { kind: 'regular', requestedAtMs: beganAtMs, beganAtMs, endsAtMs, script, digest },
      { askedBy, discoveredAtMs: endsAtMs, shown: undefined },
    );
  }

  /** Says what a scan has found in the real registry. */
  settle(scan: OpenScan, script: ScanScript): void {
    if (!this.#open.includes(scan)) return;
    this.#open = this.#open.filter((open) => open !== scan);
    scan.shown?.amend(script);
    this.history.amend(scan.place, {
      ...scan.foreseen,
      script,
      digest: script.digest ?? scan.foreseen.digest,
    });
  }

  /** The scans that progress shows to a user who asks in one of these ways. */
  scansFor(user: string, ways: readonly AskedBy[], atMs: number): OnDemandScan[] {
    this.#scans = this.#scans.filter(
      (scan, place, scans) => !scan.gone(atMs) && !this.#superseded(scan, scans.slice(place + 1), atMs),
    );
    const either = this.#settings.pollBy === 'either';
    return this.#scans.filter(
      (scan) => scan.visibleTo(user, atMs) && (either || ways.some((way) => sameWay(way, scan.askedBy))),
    );
  }

  restart(atMs: number): void {
    this.#scans = [];
    this.history.restart(atMs);
    this.#open = this.#open.filter(({ place }) => this.history.records[place]?.lostAtMs === null);
  }

  #begin(
    foreseen: HistoricScan,
    { askedBy, discoveredAtMs, shown }: Pick<OpenScan, 'askedBy' | 'shown'> & { discoveredAtMs: number },
  ): void {
    const place = this.history.add(foreseen);
    if (!this.#script.real || foreseen.script.outcome === 'discovery-error') return;
    const finishedAtMs = this.history.records[place]?.finishedAtMs ?? foreseen.endsAtMs;
    const dueAtMs = this.#settings.tagReadAt === 'scan-start' ? discoveredAtMs : finishedAtMs;
    this.#open.push({ image: this, askedBy, dueAtMs, place, foreseen, shown });
  }

  #superseded(scan: OnDemandScan, later: readonly OnDemandScan[], atMs: number): boolean {
    const { parallelScansShown, pollBy } = this.#settings;
    if (parallelScansShown === 'all') return false;
    return later.some(
      (other) => other.registered(atMs) && (pollBy === 'either' || sameWay(other.askedBy, scan.askedBy)),
    );
  }

  #earlierEnd({ agoMs, scanMs }: { agoMs: number; scanMs: number }, startedAtMs: number): OnDemandScan {
    const { repo, tag } = this.#script;
    const script = scanScript({ registerDelayMs: 0, discoveryMs: 0, scanMs });
    const askedBy: AskedBy = { kind: 'tag', value: tag };
    return new OnDemandScan(startedAtMs - agoMs - scanMs, repo, askedBy, script, this.#settings);
  }
}

function sameWay(one: AskedBy, other: AskedBy): boolean {
  return one.kind === other.kind && one.value === other.value;
}
