import type { ImageScanResult, ScanTime } from '../../src/scan/evidence.ts';

/** The Console's time of a scan, from a time in the form of ISO 8601. */
export function scanTimeOf(text: string): ScanTime {
  return { text, epochMs: Date.parse(text) };
}

/** A row of the report, decoded: a scan that succeeded, with no digest and no findings unless given. */
export function scanRow(given: Partial<ImageScanResult> = {}): ImageScanResult {
  return {
    scanTime: scanTimeOf('2026-11-23T10:00:00Z'),
    error: undefined,
    digest: undefined,
    digests: [],
    imageId: undefined,
    isArm64: undefined,
    vulnerabilityCounts: undefined,
    complianceCounts: undefined,
    findings: undefined,
    packages: undefined,
    distribution: { name: undefined, version: undefined, release: undefined },
    exploits: [],
    isUnsupportedDistro: false,
    durationMs: undefined,
    ignoredFields: [],
    ...given,
  };
}
