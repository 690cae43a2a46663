/** A text without every `end` that stands at its end. `/\/+$/` takes time by the square of a run of slashes. */
export function withoutTrailing(text: string, end: string): string {
  let length = text.length;
  while (length > 0 && text.endsWith(end, length)) length -= end.length;
  return text.slice(0, length);
}
