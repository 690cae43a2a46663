import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';

const text = readFileSync(new URL('openvex-0.2.0.schema.json', import.meta.url), 'utf8');
const { schema }: { readonly schema: object } = JSON.parse(text);
const validate = new Ajv2020({
  allErrors: true,
  strict: false,
  formats: { ...fullFormats, iri: true },
}).compile(schema);

/** The errors of a document by the official schema of OpenVEX 0.2.0. */
export function openVexErrors(document: unknown): readonly string[] {
  // As its readers get it: a comparison of elements needs the prototype of an object.
  if (validate(JSON.parse(JSON.stringify(document)))) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}
