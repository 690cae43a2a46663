import { describe, expect, test } from '@jest/globals';
import type { ImageScanResult, ReportSnapshot } from '../../src/scan/evidence.ts';
import { readFullRow } from '../../src/scan/full-row.ts';
import type { Unread } from '../../src/scan/unread.ts';
import { finding } from '../output/builders.ts';
import { absent, row, shows, unreadable } from './evidence.ts';

const high = finding({ severity: 'high' });
const none = { critical: 0, high: 0, medium: 0, low: 0, total: 0 };
const one = { ...none, high: 1, total: 1 };

/** The row that proved the scan: it counts one finding, and lists none. */
const proven = row('09:00:20', { vulnerabilityCounts: one });

describe('The row in full', () => {
  test.each<[string, ImageScanResult]>([
    ['lists what the other counts', row('09:00:20', { vulnerabilityCounts: one, findings: [high] })],
    ['counts what it does not list', row('09:00:20', { vulnerabilityCounts: one, findings: [] })],
    [
      'is of a later scan, and has less',
      row('09:00:30', { vulnerabilityCounts: none, findings: [], digests: [] }),
    ],
  ])('is taken if it %s', (_what, full) => {
    expect(readFullRow(proven, shows(full))).toEqual({ row: full, unread: undefined });
  });

  test('is taken with the counts of the other if it lists what it does not count', () => {
    const full = row('09:00:20', { vulnerabilityCounts: none, findings: [high] });
    expect(readFullRow(proven, shows(full))).toEqual({
      row: { ...full, vulnerabilityCounts: one },
      unread: undefined,
    });
  });

  test.each<[string, ReportSnapshot, Unread['kind']]>([
    ['the report has no row', absent(), 'scan-gone'],
    ['the report is refused', unreadable(), 'report-unreadable'],
    ['the row is of an earlier scan', shows(row('08:00:00', { findings: [high] })), 'scan-gone'],
    ['the row was never scanned', shows(row(undefined, { findings: [high] })), 'scan-gone'],
    [
      'the row has no digest any more',
      shows({ ...proven, findings: [high], digest: undefined, digests: [] }),
      'no-digest',
    ],
  ])('is not taken if %s', (_what, snapshot, kind) => {
    expect(readFullRow(proven, snapshot)).toMatchObject({ row: proven, unread: { kind } });
  });

  test.each<[string, ImageScanResult]>([
    ['counts less, and lists as little', row('09:00:20', { vulnerabilityCounts: none, findings: [] })],
    ['does not count any more, and lists less', row('09:00:20', { findings: [] })],
  ])('is read again, and the counts of the other stand, if it %s', (_what, full) => {
    expect(readFullRow(proven, shows(full))).toEqual({
      row: { ...full, vulnerabilityCounts: one },
      unread: { kind: 'fewer-findings' },
    });
  });

  test('is read again if it has fewer compliance issues than the other counts', () => {
    const counted = row('09:00:20', { complianceCounts: { ...none, critical: 3, total: 3 } });
    const full = row('09:00:20', { complianceCounts: none, findings: [] });
    expect(readFullRow(counted, shows(full))).toEqual({
      row: { ...full, complianceCounts: counted.complianceCounts },
      unread: { kind: 'fewer-findings' },
    });
  });
});
