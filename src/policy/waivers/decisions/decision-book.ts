import type { TrivyEntry } from './trivy-entry.ts';
import type { VexDocument } from './vex-statement.ts';

/** The decisions of others: the parsed files of a step. */
export interface DecisionBook {
  readonly vexFiles: readonly VexFile[];
  readonly ignoreFiles: readonly IgnoreFile[];
  /** An older statement accepts nothing. */
  readonly vexMaxAgeMs: number;
}

export interface VexFile {
  /** The path, as the input names it. */
  readonly file: string;
  readonly document: VexDocument;
}

export interface IgnoreFile {
  readonly file: string;
  readonly entries: readonly TrivyEntry[];
}

/** No decisions of others. */
export const EMPTY_BOOK: DecisionBook = { vexFiles: [], ignoreFiles: [], vexMaxAgeMs: 365 * 86_400_000 };

/**
 * Separates the documents that count from the superseded ones. Of documents with the same `@id`, the highest version
 * counts; if several have it, all of them count, since none is known to be newer. A document without `@id` replaces
 * none and is replaced by none.
 */
export function partByVersion(files: readonly VexFile[]): {
  readonly current: readonly VexFile[];
  readonly superseded: readonly VexFile[];
} {
  const highest = new Map<string, number>();
  for (const { document } of files) {
    if (document.id === undefined) continue;
    highest.set(document.id, Math.max(versionOf(document), highest.get(document.id) ?? 0));
  }
  const isCurrent = ({ document }: VexFile) =>
    document.id === undefined || versionOf(document) === highest.get(document.id);
  return { current: files.filter(isCurrent), superseded: files.filter((file) => !isCurrent(file)) };
}

function versionOf({ version = 0 }: VexDocument): number {
  return version;
}
