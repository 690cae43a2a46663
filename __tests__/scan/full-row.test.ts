import { describe, expect, test } from '@jest/globals';
import type { ReportRow } from '../../src/scan/evidence.ts';
import type { Finding } from '../../src/scan/finding.ts';
import { type Need, withFullRow } from '../../src/scan/full-row.ts';
import { beginWait, finish } from '../../src/scan/state.ts';
import { noRow, row, shows, silence } from './evidence.ts';
import { askedOf, type Reading } from './readings.ts';

const high: Finding = {
  kind: 'vulnerability',
  id: 'CVE-2099-0001',
  severity: 'high',
  unknownWord: undefined,
  cvss: undefined,
  packageName: 'openssl',
  packageVersion: '3.0.1',
  packageType: 'package',
  fix: '3.0.2',
  link: '',
  description: '',
  isBlocking: false,
};
const none = { critical: 0, high: 0, medium: 0, low: 0, total: 0 };
const one = { ...none, high: 1, total: 1 };

/** What proved the scan: a row that counts one finding, and lists none. */
const compact = row(7, { counts: one });
const whole = row(7, { counts: one, listed: [high] });

const findings: Need = { isDecisive: true, needsFindings: true, withinMs: 30_000 };
const digests: Need = { isDecisive: false, needsFindings: false, withinMs: 30_000 };

async function inFull(need: Need, ...readings: readonly Reading[]) {
  const { clock, questions, vigil, reads } = askedOf(...readings);
  const state = finish(beginWait('triggered', shows(row(1)), 0), 'report', compact);
  const found = await clock.run(withFullRow(state, need, questions, vigil));
  return { row: found.row, unread: found.unread, reads: reads(), tookMs: clock.nowMs() };
}

describe('A row in full that gates need', () => {
  test('is read once where it is whole', async () => {
    expect(await inFull(findings, shows(whole))).toMatchObject({ row: whole, unread: '', reads: 1 });
  });

  test.each<[string, Reading]>([
    ['there is no answer', silence],
    ['there is no row', noRow],
    ['the row is of an earlier scan', shows(row(1, { listed: [] }))],
    ['it neither counts nor lists', shows(row(7))],
    ['it counts less than before, and lists as little', shows(row(7, { counts: none, listed: [] }))],
    ['it does not count any more, and lists less than before', shows(row(7, { listed: [] }))],
    ['it has no digest any more', shows({ ...whole, digest: undefined, digests: [] })],
  ])('is read again where %s', async (_what, first) => {
    expect(await inFull(findings, first, shows(whole))).toMatchObject({ row: whole, unread: '', reads: 2 });
  });

  test.each<[string, ReportRow]>([
    ['lists what it does not count', row(7, { counts: none, listed: [high] })],
    ['counts what it does not list', row(7, { counts: one, listed: [] })],
    ['is of a later scan, and has less to tell', row(8, { counts: none, listed: [], digests: [] })],
  ])('is taken where it %s', async (_what, given) => {
    expect(await inFull(findings, shows(given))).toMatchObject({ row: given, unread: '', reads: 1 });
  });

  test('that always tells less than before is not taken, however long it is asked for', async () => {
    const lacking = row(7, { counts: none, listed: [] });
    const found = await inFull(findings, shows(lacking));
    expect(found).toMatchObject({ row: compact, unread: expect.stringContaining('tells less') });
    expect(found.tookMs).toBe(30_000);
  });

  test('that never has findings is not waited for where the digest is all that is needed', async () => {
    const bare = row(7);
    expect(await inFull(digests, shows(bare))).toMatchObject({ row: bare, unread: '', reads: 1 });
  });
});
