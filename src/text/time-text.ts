import { formatDuration } from '../scan/duration.ts';

/** The time left before the deadline, in whole seconds, rounded up: `29m57s`. */
export function timeLeft(timeoutMs: number, atMs: number): string {
  return formatDuration(Math.ceil(Math.max(0, timeoutMs - atMs) / 1000) * 1000);
}

/** A delay before the next poll: `12 s`, or `0.5 s` if it is below a second. */
export function delayText(ms: number): string {
  return ms < 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}

/** Milliseconds as a clock shows them: `0:05`, `12:34`, `1:02:03` */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return (hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`).padStart(7);
}

/** `2026-12-31` in UTC. */
export function dayText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** `2026-12-31T12:00:00Z`, to the second. */
export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
