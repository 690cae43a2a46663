import { describe, expect, test } from '@jest/globals';
import { RegistrySpellings, spelledNames } from '../../src/console/registry-spelling.ts';
import { latestOf, rowsOf as rowsOfImage } from '../../src/console/report.ts';
import { decodeReport } from '../../src/console/report-row.ts';
import type { ReportSnapshot } from '../../src/scan/evidence.ts';
import { taggedImage } from '../builders/image.ts';

const image = taggedImage('team/app', '1', 'art.example.com');
const rowsOf = (registry: string, repo = 'team/app', tag = '1') =>
  decodeReport([{ repoTag: { registry, repo, tag }, scanTime: '2026-11-02T09:00:00Z' }], (text) => text);

describe('The names of an image in the spelling of the Console', () => {
  test.each([
    ['https://art.example.com/', 'https://art.example.com//team/app:1'],
    ['https://art.example.com/', 'https://art.example.com/team/app:1'],
    ['ART.example.com', 'ART.example.com/team/app:1'],
    ['http://art.example.com', 'http://art.example.com/team/app:1'],
  ])('for %s are among others %s', (stored, name) => {
    expect(spelledNames(rowsOf(stored), image)).toContain(name);
  });

  test.each([
    ['of another registry', rowsOf('other.example.com')],
    ['of another repository', rowsOf('art.example.com', 'team/other')],
    ['of another tag', rowsOf('art.example.com', 'team/app', '2')],
  ])('are none from a row %s', (_what, rows) => {
    expect(spelledNames(rows, image)).toEqual([]);
  });
});

const absentAt = (readAtMs: number | undefined): ReportSnapshot => ({ kind: 'absent', readAtMs });
const absent = () => absentAt(1_000);

function shown(epochMs: number): ReportSnapshot {
  const scanTime = new Date(epochMs).toISOString();
  const wire = [{ repoTag: { registry: 'ART.example.com', repo: 'team/app', tag: '1' }, scanTime }];
  const rows = decodeReport(wire, (text) => text);
  const row = latestOf(rowsOfImage(rows, image, 'compact', () => []));
  if (row === undefined) throw new Error('there is no row');
  return { kind: 'row', row, readAtMs: 9_000 };
}

describe('An image whose row is missing', () => {
  test('is looked for once, after some seconds', () => {
    const spellings = new RegistrySpellings();
    spellings.note(image, absent());
    const asked = [0, 3_000, 4_000, 5_000, 60_000].map((atMs) =>
      spellings.isToBeSearched(image, absent(), atMs),
    );
    expect(asked).toEqual([false, false, true, false, false]);
  });

  test('is not looked for once its row is there', () => {
    const spellings = new RegistrySpellings();
    expect(spellings.isToBeSearched(image, shown(1), 60_000)).toBe(false);
  });

  test.each<[readAtMs: number | undefined, scanTimeMs: number, kind: ReportSnapshot['kind']]>([
    [1_000, 1_001, 'row'],
    [1_000, 1_000, 'absent'],
    [1_000, 0, 'absent'],
    [undefined, 5_000, 'absent'],
  ])('and was first missed at %s: a scan of %s found later is %s', (readAtMs, scanTimeMs, kind) => {
    const spellings = new RegistrySpellings();
    spellings.note(image, absentAt(readAtMs));
    expect(spellings.proven(image, shown(scanTimeMs)).kind).toBe('row');
    expect(spellings.learn(image, rowsOf('ART.example.com'))).toBe(true);
    expect(spellings.proven(image, shown(scanTimeMs)).kind).toBe(kind);
  });
});
