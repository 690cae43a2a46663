import { configId, type Row } from './image-row.ts';
import { timestamp } from './progress.ts';
import type { EarlierScan, ImageSpec, Outcome, ScanSpec } from './scenario.ts';
import type { Settings } from './settings.ts';

/** What happened to one scan, independent of what progress showed, for tests that compare verdicts with it. */
export type ScanRecord = {
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
  /** When a restart aborted it; null: it runs to its end. */
  readonly lostAtMs: number | null;
};

type PendingRow = {
  readonly place: number;
  readonly atMs: number;
  readonly row: Row;
  readonly finishedAtMs: number;
};

export type ScanRun = {
  readonly kind: 'on-demand' | 'regular';
  readonly requestedAtMs: number;
  readonly beganAtMs: number;
  readonly endsAtMs: number;
  readonly spec: ScanSpec;
  /** Manifest digest that the scan finds. */
  readonly digest: string;
};

/** The results of an image's scans: the current row, pending rows, and a record of every scan. */
export class ImageHistory {
  readonly #settings: Settings;
  #records: ScanRecord[] = [];
  #pending: PendingRow[] = [];
  #row: Row | undefined;

  constructor({ earlier, digest }: ImageSpec, settings: Settings, startedAtMs: number) {
    this.#settings = settings;
    if (earlier !== undefined) this.#addEarlier(earlier, digest, startedAtMs);
  }

  get records(): readonly ScanRecord[] {
    return this.#records;
  }

  /** Returns the current row; undefined: never scanned. */
  row(atMs: number): Row | undefined {
    for (let next = this.#pending[0]; next !== undefined && next.atMs <= atMs; next = this.#pending[0]) {
      this.#pending.shift();
      if (this.#row === undefined || next.row.scanTimeMs >= this.#row.scanTimeMs) {
        this.#row = { ...next.row, firstScanTimeMs: this.#row?.firstScanTimeMs ?? next.row.scanTimeMs };
      }
    }
    return this.#row;
  }

  /** Adds a requested scan and its pending row; returns its index in the records. */
  add(scan: ScanRun): number {
    const place = this.#records.length;
    this.#schedule(place, scan);
    return place;
  }

  /** Replaces the planned result of a scan, unless a restart aborted it. */
  amend(place: number, scan: ScanRun): void {
    if (this.#records[place]?.lostAtMs !== null) return;
    this.#pending = this.#pending.filter((pending) => pending.place !== place);
    this.#schedule(place, scan);
  }

  #schedule(place: number, scan: ScanRun): void {
    const { kind, requestedAtMs, beganAtMs, endsAtMs, spec, digest } = scan;
    const rowAtMs = this.#rowAtMs(scan);
    const finishedAtMs = rowAtMs === null ? endsAtMs : Math.min(endsAtMs, rowAtMs);
    const scanTimeMs = this.#settings.scanTimeIs === 'end' ? finishedAtMs : beganAtMs;
    const { outcome } = spec;
    const errorText = outcome === 'finished' ? '' : spec.errorText;
    const scanTime = rowAtMs === null ? null : timestamp(scanTimeMs);
    const record = { kind, requestedAtMs, endsAtMs, finishedAtMs, rowAtMs, scanTime, outcome, errorText };
    this.#records[place] = { ...record, lostAtMs: null };
    if (rowAtMs === null) return;
    const row: Row = {
      scanTimeMs,
      firstScanTimeMs: scanTimeMs,
      scanMs: spec.discoveryMs + spec.scanMs,
      digest,
      imageId: spec.imageId ?? configId(digest),
      coverageMissing: spec.coverageMissing,
      err: errorText,
      findings: outcome === 'finished' ? spec.findings : [],
      complianceIssues: outcome === 'finished' ? spec.complianceIssues : [],
    };
    this.#pending.push({ place, atMs: rowAtMs, row, finishedAtMs });
    this.#pending.sort((a, b) => a.atMs - b.atMs);
  }

  /** Aborts unfinished scans. A finished scan keeps its row, even a pending one. */
  restart(atMs: number): void {
    this.row(atMs);
    this.#pending = this.#pending.filter(({ finishedAtMs }) => finishedAtMs <= atMs);
    this.#records = this.#records.map((record) =>
      record.lostAtMs === null && record.finishedAtMs > atMs
        ? { ...record, rowAtMs: null, scanTime: null, lostAtMs: atMs }
        : record,
    );
  }

  #rowAtMs({ kind, requestedAtMs, endsAtMs, spec }: ScanRun): number | null {
    const { failedScanWritesRow, rowLagMs } = this.#settings;
    if (spec.outcome === 'discovery-error') return null;
    if (spec.outcome === 'scan-error' && !failedScanWritesRow) return null;
    if (kind === 'regular') return endsAtMs;
    const lagMs = spec.rowLagMs === undefined ? rowLagMs : spec.rowLagMs;
    return lagMs === null ? null : Math.max(requestedAtMs, endsAtMs + lagMs);
  }

  #addEarlier(earlier: EarlierScan, pushedDigest: string, startedAtMs: number): void {
    const { agoMs, scanMs, err, findings, complianceIssues, digest = pushedDigest } = earlier;
    const scanTimeMs = startedAtMs - agoMs;
    this.#row = {
      scanTimeMs,
      firstScanTimeMs: scanTimeMs,
      scanMs,
      digest,
      imageId: configId(digest),
      coverageMissing: undefined,
      err,
      findings,
      complianceIssues,
    };
    this.#records.push({
      kind: 'earlier',
      requestedAtMs: scanTimeMs - scanMs,
      endsAtMs: scanTimeMs,
      finishedAtMs: scanTimeMs,
      rowAtMs: scanTimeMs,
      scanTime: timestamp(scanTimeMs),
      outcome: err === '' ? 'finished' : 'report-error',
      errorText: err,
      lostAtMs: null,
    });
  }
}
