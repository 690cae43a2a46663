import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { codeOf, TransportError } from './transport-error.ts';

/** Reads the whole body of a response, unpacked; rejects with a `TransportError` beyond `maxBytes`. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Iterating throws when the connection closes before the body is complete; waiting for `end` would never settle.
  for await (const chunk of message) {
    if (!(chunk instanceof Uint8Array)) {
      throw new TransportError('connection', undefined, 'the body does not consist of bytes');
    }
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      message.destroy();
      throw tooLarge(maxBytes);
    }
    chunks.push(chunk);
  }
  return decompress(Buffer.concat(chunks), message.headers['content-encoding'], maxBytes);
}

const gunzipBody = promisify(gunzip);
const GZIP = new Set(['gzip', 'x-gzip']);

/**
 * Decompresses gzip, the only encoding requested. A body that cannot be decompressed is returned unchanged; parsing
 * it fails.
 */
async function decompress(
  body: Uint8Array,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  if (!GZIP.has((encoding ?? '').trim().toLowerCase())) return body;
  try {
    return await gunzipBody(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    return body;
  }
}

function tooLarge(maxBytes: number): TransportError {
  return new TransportError('too-large', undefined, `the response is larger than ${maxBytes} bytes`);
}
