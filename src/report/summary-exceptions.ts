import { usedExceptions } from '../gate/exception-review.ts';
import type { Judged } from '../gate/judge.ts';
import { markdownTable, markdownText } from './markdown.ts';
import type { Section } from './sections.ts';

const EXCEPTIONS_SHOWN = 100;

/** The exceptions that accepted something, with why and until when. */
export function exceptionSection(images: readonly Judged[]): Section {
  const about = 'the exceptions used';
  const used = usedExceptions(images);
  if (used.length === 0) return { about, markdown: '' };
  const ofSeveral = images.length > 1;
  const rows = used
    .slice(0, EXCEPTIONS_SHOWN)
    .map(({ exception, images: accepted }) => [
      markdownText(exception.id),
      markdownText(exception.package ?? 'any'),
      exception.until,
      markdownText(exception.reason),
      ...(ofSeveral ? [`${accepted.length} of ${images.length}`] : []),
    ]);
  const head = ['Accepted', 'Package', 'Until', 'Reason', ...(ofSeveral ? ['Images'] : [])];
  const more = used.length - rows.length;
  const rest = more > 0 ? `\n\n… and ${more} more, in the receipt.` : '';
  return { about, markdown: `### Exceptions used\n\n${markdownTable(head, rows)}${rest}` };
}
