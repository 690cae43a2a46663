import type {
  NamesResult,
  ProgressQuery,
  ProgressResult,
  ReportQuery,
  ReportResult,
  TriggerResult,
} from './answers.ts';
import { ImageIndex } from './image-index.ts';
import { Journal, type JournalEntry } from './journal.ts';
import { Report } from './report.ts';
import { isOnDemand, ScanDesk } from './scan-desk.ts';
import type { ScanRecord } from './scan-record.ts';
import type {
  EventScript,
  ImageReference,
  ImageScript,
  RegistryScript,
  ScanScript,
  Scenario,
} from './scenario.ts';
import type { OpenScan } from './simulated-image.ts';
import type { RegistryScanRequest } from './wire.ts';

type ModelOptions = {
  /** The true time, in epoch milliseconds; the Console's own clock is `clockSkewMs` ahead of it. */
  readonly now: () => number;
  readonly scenario: Scenario;
  /** How many of the latest calls `journal` keeps, at least; 0 turns it off. */
  readonly journalLimit?: number;
};

const someUser = 'gate';
const someoneElse = '(someone else)';

/**
 * The Console without its network: what it would answer at this moment, computed from the scenario and the
 * clock when asked. No timers and no chance, so that a run under a fake clock is the same every time.
 */
export class ConsoleModel {
  readonly #now: () => number;
  readonly #images: ImageIndex;
  readonly #desk: ScanDesk;
  readonly #report: Report;
  readonly #journal: Journal;
  readonly #startedAtMs: number;
  readonly #events: EventScript[];
  #restartedAtMs: number | undefined;

  constructor({ now, scenario, journalLimit = 1_000 }: ModelOptions) {
    const { settings, images, events } = scenario;
    this.#now = () => now() + settings.clockSkewMs;
    this.#startedAtMs = this.#now();
    this.#images = new ImageIndex(images, settings, this.#startedAtMs);
    this.#desk = new ScanDesk(this.#images, scenario);
    this.#report = new Report(this.#images, settings);
    this.#journal = new Journal(journalLimit);
    this.#events = events.toSorted((a, b) => a.atMs - b.atMs);
  }

  /** What time it is on the Console's clock. */
  get nowMs(): number {
    return this.#now();
  }

  /** What was asked lately, oldest first. */
  get journal(): readonly JournalEntry[] {
    return this.#journal.entries;
  }

  /** How often each call was made since the start, whether the journal kept it or not. */
  get counts(): Journal['counts'] {
    return this.#journal.counts;
  }

  /** When the Console last restarted, on its own clock. */
  get restartedAtMs(): number | undefined {
    this.#catchUp();
    return this.#restartedAtMs;
  }

  /** `POST registry/scan`. Anything but an on-demand request with a repository starts a regular scan. */
  scan(request: RegistryScanRequest, user: string = someUser): TriggerResult {
    const atMs = this.#catchUp();
    this.#journal.note(atMs, 'scan', user, request);
    if (!isOnDemand(request)) this.#journal.note(atMs, 'regular-scan', user, null);
    return this.#desk.begin(request, atMs);
  }

  /** `GET registry/progress`. Shows a scan's end and, in doing so, consumes it. */
  progress(query: ProgressQuery = {}, user: string = someUser): ProgressResult {
    const atMs = this.#catchUp();
    this.#journal.note(atMs, 'progress', user, query);
    return this.#desk.read(query, user, atMs);
  }

  /** `GET registry`. */
  report(query: ReportQuery = {}, user: string = someUser): ReportResult {
    const atMs = this.#catchUp();
    this.#journal.note(atMs, 'report', user, query);
    return this.#report.rows(query, user, atMs);
  }

  /** `GET registry/names`. */
  names(query: ReportQuery = {}, user: string = someUser): NamesResult {
    const atMs = this.#catchUp();
    this.#journal.note(atMs, 'names', user, query);
    return this.#report.names(query, atMs);
  }

  /** Starts the regular scan of all registries, as the schedule would. */
  startRegularScan(): void {
    this.#beginRegular(this.#catchUp());
  }

  /** Scans in flight and unread ends are lost. */
  restart(): void {
    this.#restartAt(this.#catchUp());
  }

  /** Someone else asks for progress: of one image, or of the regular scan. */
  readBySomeoneElse(image?: ImageReference): void {
    this.#readElsewhere(image, this.#catchUp());
  }

  /** What truly happened to an image's scans, in the order of their triggers. */
  scansOf(image: ImageReference): readonly ScanRecord[] {
    this.#catchUp();
    return this.#images.find(image, 'without-scheme').flatMap(({ history }) => history.records);
  }

  /** Takes over what was found in a real registry: images, and the registry itself for the next regular scan. */
  discovered(images: readonly ImageScript[], registry?: RegistryScript): void {
    this.#images.put(images);
    if (registry !== undefined) this.#desk.put(registry);
  }

  /** Notes that images are in their real registry no more: all of a registry but these, or of one repository. */
  onlyHas(registry: string, images: readonly ImageScript[], within: ImageReference | undefined): void {
    const tags = new Set(images.map(({ repo, tag }) => `${repo}:${tag}`));
    for (const image of this.#images.all) {
      const { real, repo, tag } = image.script;
      const covered = within === undefined || (within.repo === repo && (within.tag ?? tag) === tag);
      if (real && image.script.registry === registry && covered && !tags.has(`${repo}:${tag}`)) {
        image.gone = true;
      }
    }
  }

  /** Scans of images in real registries for which nobody has looked yet what they find. */
  get openScans(): readonly OpenScan[] {
    this.#catchUp();
    return this.#images.all.flatMap(({ openScans }) => openScans);
  }

  /** Says what such a scan found. */
  settle(scan: OpenScan, found: ScanScript): void {
    scan.image.settle(scan, found);
  }

  /** Lets the events that are due happen, each at its own time, and answers what time it is. */
  #catchUp(): number {
    const nowMs = this.#now();
    for (;;) {
      const event = this.#events[0];
      if (event === undefined || this.#startedAtMs + event.atMs > nowMs) return nowMs;
      this.#events.shift();
      this.#happen(event, this.#startedAtMs + event.atMs);
    }
  }

  #happen(event: EventScript, atMs: number): void {
    switch (event.kind) {
      case 'restart':
        this.#restartAt(atMs);
        break;
      case 'scan':
        this.#journal.note(atMs, 'scan', someoneElse, event.image);
        this.#desk.begin({ onDemandScan: true, tag: event.image }, atMs);
        break;
      case 'read':
        this.#readElsewhere(event.image, atMs);
        break;
      case 'regular-scan':
        this.#beginRegular(atMs);
        break;
      case 'read-regular':
        this.#readElsewhere(undefined, atMs);
        break;
    }
  }

  #beginRegular(atMs: number): void {
    this.#journal.note(atMs, 'regular-scan', someoneElse, null);
    this.#desk.begin({}, atMs);
  }

  #readElsewhere(image: ImageReference | undefined, atMs: number): void {
    this.#journal.note(atMs, 'read', someoneElse, image ?? null);
    this.#desk.read(image === undefined ? {} : { ...image, onDemand: true }, someoneElse, atMs);
  }

  #restartAt(atMs: number): void {
    this.#journal.note(atMs, 'restart', someoneElse, null);
    this.#restartedAtMs = atMs;
    this.#desk.restart();
    for (const image of this.#images.all) image.restart(atMs);
  }
}
