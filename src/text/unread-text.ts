import type { Unread } from '../scan/unread.ts';
import { refusedText } from './call-text.ts';

/** The reason why the findings of a row could not be read, as sentences. */
export function unreadText(unread: Unread): string {
  switch (unread.kind) {
    case 'call-failed':
      return `${unread.failure.what}.${refusedText(unread.failure, unread.calls)}`;
    case 'call-refused':
      return `${unread.what ?? 'The Console refused the call'}.`;
    case 'report-unreadable':
      return `The Console refused the findings (${unread.why}).`;
    case 'scan-gone':
      return 'The report no longer shows this scan.';
    case 'later-scan':
      return 'The report shows a later scan instead, which failed or is of another digest.';
    case 'no-digest':
      return 'The report with findings has no digest.';
    case 'fewer-findings':
      return 'The report with findings has fewer of them than it counted before.';
  }
}

/** The advice for findings that could not be read. */
export function unreadTodo(unread: Unread | undefined): string {
  const hint = unread?.kind === 'call-failed' ? unread.failure.hint : undefined;
  return hint ?? 'A large report needs a longer report-timeout. Run again.';
}
