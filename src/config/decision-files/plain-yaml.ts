import { FAILSAFE_SCHEMA, loadAll, realMapTag } from 'js-yaml';
import { FileMistake } from './file-mistake.ts';

/** Reads every value as text: 4.10 is not 4.1. Lists of entries with lists need no deeper nesting. */
const OPTIONS = { schema: FAILSAFE_SCHEMA.withTags(realMapTag), maxAliases: 0, maxDepth: 8 } as const;

/**
 * The data of a YAML file: maps, lists and texts; undefined for an empty file. Only plain data is allowed: no
 * aliases, whose expansion has no bound, and no tags. Throws a `FileMistake`.
 */
export function plainYaml(text: string): unknown {
  const [data, ...more] = documentsIn(text);
  if (more.length > 0) throw new FileMistake('it contains several YAML documents');
  return data === '' ? undefined : data;
}

function documentsIn(text: string): readonly unknown[] {
  try {
    return loadAll(text, OPTIONS);
  } catch (error) {
    const why =
      (error instanceof Error ? error.message.split('\n')[0] : undefined) ?? 'the parser names no cause';
    if (why.includes('maxAliases')) {
      throw new FileMistake('it has an alias, which is not allowed; put a text that begins with * in quotes');
    }
    throw new FileMistake(`it is not YAML of plain data (${why})`);
  }
}
