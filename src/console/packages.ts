import { DecodeError, type JsonObject, listOf, objectAt, optionalTextAt } from '../http/decode.ts';
import type { Distribution, ReportedPackage } from '../scan/package.ts';
import { sanitizeWhole } from '../text/sanitize.ts';

/** The packages of a row. */
interface PackageList {
  /** Undefined if the row lists none, or if one of them has no readable name or version. */
  readonly packages: readonly ReportedPackage[] | undefined;
  readonly isMalformed: boolean;
}

/**
 * Reads `packages` of a row. No gate needs them, so a list of an unexpected form does not invalidate the row: no
 * package is joined to its findings, and no statement about a package applies.
 */
export function decodePackages(json: unknown, redact: (text: string) => string): PackageList {
  if (json === undefined || json === null) return { packages: undefined, isMalformed: false };
  const clean = (text: string) => (text === '' ? '' : sanitizeWhole(redact(text))) || undefined;
  try {
    return {
      packages: listOf(json, 'packages', (group) => decodeGroup(group, clean)).flat(),
      isMalformed: false,
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { packages: undefined, isMalformed: true };
  }
}

/** The system of the image; a field that is absent, or of an unexpected type, is undefined. */
export function decodeDistribution(row: JsonObject): Distribution {
  return {
    name: plainText(row.osDistro),
    version: plainText(row.osDistroVersion),
    release: plainText(row.osDistroRelease),
  };
}

function decodeGroup(json: unknown, clean: (text: string) => string | undefined): readonly ReportedPackage[] {
  const group = objectAt(json, 'packages');
  const type = textAt(group.pkgsType);
  return listOf(group.pkgs, 'pkgs', (each) => decodePackage(objectAt(each, 'pkgs'), type, clean));
}

function decodePackage(
  json: JsonObject,
  type: string,
  clean: (text: string) => string | undefined,
): ReportedPackage {
  const purl = textAt(json.purl);
  return {
    type: clean(type),
    name: clean(textAt(json.name)),
    version: clean(textAt(json.version)),
    purl: asciiUrl(clean(purl), purl),
    path: clean(textAt(json.path)),
    binaryNames: textsAt(json.binaryPkgs).flatMap((name) => clean(name) ?? []),
    licenses: textsAt(json.license).flatMap((licence) => clean(licence) ?? []),
  };
}

/** A package URL in ASCII; undefined if it is empty, or if characters had to be removed. */
function asciiUrl(cleaned: string | undefined, given: string): string | undefined {
  if (cleaned !== given) return undefined;
  return given.replace(/[^!-~]/gu, encodeURIComponent);
}

/** One text or a list of them, as Consoles differ; `null` is none. */
function textsAt(json: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  return list.map(textAt);
}

/** The error of a text is never shown, so it names no field. */
function textAt(json: unknown): string {
  return optionalTextAt(json, 'packages');
}

function plainText(json: unknown): string | undefined {
  return typeof json === 'string' ? sanitizeWhole(json) || undefined : undefined;
}
