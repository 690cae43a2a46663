/** The parts that say something, in one text. */
export function joined(parts: readonly (string | undefined)[], separator = ' '): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}
