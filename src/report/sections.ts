/** A part of a page that is there as a whole or not at all. */
export interface Section {
  /** What is missing where it is left out. */
  readonly about: string;
  readonly markdown: string;
}

/** Kept back for the note of what was left out. */
const NOTE_BYTES = 2_000;

/** The sections as one page of at most so many bytes. Those that do not fit any more are left out and named. */
export function pageOf(sections: readonly Section[], mostBytes: number): string {
  const kept: string[] = [];
  const omitted: string[] = [];
  let leftBytes = mostBytes - NOTE_BYTES;
  for (const { about, markdown } of sections) {
    const bytes = Buffer.byteLength(markdown) + 2;
    if (markdown === '') continue;
    if (bytes <= leftBytes) {
      kept.push(markdown);
      leftBytes -= bytes;
    } else omitted.push(about);
  }
  if (omitted.length > 0) kept.push(`_Left out, because a summary holds no more: ${omitted.join(', ')}._`);
  return `${kept.join('\n\n')}\n`;
}
