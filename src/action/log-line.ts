import type { Counts } from '../scan/evidence.ts';

/** Nothing new is worth a line only after this long, in milliseconds. */
export const HEARTBEAT_MS = 60_000;
const BAR_WIDTH = 20;

/** `██████████░░░░░░░░░░ 1/2`; full only when everything is scanned. */
export function bar({ scanned, total }: Counts): string {
  const share = total === 0 ? 0 : Math.min(1, scanned / total);
  const filled = Math.floor(share * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${scanned}/${total}`;
}

/** Milliseconds as people read a clock: `0:05`, `12:34`, `1:02:03` */
export function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return (hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`).padStart(7);
}
