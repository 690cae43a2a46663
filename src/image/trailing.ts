/** A text without any `end` at its end. The pattern `/\/+$/` would take quadratic time for a run of slashes. */
export function withoutTrailing(text: string, end: string): string {
  let length = text.length;
  while (length > 0 && text.endsWith(end, length)) length -= end.length;
  return text.slice(0, length);
}
