import type { Duration } from './part.ts';

/** Reads one scan per line: its seconds, and optionally those of the previous scan. */
export function parseDurations(text: string): readonly Duration[] {
  const durations = text.split(/\r?\n/).flatMap((line, at) => {
    const fields = line.trim().split(/[\s,;]+/);
    if (fields[0] === '' || fields[0]?.startsWith('#')) return [];
    const [seconds, previousSeconds] = fields.map(Number);
    const given = [seconds, ...(fields.length > 1 ? [previousSeconds] : [])];
    if (seconds === undefined || fields.length > 2 || !given.every(isDuration)) {
      throw new Error(`line ${at + 1}: one or two numbers of seconds above 0 are wanted, not "${line}"`);
    }
    return { seconds, previousSeconds };
  });
  if (durations.length === 0) throw new Error('there is no duration in the file');
  return durations;
}

function isDuration(seconds: number | undefined): boolean {
  return seconds !== undefined && Number.isFinite(seconds) && seconds > 0;
}
