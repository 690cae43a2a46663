import { ImageHistory } from './image-history.ts';
import { type AskedBy, OnDemandScan } from './on-demand-scan.ts';
import { fullName } from './registry-name.ts';
import type { ImageScript } from './scenario.ts';
import { scanScript } from './script.ts';
import type { Settings } from './settings.ts';

/** One image in the Console: its scans as progress shows them, and what came of them. */
export class SimulatedImage {
  readonly script: ImageScript;
  readonly name: string;
  readonly history: ImageHistory;
  readonly #settings: Settings;
  #triggers = 0;
  #scans: OnDemandScan[] = [];

  constructor(script: ImageScript, settings: Settings, startedAtMs: number) {
    this.script = script;
    this.name = fullName(script, settings);
    this.history = new ImageHistory(script, settings, startedAtMs);
    this.#settings = settings;
    if (script.earlier?.unread) this.#scans.push(this.#earlierEnd(script.earlier, startedAtMs));
  }

  /** Every digest that the image has had or will have, for those who ask by digest. */
  digests(): Set<string> {
    const { digest, scans, earlier } = this.script;
    const known = [digest, earlier?.digest, ...scans.map((scan) => scan.digest)];
    return new Set(known.filter((each) => each !== undefined));
  }

  /** Starts an on-demand scan, beside those that already run. */
  trigger(atMs: number, askedBy: AskedBy): void {
    const { scans, repo } = this.script;
    const script = scans[this.#triggers] ?? scans.at(-1);
    if (script === undefined) return;
    this.#triggers += 1;
    const scan = new OnDemandScan(atMs, repo, askedBy, script, this.#settings);
    if (this.#settings.unreadEndAfterTrigger === 'dropped') {
      this.#scans = this.#scans.filter((earlier) => earlier.ongoing(atMs));
    }
    if (script.shownInProgress) this.#scans.push(scan);
    const { registeredAtMs: beganAtMs, endsAtMs } = scan.phases;
    const digest = askedBy.kind === 'digest' ? askedBy.value : (script.digest ?? this.script.digest);
    this.history.add({ kind: 'on-demand', requestedAtMs: atMs, beganAtMs, endsAtMs, script, digest });
  }

  /** Notes that a regular scan that begins now reaches this image at a time. */
  scanRegularly(beganAtMs: number, endsAtMs: number): void {
    const script = this.script.scans.at(-1);
    if (script === undefined) return;
    const digest = script.digest ?? this.script.digest;
    this.history.add({ kind: 'regular', requestedAtMs: beganAtMs, beganAtMs, endsAtMs, script, digest });
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
  }

  #superseded(scan: OnDemandScan, later: readonly OnDemandScan[], atMs: number): boolean {
    const { parallelScansShown, pollBy } = this.#settings;
    if (parallelScansShown === 'all') return false;
    return later.some(
      (other) => other.registered(atMs) && (pollBy === 'either' || sameWay(other.askedBy, scan.askedBy)),
    );
  }

  #earlierEnd({ agoMs, scanMs }: { agoMs: number; scanMs: number }, startedAtMs: number): OnDemandScan {
    const { repo, tag } = this.script;
    const script = scanScript({ registerDelayMs: 0, discoveryMs: 0, scanMs });
    const askedBy: AskedBy = { kind: 'tag', value: tag };
    return new OnDemandScan(startedAtMs - agoMs - scanMs, repo, askedBy, script, this.#settings);
  }
}

function sameWay(one: AskedBy, other: AskedBy): boolean {
  return one.kind === other.kind && one.value === other.value;
}
