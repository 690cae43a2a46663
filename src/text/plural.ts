/** `1 finding`, `2 findings` */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1 of 3` */
export function shareText(count: number, all: number): string {
  return `${count} of ${all}`;
}

/** The first items of a list, and the number of the others: `a, b and 3 more`. */
export function firstOf(items: readonly string[], most: number, separator = ', '): string {
  const more = items.length - most;
  return items.slice(0, most).join(separator) + (more > 0 ? ` and ${more} more` : '');
}
