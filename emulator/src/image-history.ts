import type { ConsoleClock } from './clock.ts';
import { configId } from './image-row.ts';
import { timestamp } from './progress.ts';
import type { EarlierScan, ImageSpec, Outcome, ScanSpec } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { Row } from './stored-row.ts';

/** The true course of one scan, whatever progress showed. Tests compare verdicts with it. */
export interface ScanRecord {
  readonly kind: 'earlier' | 'on-demand' | 'regular';
  readonly requestedAtMs: number;
  /** When progress reports the end; may be in the future. */
  readonly endsAtMs: number;
  /** When it finishes, failed or not: its end, or its row if that is earlier. */
  readonly finishedAtMs: number;
  /** When the report shows its row; null: never. */
  readonly rowAtMs: number | null;
  readonly scanTime: string | null;
  readonly outcome: Outcome;
  readonly errorText: string;
  /** When a restart or a stop aborted it; null: it runs to its end. */
  readonly lostAtMs: number | null;
}

/** A record without the shown scan time, which may change with the clock until then. */
type StoredRecord = Omit<ScanRecord, 'scanTime'> & { readonly scannedAtMs: number };

/** A row without its times, which are read from the clock when it is written. */
type ScanResult = Omit<Row, 'scanTimeMs' | 'firstScanTimeMs'>;

interface PendingRow {
  readonly place: number;
  readonly atMs: number;
  readonly row: ScanResult;
  /** Order of rows: a row never replaces one of a later scan. */
  readonly scannedAtMs: number;
  readonly finishedAtMs: number;
}

interface WrittenRow {
  readonly atMs: number;
  readonly scannedAtMs: number;
  readonly row: Row;
}

export interface ScanRun {
  readonly kind: 'on-demand' | 'regular';
  readonly requestedAtMs: number;
  readonly beganAtMs: number;
  readonly endsAtMs: number;
  readonly spec: ScanSpec;
  /** Manifest digest that the scan finds. */
  readonly digest: string;
}

/** Rows that a lagging replica can still show. */
const ROWS_KEPT = 16;

/** The results of an image's scans: the rows written, pending rows, and a record of every scan. */
export class ImageHistory {
  readonly #settings: Settings;
  readonly #clock: ConsoleClock;
  #records: StoredRecord[] = [];
  #pending: PendingRow[] = [];
  #written: WrittenRow[] = [];

  constructor(image: ImageSpec, settings: Settings, clock: ConsoleClock, startedAtMs: number) {
    this.#settings = settings;
    this.#clock = clock;
    const { earlier, history = [], digest, arm64 = false } = image;
    const scans = [...history, ...(earlier === undefined ? [] : [earlier])];
    for (const scan of scans.toSorted((a, b) => b.agoMs - a.agoMs)) {
      this.#addEarlier(scan, digest, arm64, startedAtMs);
    }
  }

  get records(): readonly ScanRecord[] {
    return this.#records.map(({ scannedAtMs, ...record }) => ({
      ...record,
      scanTime: record.rowAtMs === null ? null : timestamp(this.#scanTimeMs(scannedAtMs)),
    }));
  }

  /** True if a restart or a stop aborted the scan at this index of the records. */
  isLost(place: number): boolean {
    return this.#records[place]?.lostAtMs !== null;
  }

  finishedAtMs(place: number): number | undefined {
    return this.#records[place]?.finishedAtMs;
  }

  /** Returns the row at a time; undefined: never scanned. */
  row(atMs: number): Row | undefined {
    for (let next = this.#pending[0]; next !== undefined && next.atMs <= atMs; next = this.#pending[0]) {
      this.#pending.shift();
      this.#write(next);
    }
    return this.#written.findLast((written) => written.atMs <= atMs)?.row;
  }

  /** Adds a requested scan and its pending row; returns its index in the records. */
  add(scan: ScanRun): number {
    const place = this.#records.length;
    this.#schedule(place, scan);
    return place;
  }

  /** Replaces the planned result of a scan, unless a restart aborted it. */
  amend(place: number, scan: ScanRun): void {
    if (this.isLost(place)) return;
    this.#pending = this.#pending.filter((pending) => pending.place !== place);
    this.#schedule(place, scan);
  }

  /** Aborts unfinished scans: all, or the regular ones. A finished scan keeps its row, even a pending one. */
  abort(atMs: number, which: 'all' | 'regular'): void {
    this.row(atMs);
    const aborts = (place: number, finishedAtMs: number) =>
      finishedAtMs > atMs && (which === 'all' || this.#records[place]?.kind === 'regular');
    this.#pending = this.#pending.filter(({ place, finishedAtMs }) => !aborts(place, finishedAtMs));
    this.#records = this.#records.map((record, place) =>
      record.lostAtMs === null && aborts(place, record.finishedAtMs)
        ? { ...record, rowAtMs: null, lostAtMs: atMs }
        : record,
    );
  }

  #write({ atMs, scannedAtMs, row }: PendingRow): void {
    const last = this.#written.at(-1);
    if (last !== undefined && scannedAtMs < last.scannedAtMs) return;
    const scanTimeMs = this.#scanTimeMs(scannedAtMs);
    const firstScanTimeMs = last?.row.firstScanTimeMs ?? scanTimeMs;
    this.#written.push({ atMs, scannedAtMs, row: { ...row, scanTimeMs, firstScanTimeMs } });
    if (this.#written.length > ROWS_KEPT) this.#written.shift();
  }

  #schedule(place: number, scan: ScanRun): void {
    const { kind, requestedAtMs, beganAtMs, endsAtMs, spec, digest } = scan;
    const rowAtMs = this.#rowAtMs(scan);
    const finishedAtMs = rowAtMs === null ? endsAtMs : Math.min(endsAtMs, rowAtMs);
    const scannedAtMs = this.#settings.scanTimeIs === 'end' ? finishedAtMs : beganAtMs;
    const { outcome } = spec;
    const errorText = outcome === 'finished' ? '' : spec.errorText;
    const times = { requestedAtMs, endsAtMs, finishedAtMs, rowAtMs, scannedAtMs, lostAtMs: null };
    this.#records[place] = { kind, ...times, outcome, errorText };
    if (rowAtMs === null) return;
    const row: ScanResult = {
      scanMs: spec.discoveryMs + spec.scanMs,
      digest,
      imageId: spec.imageId ?? (this.#settings.rowId === 'config' ? configId(digest) : digest),
      arm64: spec.arm64,
      coverageMissing: spec.coverageMissing,
      err: errorText,
      errCode: spec.errCode ?? (errorText === '' ? 0 : 1),
      findings: outcome === 'finished' ? spec.findings : [],
      complianceIssues: outcome === 'finished' ? spec.complianceIssues : [],
      packages: spec.packages,
    };
    this.#pending.push({ place, atMs: rowAtMs, row, scannedAtMs, finishedAtMs });
    this.#pending.sort((a, b) => a.atMs - b.atMs);
  }

  #earlierRow(row: ScanResult, scannedAtMs: number): Row {
    const scanTimeMs = this.#scanTimeMs(scannedAtMs);
    return { ...row, scanTimeMs, firstScanTimeMs: this.#written.at(-1)?.row.firstScanTimeMs ?? scanTimeMs };
  }

  /** The scan time that a row shows: by the clock of the Defender. */
  #scanTimeMs(scannedAtMs: number): number {
    return this.#clock.shown(scannedAtMs) + this.#settings.defenderSkewMs;
  }

  #rowAtMs({ kind, requestedAtMs, endsAtMs, spec }: ScanRun): number | null {
    const { failedScanWritesRow, rowLagMs } = this.#settings;
    if (spec.outcome === 'discovery-error') return null;
    if (spec.outcome === 'scan-error' && !failedScanWritesRow) return null;
    if (spec.scanned === 0) return null;
    if (kind === 'regular') return endsAtMs;
    const lagMs = spec.rowLagMs === undefined ? rowLagMs : spec.rowLagMs;
    return lagMs === null ? null : Math.max(requestedAtMs, endsAtMs + lagMs);
  }

  #addEarlier(scan: EarlierScan, pushedDigest: string, arm64: boolean, startedAtMs: number): void {
    const { agoMs, scanMs, err, findings, complianceIssues, packages, digest = pushedDigest } = scan;
    const scannedAtMs = startedAtMs - agoMs;
    const row: ScanResult = {
      scanMs,
      digest,
      imageId: this.#settings.rowId === 'config' ? configId(digest) : digest,
      arm64,
      coverageMissing: undefined,
      err,
      errCode: scan.errCode ?? (err === '' ? 0 : 1),
      findings,
      complianceIssues,
      packages,
    };
    // A scan time in the future means a wrong clock: the row exists all the same, and any new scan replaces it.
    const atMs = Math.min(scannedAtMs, startedAtMs);
    this.#written.push({ atMs, scannedAtMs: atMs, row: this.#earlierRow(row, scannedAtMs) });
    this.#records.push({
      kind: 'earlier',
      requestedAtMs: scannedAtMs - scanMs,
      endsAtMs: scannedAtMs,
      finishedAtMs: scannedAtMs,
      rowAtMs: scannedAtMs,
      scannedAtMs,
      outcome: err === '' ? 'finished' : 'report-error',
      errorText: err,
      lostAtMs: null,
    });
  }
}
