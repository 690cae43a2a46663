import type { ReferenceFault, ReferenceMistake } from '../image/reference.ts';

/** The mistake in a reference; continues “the line …”. */
export function wrongText({ wrong }: ReferenceMistake): string {
  return WRONG[wrong];
}

/** The advice on a mistake in a reference; undefined if none is known. */
export function mistakeHint({ wrong, meant }: ReferenceMistake): string | undefined {
  return meant === undefined ? HINTS[wrong] : `Did you mean ${meant}?`;
}

const WRONG = {
  digest: 'has no sha256: with 64 hex digits in lower case behind the @',
  registry: 'begins with something that is not a registry',
  tag: 'has no valid tag behind the colon',
  scheme: 'begins with a scheme',
  'log-in': 'has a user or a password in it',
  json: 'is JSON',
  dash: 'begins with a dash',
  'quotation-mark': 'has a quotation mark in it',
  comma: 'has a comma in it',
  'white-space': 'has white space in it',
  repository: 'has no repository such as library/alpine',
  capitals: 'has capitals in its repository',
} as const satisfies Record<ReferenceFault, string>;

const HINTS: Partial<Record<ReferenceFault, string>> = {
  'log-in': 'Credentials come from config.json of Docker.',
  json: 'Write one reference a line, without brackets and quotes.',
  dash: 'Leave it out: the value is text, not a YAML list.',
  'quotation-mark': 'Leave it out.',
  comma: 'Write one reference a line.',
  'white-space': 'Write one reference a line.',
};
