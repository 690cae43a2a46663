import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';

const read = (path: string): object => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

const options = { allErrors: true, formats: fullFormats } as const;

const isReceipt = new Ajv2020({
  ...options,
  strict: true,
  // Properties and types may stand apart in a schema that is put together of parts.
  strictRequired: false,
  strictTypes: false,
}).compile(read('../../docs/receipt.schema.json'));

/** The schema that the standard comes with, of draft 4, which differs here in nothing but the name of `id`. */
const {
  $schema: _draft,
  id: _id,
  ...official
} = JSON.parse(
  readFileSync(
    new URL('../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json', import.meta.url),
    'utf8',
  ),
);
const isSarif = new Ajv({ ...options, strict: false, unicodeRegExp: false }).compile(official);

/** What is wrong with a SARIF log by the official schema; empty for nothing. */
export function wrongInSarif(log: unknown): readonly string[] {
  return isSarif(log) ? [] : (isSarif.errors ?? []).map(wordsOf);
}

/** What is wrong with a receipt by the published schema; empty for nothing. */
export function wrongInReceipt(receipt: unknown): readonly string[] {
  return isReceipt(receipt) ? [] : (isReceipt.errors ?? []).map(wordsOf);
}

function wordsOf({ instancePath, message = '' }: { instancePath: string; message?: string }): string {
  return `${instancePath} ${message}`;
}
