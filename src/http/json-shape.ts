/** Limits on the size of JSON. */
interface JsonBounds {
  /** Maximum nesting of lists and objects. */
  readonly depth: number;
  /** Maximum number of lists, objects and commas; the number of values is at most twice as large. */
  readonly values: number;
}

// Separate constants, so that the bundle inlines the numbers: they are compared with every byte.
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The first bound that JSON exceeds; undefined if it keeps both. One pass over the bytes, before anything is built: a
 * few kilobytes of gzip unpack to millions of empty objects, which take seconds and exhaust the memory. The count is
 * meaningless for bytes that are not JSON.
 */
export function exceededBound(body: Uint8Array, bounds: JsonBounds): keyof JsonBounds | undefined {
  let [values, depth] = [0, 0];
  for (let at = 0; at < body.length; at += 1) {
    switch (body[at]) {
      case QUOTE:
        at = endOfText(body, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        values += 1;
        depth += 1;
        if (depth > bounds.depth) return 'depth';
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
    }
    if (values > bounds.values) return 'values';
  }
  return undefined;
}

function endOfText(body: Uint8Array, quoteAt: number): number {
  let at = quoteAt + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}
