import {
  buildEarlierScan,
  buildImage,
  buildScan,
  buildScenario,
  ConsoleModel,
} from 'compute-console-emulator';
import { FakeClock } from '../__tests__/builders/fake-clock.ts';
import { decodeProgress } from '../src/console/progress.ts';
import { latestOf, rowsOf } from '../src/console/report.ts';
import { reportNames } from '../src/console/report-names.ts';
import { decodeReport } from '../src/console/report-row.ts';
import type { Image } from '../src/image/image.ts';
import { ActiveScans } from '../src/scan/clock.ts';
import { Deadline } from '../src/scan/deadline.ts';
import { type ReportSnapshot, success } from '../src/scan/evidence.ts';
import { waitForScan } from '../src/scan/poller.ts';
import type { ScanSource } from '../src/scan/wait.ts';
import type { Duration } from './part.ts';
import type { Policy } from './policies.ts';

/** The cost of a wait after the trigger. */
export interface Cost {
  /** Time from the end of the scan until the wait knew. */
  readonly latencyMs: number;
  readonly requests: number;
  readonly polls: number;
}

const CONSOLE_STARTS_AT_MS = Date.UTC(2026, 10, 2, 9);
const DAY_MS = 86_400_000;
const LIMITS = { timeoutMs: DAY_MS, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 };
const DURATION_FIELDS = ['scanDuration', 'pullDuration'];

/** A scan appears shortly after its trigger, and spends a part of its time on discovery. */
const REGISTERS_AFTER_MS = 300;
const DISCOVERY_SHARE = 0.2;

const tagged = { repo: 'team/app', tag: '1.0' };
const image: Image = {
  registry: '',
  repository: tagged.repo,
  tag: tagged.tag,
  digest: undefined,
  scanBy: { tag: tagged.tag },
  platform: undefined,
};
const names = reportNames(image, tagged.tag);

/** Runs the real loop for one scan of the embedded Console's model, in virtual time. */
export async function simulateWait(
  scan: Required<Duration>,
  policy: Policy,
  random: () => number,
): Promise<Cost> {
  const clock = new FakeClock();
  const model = modelOf(scan, policy.kind === 'with previous', clock);
  let requests = 0;
  let polls = 0;
  let triggeredAtMs = 0;
  const source: ScanSource = {
    progress: async () => {
      requests += 1;
      const result = model.progress({ ...tagged, onDemand: true });
      if (result.status !== 200) throw new Error(`progress answered ${result.status}`);
      return success(decodeProgress(result.body, (text) => text));
    },
    consoleTimeMs: () => CONSOLE_STARTS_AT_MS + clock.nowMs(),
    report: async (detail) => {
      // The reads after the end are the same for every policy.
      if (detail === 'compact') requests += 1;
      const result = model.report({ name: names, compact: detail === 'compact', limit: 50 });
      if (result.status !== 200) throw new Error(`the report answered ${result.status}`);
      const rows = decodeReport(result.body, (text) => text);
      const row = latestOf(rowsOf(rows, image, detail, () => []));
      const readAtMs = CONSOLE_STARTS_AT_MS + clock.nowMs();
      return success<ReportSnapshot>(
        row === undefined ? { kind: 'absent', readAtMs } : { kind: 'row', row, readAtMs },
      );
    },
  };
  const start = async () => {
    requests = 0;
    triggeredAtMs = clock.nowMs();
    model.scan({ onDemandScan: true, tag: tagged });
    return success('accepted' as const);
  };
  const wait = waitForScan(
    {
      source,
      scan: 'on-demand',
      start,
      limits: LIMITS,
      pollInterval: policy.interval(),
      maxScanAgeMs: undefined,
      hasDigest: false,
      isWanted: async () => true,
      needsFindings: false,
    },
    {
      clock,
      deadline: new Deadline(clock, LIMITS.timeoutMs),
      random,
      signal: new AbortController().signal,
      activeScans: new ActiveScans(),
      emit: ({ kind }) => {
        if (kind === 'polled') polls += 1;
      },
    },
  );
  const outcome = await clock.run(wait);
  if (outcome.kind !== 'ended' || outcome.state.phase !== 'finished') {
    throw new Error(`a wait of the benchmark ended with ${JSON.stringify(outcome)}`);
  }
  return { latencyMs: clock.nowMs() - triggeredAtMs - scan.seconds * 1_000, requests, polls };
}

/** A Console with one image that was scanned before; the duration of that scan is in its row if `showsDuration`. */
function modelOf(
  { seconds, previousSeconds }: Required<Duration>,
  showsDuration: boolean,
  clock: FakeClock,
): ConsoleModel {
  const durationMs = seconds * 1_000;
  const registerDelayMs = Math.min(REGISTERS_AFTER_MS, durationMs / 10);
  const discoveryMs = (durationMs - registerDelayMs) * DISCOVERY_SHARE;
  const scanMs = durationMs - registerDelayMs - discoveryMs;
  return new ConsoleModel({
    now: () => CONSOLE_STARTS_AT_MS + clock.nowMs(),
    scenario: buildScenario({
      images: [
        buildImage({
          ...tagged,
          digest: `sha256:${'a'.repeat(64)}`,
          scans: [buildScan({ registerDelayMs, discoveryMs, scanMs })],
          earlier: buildEarlierScan({ scanMs: (previousSeconds ?? seconds) * 1_000 }),
        }),
      ],
      settings: showsDuration ? {} : { absentRowFields: DURATION_FIELDS },
    }),
    journalLimit: 0,
  });
}
