/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Facts as JSON under their own names: null for undefined, and each text as `shown` returns it. */
export function jsonOf(facts: unknown, shown: (text: string) => string): Json {
  if (Array.isArray(facts)) return facts.map((fact) => jsonOf(fact, shown));
  switch (typeof facts) {
    case 'string':
      return shown(facts);
    case 'number':
    case 'boolean':
      return facts;
    case 'object':
      return facts === null ? null : jsonObject(facts, shown);
    default:
      return null;
  }
}

function jsonObject(facts: object, shown: (text: string) => string): Json {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, jsonOf(fact, shown)]));
}
