import { configId, type Row } from './image-row.ts';
import { timestamp } from './progress-entry.ts';
import type { ScanRecord } from './scan-record.ts';
import type { EarlierScan, ImageScript, ScanScript } from './scenario.ts';
import type { Settings } from './settings.ts';

type PendingRow = {
  readonly place: number;
  readonly atMs: number;
  readonly row: Row;
  readonly finishedAtMs: number;
};

export type HistoricScan = {
  readonly kind: 'on-demand' | 'regular';
  readonly requestedAtMs: number;
  readonly beganAtMs: number;
  readonly endsAtMs: number;
  readonly script: ScanScript;
  /** Manifest digest that the scan finds. */
  readonly digest: string;
};

/** The results of an image's scans: the row as it stands, rows that are due later, and a record of every scan. */
export class ImageHistory {
  readonly #settings: Settings;
  #records: ScanRecord[] = [];
  #pending: PendingRow[] = [];
  #row: Row | undefined;

  constructor({ earlier, digest }: ImageScript, settings: Settings, startedAtMs: number) {
    this.#settings = settings;
    if (earlier !== undefined) this.#remember(earlier, digest, startedAtMs);
  }

  get records(): readonly ScanRecord[] {
    return this.#records;
  }

  /** The row as it stands, or undefined where the image was never scanned. */
  row(atMs: number): Row | undefined {
    for (let next = this.#pending[0]; next !== undefined && next.atMs <= atMs; next = this.#pending[0]) {
      this.#pending.shift();
      if (this.#row === undefined || next.row.scanTimeMs >= this.#row.scanTimeMs) {
        this.#row = { ...next.row, firstScanTimeMs: this.#row?.firstScanTimeMs ?? next.row.scanTimeMs };
      }
    }
    return this.#row;
  }

  /** Notes a scan that has just been asked for, with the row that it will leave. Answers its place in the records. */
  add(scan: HistoricScan): number {
    const place = this.#records.length;
    this.#lay(place, scan);
    return place;
  }

  /** Notes that a scan came to something else than was foreseen. What a restart dropped stays dropped. */
  amend(place: number, scan: HistoricScan): void {
    if (this.#records[place]?.lostAtMs !== null) return;
    this.#pending = this.#pending.filter((pending) => pending.place !== place);
    this.#lay(place, scan);
  }

  #lay(place: number, scan: HistoricScan): void {
    const { kind, requestedAtMs, beganAtMs, endsAtMs, script, digest } = scan;
    const rowAtMs = this.#rowAtMs(scan);
    const finishedAtMs = rowAtMs === null ? endsAtMs : Math.min(endsAtMs, rowAtMs);
    const scanTimeMs = this.#settings.scanTimeIs === 'end' ? finishedAtMs : beganAtMs;
    const { outcome } = script;
    const errorText = outcome === 'finished' ? '' : script.errorText;
    const scanTime = rowAtMs === null ? null : timestamp(scanTimeMs);
    const record = { kind, requestedAtMs, endsAtMs, finishedAtMs, rowAtMs, scanTime, outcome, errorText };
    this.#records[place] = { ...record, lostAtMs: null };
    if (rowAtMs === null) return;
    const row: Row = {
      scanTimeMs,
      firstScanTimeMs: scanTimeMs,
      scanMs: script.discoveryMs + script.scanMs,
      digest,
      imageId: script.imageId ?? configId(digest),
      coverageMissing: script.coverageMissing,
      err: errorText,
      findings: outcome === 'finished' ? script.findings : [],
      complianceIssues: outcome === 'finished' ? script.complianceIssues : [],
    };
    this.#pending.push({ place, atMs: rowAtMs, row, finishedAtMs });
    this.#pending.sort((a, b) => a.atMs - b.atMs);
  }

  /** Drops what has not finished. What has keeps its row, even one that is not yet written. */
  restart(atMs: number): void {
    this.row(atMs);
    this.#pending = this.#pending.filter(({ finishedAtMs }) => finishedAtMs <= atMs);
    this.#records = this.#records.map((record) =>
      record.lostAtMs === null && record.finishedAtMs > atMs
        ? { ...record, rowAtMs: null, scanTime: null, lostAtMs: atMs }
        : record,
    );
  }

  #rowAtMs({ kind, requestedAtMs, endsAtMs, script }: HistoricScan): number | null {
    const { failedScanWritesRow, rowLagMs } = this.#settings;
    if (script.outcome === 'discovery-error') return null;
    if (script.outcome === 'scan-error' && !failedScanWritesRow) return null;
    if (kind === 'regular') return endsAtMs;
    const lagMs = script.rowLagMs === undefined ? rowLagMs : script.rowLagMs;
    return lagMs === null ? null : Math.max(requestedAtMs, endsAtMs + lagMs);
  }

  #remember(earlier: EarlierScan, pushedDigest: string, startedAtMs: number): void {
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
