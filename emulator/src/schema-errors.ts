import type { ErrorObject } from 'ajv';

const MOST_MESSAGES = 20;

/** Turns a list of errors into messages for the author of the data; `what` names the whole. */
export function errorMessages(errors: readonly ErrorObject[], what: string): string[] {
  const messages = [...new Set(relevant(errors).map((error) => messageOf(error, what)))];
  const more = messages.length - MOST_MESSAGES;
  return [...messages.slice(0, MOST_MESSAGES), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** Keeps, of a union, only the errors of the branch that the value was meant for. */
function relevant(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors.filter((error) => {
    const union = unions.find((each) => isBelow(error, each));
    if (union !== undefined) return isIntended(error, union, errors);
    if (error.keyword !== 'anyOf') return true;
    return !errors.some((other) => isBelow(other, error) && isIntended(other, error, errors));
  });
}

function isBelow(error: ErrorObject, union: ErrorObject): boolean {
  const isInside =
    error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
  return isInside && error.schemaPath.startsWith(`${union.schemaPath}/`);
}

/** True if the error is in a branch whose type is that of the value. */
function isIntended(error: ErrorObject, union: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const branch = error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? '';
  return !errors.some(
    ({ keyword, schemaPath, instancePath }) =>
      keyword === 'type' &&
      instancePath === union.instancePath &&
      schemaPath.startsWith(`${union.schemaPath}/${branch}/`),
  );
}

function messageOf(error: ErrorObject, what: string): string {
  const { keyword, params, data, parentSchema } = error;
  const place = placeOf(error.instancePath) || what;
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const known = Object.keys(parentSchema?.properties ?? {});
      return `${place}: unknown key ${quoted(key)}${suggestion(key, known)}`;
    }
    case 'enum': {
      const allowed: unknown[] = params.allowedValues;
      return `${place}: ${shown(data)} is not one of ${allowed.join(', ')}${suggestion(String(data), allowed.map(String), false)}`;
    }
    case 'discriminator': {
      const kinds: unknown = parentSchema?.oneOf;
      const allowed = Array.isArray(kinds) ? kinds.map((kind) => String(kind.properties.kind.const)) : [];
      return `${place}: kind ${shown(params.tagValue)} is not one of ${allowed.join(', ')}`;
    }
    case 'type': {
      const quotes = params.type === 'string' && typeof data !== 'object' ? `; write "${String(data)}"` : '';
      return `${place}: ${shown(data)} must be ${[params.type].flat().join(' or ')}${quotes}`;
    }
    case 'anyOf':
      return `${place}: ${shown(data)} must be ${parentSchema?.description ?? 'something else'}`;
    case 'minItems':
      return `${place}: the list must not be empty`;
    case 'required':
      return `${place}: the key ${quoted(String(params.missingProperty))} is missing`;
    default:
      return `${place}: ${shown(data)} ${error.message ?? 'is wrong'}`;
  }
}

/** `/images/0/tag` as `images[0].tag`. */
function placeOf(instancePath: string): string {
  return instancePath
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.')
    .replace(/^\./, '');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function quoted(text: string): string {
  return `"${text}"`;
}

/** Suggests the known word that is closest, or else lists all. */
export function suggestion(given: string, known: readonly string[], listsAll = true): string {
  const [closest] = known
    .map((word) => ({ word, distance: distance(given.toLowerCase(), word.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  if (closest !== undefined && closest.distance <= Math.max(2, given.length / 3)) {
    return `; did you mean ${quoted(closest.word)}?`;
  }
  return listsAll ? `; known keys: ${known.join(', ')}` : '';
}

/** Edit distance of two words. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    let diagonal = row[0] ?? 0;
    row = row.map((above, place) => {
      if (place === 0) return at + 1;
      return above;
    });
    for (let place = 1; place <= other.length; place += 1) {
      const above = row[place] ?? 0;
      const changed = diagonal + (letter === other[place - 1] ? 0 : 1);
      row[place] = Math.min(above + 1, (row[place - 1] ?? 0) + 1, changed);
      diagonal = above;
    }
  }
  return row.at(-1) ?? 0;
}
