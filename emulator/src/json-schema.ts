/** The part of JSON Schema that a scenario needs. */
export type Schema = Readonly<Record<string, unknown>>;

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;
export const count = { type: 'integer', minimum: 0 } as const;
export const milliseconds = { type: 'number', minimum: 0 } as const;
export const signedMilliseconds = { type: 'number' } as const;
export const digest = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' } as const;
export const texts = listOf(text);

export function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []) {
  return { type: 'object', properties, required, additionalProperties: false } as const;
}

/** A union of objects, distinguished by `kind`. */
export function byKind(kinds: Readonly<Record<string, ReturnType<typeof object>>>) {
  return {
    type: 'object',
    discriminator: { propertyName: 'kind' },
    required: ['kind'],
    oneOf: Object.entries(kinds).map(([kind, { properties, required }]) =>
      object({ kind: { const: kind }, ...properties }, ['kind', ...required]),
    ),
  } as const;
}

export function oneOf(...values: readonly string[]) {
  return { type: 'string', enum: values } as const;
}

export function listOf(items: Schema, minItems = 0) {
  return { type: 'array', items, minItems } as const;
}

export function ref(name: string) {
  return { $ref: `#/definitions/${name}` } as const;
}

export function described(description: string, schema: Schema): Schema {
  return { ...schema, description };
}
