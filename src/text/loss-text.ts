import { errorMessage } from './sanitize.ts';

/** A file or an output that could not be written. */
export type Loss =
  | { readonly kind: 'outputs' }
  | { readonly kind: 'summary' }
  /** `name` is that of the file in a sentence. */
  | { readonly kind: 'file'; readonly name: string }
  /** A text for a pipe or a stream, such as `standard output`. */
  | { readonly kind: 'text'; readonly where: string }
  /** An output still names a file that does not exist. */
  | { readonly kind: 'output'; readonly name: string };

/** The warning about a loss and its error. */
export function lossText(loss: Loss, error: unknown): string {
  return `${lossClause(loss)}: ${errorMessage(error)}.`;
}

function lossClause(loss: Loss): string {
  switch (loss.kind) {
    case 'outputs':
      return 'The outputs could not be written';
    case 'summary':
      return 'The job summary could not be written';
    case 'file':
      return `The ${loss.name} could not be written`;
    case 'text':
      return `The text for ${loss.where} could not be written`;
    case 'output':
      return `The output ${loss.name} names a file that does not exist`;
  }
}

/** The warning about a text that nothing has read in time. */
export function lateText(where: string, withinMs: number): string {
  return `No process has read ${where} within ${withinMs / 1_000} s; what was to be there is lost.`;
}
