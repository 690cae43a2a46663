import { firstOf } from './plural.ts';

/** Maximum number of exceptions, statements or entries that a warning names. */
const MOST_NAMED = 10;

/** The warning about some of the user's decisions, such as `Exceptions that expire within a week: …`; none without any. */
export function namesWarning(subject: string, what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${subject} that ${what}: ${firstOf(names, MOST_NAMED, '; ')}.`];
}
