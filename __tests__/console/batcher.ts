import { ReportBatcher } from '../../src/console/report-batcher.ts';
import type { ReadPage } from '../../src/console/report-pages.ts';
import { ActiveScans } from '../../src/scan/clock.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { FakeClock } from '../builders/fake-clock.ts';

/** A row of the report as the Console writes it, for a tag of a repository. */
export function wireRow(
  repo: string,
  given: object = {},
  registry = 'registry.example.com',
  tag = '1',
): object {
  return { repoTag: { registry, repo, tag }, scanTime: '2026-11-02T09:00:00Z', ...given };
}

/** A batcher on a clock of its own, at a Console that answers pages so; with this many scans under way. */
export function batcherFor(pagesOf: (clock: FakeClock) => ReadPage, scans = 0, timeoutMs = 3_600_000) {
  const clock = new FakeClock();
  const activeScans = new ActiveScans();
  for (let at = 0; at < scans; at += 1) void activeScans.during(() => new Promise(() => undefined));
  const aborted = new AbortController();
  const batcher = new ReportBatcher(pagesOf(clock), {
    clock,
    deadline: new Deadline(clock, timeoutMs),
    activeScans,
    random: () => 0,
    signal: aborted.signal,
  });
  return { clock, activeScans, aborted, batcher };
}
