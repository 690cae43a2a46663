import type {
  ImageScanResult,
  NamesResult,
  ProgressQuery,
  ProgressResult,
  RegistryScanRequest,
  ReportQuery,
  ReportResult,
  TriggerResult,
} from './api-types.ts';
import { ConsoleClock } from './clock.ts';
import type { ScanRecord } from './image-history.ts';
import { ImageIndex } from './image-index.ts';
import { Journal, type JournalEntry } from './journal.ts';
import type { RegularScan } from './regular-scan.ts';
import { type Reader, Report } from './report.ts';
import { isOnDemand, ScanService } from './scan-service.ts';
import type {
  ImageReference,
  ImageSpec,
  RegistrySpec,
  ScanSpec,
  Scenario,
  ScenarioEvent,
} from './scenario.ts';
import type { Settings } from './settings.ts';
import type { OpenScan } from './simulated-image.ts';

interface ModelOptions {
  /** True time in epoch milliseconds; the Console's clock is `clockSkewMs` ahead of it. */
  readonly now: () => number;
  readonly scenario: Scenario;
  /** Minimum number of entries that `journal` keeps; 0 turns it off. */
  readonly journalLimit?: number;
}

const DEFAULT_USER = 'gate';
const OTHER_USER = '(other user)';

/**
 * The Console without a network. Answers are computed from the scenario and the clock at the time of the call; there
 * are no timers and no random numbers, so that a run under a fake clock is reproducible.
 */
export class ConsoleModel {
  /** The scenario with the current settings. */
  readonly scenario: Scenario;
  readonly #clock: ConsoleClock;
  readonly #images: ImageIndex;
  readonly #scans: ScanService;
  readonly #report: Report;
  readonly #journal: Journal;
  readonly #startedAtMs: number;
  readonly #events: ScenarioEvent[];
  #restartedAtMs: number | undefined;

  constructor({ now, scenario, journalLimit = 1_000 }: ModelOptions) {
    const { images, registries, events } = scenario;
    const settings = { ...scenario.settings };
    const clock = new ConsoleClock(now, settings.clockSkewMs);
    const startedAtMs = clock.now();
    const canScan = (arm64: boolean) =>
      scenario.defenders.some((defender) => defender.connected && defender.arm64 === arm64);
    this.scenario = { ...scenario, settings };
    this.#clock = clock;
    this.#startedAtMs = startedAtMs;
    this.#images = new ImageIndex(images, { settings, clock, startedAtMs, canScan });
    this.#scans = new ScanService(this.#images, registries, settings, clock);
    this.#report = new Report(this.#images, settings, startedAtMs);
    this.#journal = new Journal(journalLimit);
    this.#events = events.toSorted((a, b) => a.atMs - b.atMs);
  }

  /** The time that scans follow. It is never set back or ahead. */
  get nowMs(): number {
    return this.#clock.now();
  }

  /** Time that the Console's clock shows. */
  get shownTimeMs(): number {
    return this.#clock.shown(this.#catchUp());
  }

  /** The latest requests, oldest first. */
  get journal(): readonly JournalEntry[] {
    return this.#journal.entries;
  }

  /** Number of calls since the start, including those that the journal dropped. */
  get counts(): Journal['counts'] {
    return this.#journal.counts;
  }

  /** Time of the last restart on the Console's clock. */
  get restartedAtMs(): number | undefined {
    this.#catchUp();
    return this.#restartedAtMs;
  }

  /** `POST registry/scan`. Any request other than an on-demand one with a repository starts a regular scan. */
  scan(request: RegistryScanRequest, user: string = DEFAULT_USER): TriggerResult {
    const atMs = this.#catchUp();
    this.#journal.record(atMs, 'scan', user, request);
    if (!isOnDemand(request)) this.#journal.record(atMs, 'regular-scan', user, null);
    return this.#scans.begin(request, atMs);
  }

  /** `POST registry/scan/select`. */
  scanSelected(requests: readonly RegistryScanRequest[], user: string = DEFAULT_USER): void {
    const atMs = this.#catchUp();
    for (const request of requests) this.#journal.record(atMs, 'scan', user, request);
    this.#scans.beginAll(requests, atMs);
  }

  /** `GET registry/progress`. Showing the end of a scan consumes it. */
  progress(query: ProgressQuery = {}, user: string = DEFAULT_USER): ProgressResult {
    const atMs = this.#catchUp();
    this.#journal.record(atMs, 'progress', user, query);
    return this.#scans.read(query, user, atMs);
  }

  /** `GET registry`. */
  report(query: ReportQuery = {}, user: string = DEFAULT_USER): ReportResult {
    const atMs = this.#catchUp();
    this.#journal.record(atMs, 'report', user, query);
    return this.#report.rows(query, this.#reader(user), atMs);
  }

  /** Rows for the downloads. */
  allRows(query: ReportQuery, user: string = DEFAULT_USER): Partial<ImageScanResult>[] {
    return this.#report.allRows(query, this.#reader(user), this.#catchUp());
  }

  /** `POST registry/stop`, or `registry/stop/{id}` for one registry. */
  stopRegularScan(registry?: string, user: string = DEFAULT_USER): void {
    const atMs = this.#catchUp();
    this.#journal.record(atMs, 'stop', user, registry ?? null);
    this.#scans.stopRegular(atMs, registry);
  }

  /** `GET registry/names`. */
  names(query: ReportQuery = {}, user: string = DEFAULT_USER): NamesResult {
    const atMs = this.#catchUp();
    this.#journal.record(atMs, 'names', user, query);
    return this.#report.names(query, this.#reader(user), atMs);
  }

  /** Starts the regular scan of all registries, as the schedule does. */
  startRegularScan(): void {
    this.#beginRegular(this.#catchUp());
  }

  /** Restarts the Console: running scans and unread ends are lost. */
  restart(): void {
    this.#restartAt(this.#catchUp());
  }

  /** Another user starts a scan; `scan` replaces the image's next one. */
  scanByOtherUser(image: ImageReference, scan?: ScanSpec): TriggerResult {
    const atMs = this.#catchUp();
    this.#journal.record(atMs, 'scan', OTHER_USER, image);
    return this.#scans.begin({ onDemandScan: true, tag: image }, atMs, scan);
  }

  get imageNames(): readonly string[] {
    return this.#images.all.map(({ name }) => name);
  }

  /** Adds images, or updates those with the same name. Their history stays. */
  putImages(images: readonly ImageSpec[]): void {
    this.#images.put(images);
  }

  /** Changes settings. Names of images are built at the start, so a new spelling takes effect after a reset. */
  changeSettings(changes: Partial<Settings>): Settings {
    const atMs = this.#catchUp();
    const { settings } = this.scenario;
    const { clockSkewMs = settings.clockSkewMs } = changes;
    if (clockSkewMs !== settings.clockSkewMs) this.#clock.set(atMs, clockSkewMs - settings.clockSkewMs);
    Object.assign(settings, changes);
    this.#report.settingsChanged();
    return settings;
  }

  /** Lets time pass at once. */
  advance(ms: number): void {
    this.#clock.advance(ms);
    this.#catchUp();
  }

  /** Sets the shown time ahead, or back if `byMs` is negative. */
  setClock(byMs: number): void {
    this.#clock.set(this.#catchUp(), byMs);
  }

  /** Another user reads progress: of one image, or of the regular scan. */
  readByOtherUser(image?: ImageReference): void {
    this.#readByOther(image, this.#catchUp());
  }

  /** The regular scan that runs or ran last. */
  get regularScan(): RegularScan | undefined {
    this.#catchUp();
    return this.#scans.regularScan;
  }

  /** The time that the Console's clock shows at a given time of `nowMs`. */
  shownTimeAt(atMs: number): number {
    return this.#clock.shown(atMs);
  }

  /** The records of an image's scans, in the order of their triggers. */
  scansOf(image: ImageReference): readonly ScanRecord[] {
    this.#catchUp();
    return this.#images.find(image, 'without-scheme').flatMap(({ history }) => history.records);
  }

  /** The records of the scans of every image. */
  get allScans(): readonly (ScanRecord & { readonly image: string })[] {
    this.#catchUp();
    return this.#images.all.flatMap(({ name, history }) =>
      history.records.map((record) => ({ image: name, ...record })),
    );
  }

  /** Adds images discovered in a real registry, and the registry itself for the next regular scan. */
  discovered(images: readonly ImageSpec[], registry?: RegistrySpec): void {
    this.#images.put(images);
    if (registry !== undefined) this.#scans.put(registry);
  }

  /** Marks all other images of a real registry, or of one repository of it, as deleted there. */
  markMissing(registry: string, images: readonly ImageSpec[], within: ImageReference | undefined): void {
    const tags = new Set(images.map(({ repo, tag }) => `${repo}:${tag}`));
    for (const image of this.#images.all) {
      const { real, repo, tag } = image.spec;
      const covered = within === undefined || (within.repo === repo && (within.tag ?? tag) === tag);
      if (real && tag !== '' && image.spec.registry === registry && covered && !tags.has(`${repo}:${tag}`)) {
        image.gone = true;
      }
    }
  }

  /** Scans of images in real registries whose result is still to be looked up. */
  get openScans(): readonly OpenScan[] {
    this.#catchUp();
    return this.#images.all.flatMap(({ openScans }) => openScans);
  }

  /** Sets the result of such a scan. */
  settle(scan: OpenScan, found: ScanSpec): void {
    scan.image.settle(scan, found);
  }

  /** Applies the events that are due, each at its own time; returns the current time. */
  #catchUp(): number {
    const nowMs = this.#clock.now();
    for (;;) {
      const event = this.#events[0];
      if (event === undefined || this.#startedAtMs + event.atMs > nowMs) return nowMs;
      this.#events.shift();
      this.#apply(event, this.#startedAtMs + event.atMs);
    }
  }

  #apply(event: ScenarioEvent, atMs: number): void {
    switch (event.kind) {
      case 'restart':
        this.#restartAt(atMs);
        break;
      case 'scan':
        this.#journal.record(atMs, 'scan', OTHER_USER, event.image);
        this.#scans.begin({ onDemandScan: true, tag: event.image }, atMs, event.scan);
        break;
      case 'read':
        this.#readByOther(event.image, atMs);
        break;
      case 'regular-scan':
        this.#beginRegular(atMs);
        break;
      case 'read-regular':
        this.#readByOther(undefined, atMs);
        break;
      case 'stop-regular':
        this.#journal.record(atMs, 'stop', OTHER_USER, null);
        this.#scans.stopRegular(atMs);
        break;
      case 'push':
        for (const image of this.#images.find(event.image, 'without-scheme')) {
          const [first, ...rest] = image.spec.scans.map(({ digest: _, ...scan }) => scan);
          if (first === undefined) continue;
          this.#images.put([{ ...image.spec, digest: event.digest, scans: [first, ...rest] }]);
        }
        break;
      case 'clock':
        this.#clock.set(atMs, event.byMs);
        break;
    }
  }

  #reader(username: string): Reader {
    return this.scenario.users.find((user) => user.username === username) ?? { username };
  }

  #beginRegular(atMs: number): void {
    this.#journal.record(atMs, 'regular-scan', OTHER_USER, null);
    this.#scans.begin({}, atMs);
  }

  #readByOther(image: ImageReference | undefined, atMs: number): void {
    this.#journal.record(atMs, 'read', OTHER_USER, image ?? null);
    this.#scans.read(image === undefined ? {} : { ...image, onDemand: true }, OTHER_USER, atMs);
  }

  #restartAt(atMs: number): void {
    this.#journal.record(atMs, 'restart', OTHER_USER, null);
    this.#restartedAtMs = atMs;
    this.#scans.restart();
    this.#report.restart(atMs);
    for (const image of this.#images.all) image.restart(atMs);
  }
}
