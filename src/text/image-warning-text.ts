import type { ImageWarning, UnknownWord } from '../policy/image-warnings.ts';
import type { ImageResult } from '../policy/result.ts';
import { firstOf } from './plural.ts';
import { shownText } from './sanitize.ts';
import { unreadText } from './unread-text.ts';

const WORDS_NAMED = 5;

/** The warnings about an image. */
export function warningTexts({ name, warnings }: Pick<ImageResult, 'name' | 'warnings'>): readonly string[] {
  return warnings.map((warning) => imageWarningText(warning, name));
}

/** The sentences of a warning about an image of this name. */
function imageWarningText(warning: ImageWarning, name: string): string {
  switch (warning.kind) {
    case 'lost-without-report':
      return (
        `Progress stopped showing the scan of ${name}, and the Console user is not allowed to read the report, so ` +
        'nothing else shows its end. Give the user read access to Monitor, so that the report can prove the end.'
      );
    case 'no-report':
      return (
        `The Console user is not allowed to read the report of ${name}: progress alone shows the end of the scan, and ` +
        'the outputs have no digest to promote by. Give the user read access to Monitor.'
      );
    case 'no-single-digest':
      return `The report gives no single digest for ${name}, so the outputs have none to promote by.`;
    case 'findings-unread':
      return `The findings of ${name} could not be read: ${unreadText(warning.unread)}`;
    case 'unknown-words':
      return unknownWordsText(warning.of, warning.words, name);
    case 'ignored-fields':
      return `The report of ${name} has fields of an unexpected type: ${warning.fields.join(', ')}. They are ignored, but a field that could show a fix or an exploit counts as one.`;
    case 'unsupported-distribution':
      return `The scanner does not support the distribution of ${name}, so an empty report proves nothing.`;
  }
}

const COUNTED_AS = {
  severity: ['severities', 'critical'],
  status: ['words of status', 'a fix'],
  exploit: ['kinds of exploit', 'in the wild'],
} as const satisfies Record<UnknownWord, readonly [what: string, as: string]>;

function unknownWordsText(of: UnknownWord, words: readonly string[], name: string): string {
  const [what, as] = COUNTED_AS[of];
  const listed = firstOf(
    words.map((word) => `“${shownText(word)}”`),
    WORDS_NAMED,
  );
  return `The report of ${name} has ${what} that are unknown here (${listed}); they count as ${as}.`;
}
