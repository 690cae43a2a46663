const atATime = 16;

/** Does the same for each of a list, a few at a time, and answers in the order of the list. */
export async function inTurns<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (let from = 0; from < items.length; from += atATime) {
    made.push(...(await Promise.all(items.slice(from, from + atATime).map(make))));
  }
  return made;
}
