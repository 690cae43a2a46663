/** The beginning of a text, of at most `longest` UTF-16 units, without half of a surrogate pair at its end. */
export function cutText(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
}
