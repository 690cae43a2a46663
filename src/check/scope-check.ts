import type { Image } from '../image/image.ts';
import { firstOf } from '../text/plural.ts';
import { quoted, sanitize } from '../text/sanitize.ts';
import { type CheckResult, cannotTell, failed, ok } from './check-result.ts';
import {
  checkSpelling,
  distinctRegistries,
  type ImageKnowledge,
  registryName,
  SETTINGS_PAGE,
} from './image-checks.ts';
import { coverageOf, type SettingsEntry } from './registry-settings.ts';

/** Checks that the regular scan covers the image. */
export function checkScope(image: Image, knowledge: ImageKnowledge): CheckResult {
  const { settings } = knowledge;
  if (settings === undefined) return cannotTell('The registry settings are not known.');
  const coverages = coverageOf(image, settings);
  const covered = coverages.find(({ obstacle }) => obstacle === undefined);
  if (covered !== undefined) return coveredBy(covered.entry);
  if (coverages.length > 0) {
    const reasons = [...new Set(coverages.flatMap(({ obstacle }) => obstacle ?? []))];
    return failed(
      `Not covered by the registry settings: ${firstOf(reasons, 3, '; ')}.`,
      `Change the entry of ${registryName(coverages[0]?.entry.registry ?? '')}, or add one, under ${SETTINGS_PAGE}.`,
    );
  }
  if (checkSpelling(image, knowledge).state === 'failed')
    return cannotTell('No entry has this registry; see registry-spelling.');
  const registries = distinctRegistries(settings).map(registryName);
  const has = registries.length === 0 ? 'they are empty' : `they have ${firstOf(registries, 5)}`;
  return failed(
    `The registry settings have no entry for ${registryName(image.registry)}; ${has}.`,
    `Add the registry under ${SETTINGS_PAGE}.`,
  );
}

function coveredBy({ repository, tag, excludedTags, cap, os, scanError }: SettingsEntry): CheckResult {
  const parts = [
    repository === undefined ? 'every repository' : `pattern ${quoted(repository)}`,
    ...(tag === undefined ? [] : [`tags ${quoted(tag)}`]),
    cap === 0 ? 'no cap' : `cap ${cap}`,
    ...(excludedTags.length === 0 ? [] : [`excluded tags ${firstOf(excludedTags.map(quoted), 3)}`]),
    ...(os === undefined || os === 'linux' ? [] : [`os ${sanitize(os)}`]),
  ].join(', ');
  if (scanError !== undefined) {
    return failed(
      `Covered (${parts}), but the last scan of the entry failed: ${sanitize(scanError)}.`,
      `Check address and credential of the entry under ${SETTINGS_PAGE}.`,
    );
  }
  return ok(`Covered: ${parts}.`);
}
