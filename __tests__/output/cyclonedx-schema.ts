import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const text = readFileSync(new URL('cyclonedx-1.6.schemas.json', import.meta.url), 'utf8');
const { schemas }: { readonly schemas: readonly [object, object, object] } = JSON.parse(text);
const [bom, licences, signatures] = schemas;

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addFormat('iri-reference', true);
ajv.addFormat('idn-email', true);
const at = 'http://cyclonedx.org/schema/';
ajv.addSchema({ ...licences, $id: `${at}spdx.SNAPSHOT.schema.json` });
ajv.addSchema({ ...signatures, $id: `${at}jsf-0.82.SNAPSHOT.schema.json` });
const validate = ajv.compile(bom);

/** The errors of a document by the official schema of CycloneDX 1.6. */
export function cycloneDxErrors(document: unknown): readonly string[] {
  return validate(document)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
