import { promisify } from 'node:util';
import { brotliDecompress, unzip } from 'node:zlib';

const UNPACK = new Map([
  ['gzip', promisify(unzip)],
  ['x-gzip', promisify(unzip)],
  ['deflate', promisify(unzip)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * The body as it was before somebody on the way compressed it: nobody asks for that, and nobody forbids it. What cannot
 * be unpacked is given as it came, and makes no sense to whoever reads it; undefined where it unpacks to more than
 * `maxBytes`.
 */
export async function unpacked(
  body: Uint8Array,
  coding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const unpack = UNPACK.get(coding?.trim().toLowerCase() ?? '');
  if (unpack === undefined) return body;
  try {
    return await unpack(body, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLarge =
      typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? undefined : body;
  }
}
