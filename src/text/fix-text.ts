import type { PackageFix } from '../policy/finding-group.ts';
import type { Fix } from '../scan/finding.ts';
import { markdownCode, markdownText } from './markdown.ts';
import { firstOf } from './plural.ts';
import { shownText } from './sanitize.ts';

/** Maximum number of versions that a cell names. */
const VERSIONS_NAMED = 3;
const SOME_VERSION = 'a newer version';

/**
 * The version to update to, in Markdown: one that fixes all if there is one, or else each with the number of findings
 * it fixes.
 */
export function updateText({ versions, fixesAll }: PackageFix): string {
  if (fixesAll !== undefined) return versionText(fixesAll, SOME_VERSION);
  const targets = versions.map(({ version, fixes }) => {
    const text = versionText(version, SOME_VERSION);
    return versions.length === 1 ? text : `${text} (fixes ${fixes.length})`;
  });
  return firstOf(targets, VERSIONS_NAMED);
}

/** The version that has the fix of one finding, in Markdown. */
export function fixedInText(fix: Fix | undefined): string {
  return fix === undefined ? '–' : versionText(fix.version, 'yes');
}

function versionText(version: string | undefined, unknown: string): string {
  if (version === undefined) return unknown;
  const shown = shownText(version);
  return markdownCode(shown) || markdownText(shown);
}
