import { isObject, type JsonObject } from '../../http/decode.ts';
import { sanitize } from '../../text/sanitize.ts';
import { FileMistake } from './file-mistake.ts';

/** The path of an object in a document; empty for the document. It is composed only to name it. */
export type Place = () => string;

/** Reads members of JSON objects; one of a wrong type throws a `FileMistake` that names it. Collects the unknown ones. */
export class MemberReader {
  readonly unknown: string[] = [];

  /** Records unknown members. Those that begin with `_` are extensions and are ignored. */
  expect(json: JsonObject, at: Place, known: readonly string[]): void {
    for (const member of Object.keys(json)) {
      if (!known.includes(member) && !member.startsWith('_')) this.unknown.push(sanitize(pathOf(at, member)));
    }
  }

  /** A text; undefined if it is absent, null or empty. */
  text(json: JsonObject, member: string, at: Place): string | undefined {
    const value = json[member] ?? '';
    if (value === '') return undefined;
    if (typeof value !== 'string') throw new FileMistake(`${pathOf(at, member)} is not a text`);
    return value;
  }

  texts(json: JsonObject, member: string, at: Place): readonly string[] {
    const value: unknown = json[member] ?? [];
    if (!Array.isArray(value)) throw new FileMistake(`${pathOf(at, member)} is not a list`);
    const list: readonly unknown[] = value;
    return list.map((each) => {
      if (typeof each !== 'string')
        throw new FileMistake(`${pathOf(at, member)} has an element that is not a text`);
      return each;
    });
  }

  /** An object; undefined if it is absent. */
  object(json: JsonObject, member: string, at: Place): JsonObject | undefined {
    const value = json[member];
    if (value === undefined) return undefined;
    if (!isObject(value)) throw new FileMistake(`${pathOf(at, member)} is not an object`);
    return value;
  }

  /** A list of objects; undefined if it is absent. */
  list(json: JsonObject, member: string, at: Place): readonly JsonObject[] | undefined {
    const value = json[member];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw new FileMistake(`${pathOf(at, member)} is not a list`);
    const list: readonly unknown[] = value;
    return list.map((each, index) => {
      if (!isObject(each)) throw new FileMistake(`${pathOf(at, member)}[${index}] is not an object`);
      return each;
    });
  }
}

function pathOf(at: Place, member: string): string {
  const place = at();
  return place === '' ? member : `${place}.${member}`;
}
