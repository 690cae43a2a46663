import { readFileSync } from 'node:fs';

/**
 * Reduces a published OpenAPI document to facts: the calls that the emulator has, and for each schema that they need
 * the names, types, formats and allowed values of its fields. Texts are left out.
 *
 * node emulator/__tests__/extract-openapi-facts.ts DOCUMENT > emulator/__tests__/openapi-facts-VERSION.json
 */

const calls = [
  'POST authenticate',
  'GET version',
  'GET _ping',
  'POST registry/scan',
  'POST registry/scan/select',
  'POST registry/stop',
  'POST registry/stop/{id}',
  'GET registry/progress',
  'GET registry',
  'GET registry/names',
  'GET registry/download',
  'GET sbom/download/registry',
  'GET settings/registry',
  'GET statuses/registry',
  'GET defenders/names',
  'GET current/collections',
];

type Fields = Record<string, unknown>;

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: extract-openapi-facts.ts DOCUMENT');
const document = fields(JSON.parse(readFileSync(path, 'utf8')));
const version = /\/api\/(v\d+\.\d+)\//.exec(Object.keys(fields(document.paths)).join(' '))?.[1] ?? '';
const schemas = fields(fields(document.components).schemas);
const needed = new Map<string, unknown>();
const operations = Object.fromEntries(calls.map((call) => [call, operation(call)]));
const sorted = [...needed].toSorted(([a], [b]) => (a < b ? -1 : 1));
process.stdout.write(`${JSON.stringify({ version, operations, schemas: Object.fromEntries(sorted) })}\n`);

function operation(call: string): unknown {
  const [method = '', route = ''] = call.split(' ');
  const found = fields(fields(fields(document.paths)[`/api/${version}/${route}`])[method.toLowerCase()]);
  const parameters = Array.isArray(found.parameters) ? found.parameters.map(fields) : [];
  const content = fields(fields(fields(fields(found.responses)['200']).content)['application/json']);
  return {
    query: parameters.filter((each) => each.in === 'query').map((each) => each.name),
    ...(content.schema === undefined ? {} : { answer: reduced(content.schema) }),
  };
}

/** A schema without its texts. References are followed, and kept by name. */
function reduced(value: unknown): unknown {
  const schema = fields(value);
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace('#/components/schemas/', '');
    if (!needed.has(name)) {
      needed.set(name, {});
      needed.set(name, reduced(schemas[name]));
    }
    return { $ref: `#/schemas/${name}` };
  }
  return {
    type: schema.type,
    ...(schema.format === undefined ? {} : { format: schema.format }),
    // The documents nest the allowed values in one list more.
    ...(Array.isArray(schema.enum) ? { enum: schema.enum.flat() } : {}),
    ...(schema.items === undefined ? {} : { items: reduced(schema.items) }),
    ...(schema.properties === undefined ? {} : { properties: mapped(schema.properties) }),
    ...(schema.additionalProperties === undefined
      ? {}
      : { additionalProperties: reduced(schema.additionalProperties) }),
  };
}

function mapped(properties: unknown): Fields {
  return Object.fromEntries(
    Object.entries(fields(properties)).map(([name, schema]) => [name, reduced(schema)]),
  );
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
