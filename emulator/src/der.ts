/** ASN.1 in DER, as far as a certificate needs it: each function returns one encoded value. */
type Bytes = Uint8Array;

/** A value with this tag; longer lengths than a byte holds are preceded by their own length. */
export function tagged(tag: number, ...content: readonly Bytes[]): Bytes {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length = hexBytes(body.length.toString(16));
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body]);
}

export const sequence = (...content: readonly Bytes[]): Bytes => tagged(0x30, ...content);
export const set = (...content: readonly Bytes[]): Bytes => tagged(0x31, ...content);
export const octetString = (content: Bytes): Bytes => tagged(0x04, content);
export const boolean = (value: boolean): Bytes => tagged(0x01, Buffer.of(value ? 0xff : 0));
export const utf8String = (text: string): Bytes => tagged(0x0c, Buffer.from(text));

/** A positive integer; a zero in front keeps the sign bit clear. */
export const integer = (value: Bytes): Bytes =>
  tagged(0x02, (value[0] ?? 0) < 0x80 ? value : Buffer.concat([Buffer.of(0), value]));

/** Bits of which the last `unused` do not count. */
export const bitString = (content: Bytes, unused = 0): Bytes => tagged(0x03, Buffer.of(unused), content);

/** A date in UTC: two digits of the year until 2049, as RFC 5280 requires, and four after that. */
export function time(date: Date): Bytes {
  const text = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(text.slice(2)))
    : tagged(0x18, Buffer.from(text));
}

/** An object identifier in dotted form. The first two numbers share a byte; the others have seven bits a byte. */
export function oid(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

function hexBytes(hex: string): Bytes {
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}
