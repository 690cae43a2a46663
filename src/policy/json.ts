import { sanitize } from '../text/sanitize.ts';

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Facts as JSON under their own names: null for undefined, and each text as it is shown. */
export function jsonOf(facts: unknown): Json {
  if (Array.isArray(facts)) return facts.map(jsonOf);
  switch (typeof facts) {
    case 'string':
      return sanitize(facts);
    case 'number':
    case 'boolean':
      return facts;
    case 'object':
      return facts === null ? null : jsonObject(facts);
    default:
      return null;
  }
}

function jsonObject(facts: object): Json {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, jsonOf(fact)]));
}
