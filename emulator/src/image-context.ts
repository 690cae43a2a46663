import type { ConsoleClock } from './clock.ts';
import type { Settings } from './settings.ts';

/** Dependencies of the images of one Console. */
export interface ImageContext {
  readonly settings: Settings;
  readonly clock: ConsoleClock;
  readonly startedAtMs: number;
  /** True if a connected Defender scans this architecture. */
  readonly canScan: (arm64: boolean) => boolean;
}
