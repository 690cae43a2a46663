export const DAY_MS = 86_400_000;

const UNITS_MS = { d: DAY_MS, h: 3_600_000, m: 60_000, s: 1_000 } as const;
const DURATION = /^(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?$/;

/** Reads `90s`, `15m`, `1h30m` or `2d` as milliseconds; undefined for anything else, including the empty text. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (text === '' || match === null) return undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return (
    Number(days) * UNITS_MS.d +
    Number(hours) * UNITS_MS.h +
    Number(minutes) * UNITS_MS.m +
    Number(seconds) * UNITS_MS.s
  );
}

/** Writes milliseconds in the notation of the inputs: `2d`, `1h30m`, `1m30s`, `0s`; rounded down to seconds. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / UNITS_MS.s);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const text = parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('');
  return text === '' ? '0s' : text;
}
