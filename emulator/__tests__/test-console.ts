import type { RegistryScanProgress } from '../src/api-types.ts';
import { buildImage, buildScan, buildScenario } from '../src/builders.ts';
import { ConsoleModel } from '../src/model.ts';
import type { ImageSpec, RegistrySpec, ScanSpec, ScenarioEvent } from '../src/scenario.ts';
import type { Settings } from '../src/settings.ts';
import { TestClock } from './test-clock.ts';

interface Given {
  readonly images?: readonly ImageSpec[];
  readonly registries?: readonly RegistrySpec[];
  readonly events?: readonly ScenarioEvent[];
  readonly settings?: Partial<Settings>;
}

export const STARTS_AT_MS = Date.UTC(2026, 10, 2, 9);

/** A scan with round numbers: registers after 1 s, has discovered after 2 s, ends after 10 s. */
export const roundScan: ScanSpec = buildScan({
  registerDelayMs: 1_000,
  discoveryMs: 1_000,
  scanMs: 8_000,
});

export const alpine = { repo: 'library/alpine', tag: '3.16' };

export function alpineImage(scan: Partial<ScanSpec> = {}, image: Partial<ImageSpec> = {}): ImageSpec {
  return buildImage({ ...alpine, scans: [{ ...roundScan, ...scan }], ...image });
}

/** A model under a fake clock, and the few questions that every test of it asks. */
export function testConsole({ images = [alpineImage()], ...given }: Given = {}) {
  const clock = new TestClock(STARTS_AT_MS);
  const model = new ConsoleModel({ now: () => clock.nowMs(), scenario: buildScenario({ images, ...given }) });
  const entries = (query: object = alpine, user?: string): RegistryScanProgress[] => {
    const result = model.progress({ onDemand: true, ...query }, user);
    return result.status === 200 ? result.body : [];
  };
  return {
    clock,
    model,
    entries,
    trigger: (tag: object = alpine) => model.scan({ onDemandScan: true, tag }),
    ongoing: (query?: object, user?: string) => entries(query, user).map((entry) => entry.isScanOngoing),
    regular: (user?: string): RegistryScanProgress[] => {
      const result = model.progress({}, user);
      return result.status === 200 ? result.body : [];
    },
    scanTimes: (name = 'library/alpine:3.16') => {
      const result = model.report({ name: [name] });
      return result.status === 200 ? (result.body ?? []).map((row) => row.scanTime) : [result.status];
    },
  };
}
