import type { OutputFile } from '../host.ts';
import { type Image, repositoryName } from '../image/image.ts';
import { knownPlatformName } from '../image/platform.ts';
import type { Inventory } from '../policy/inventory.ts';
import type { ImageResult } from '../policy/result.ts';
import { formatPackageUrl, parsePackageUrl } from '../policy/waivers/decisions/package-url.ts';
import type { ReportedPackage } from '../scan/package.ts';
import { FILE_NAME, noSbomText } from '../text/file-text.ts';
import { TOOL } from '../text/version.ts';
import type { PathOutputName } from './outputs.ts';
import { uuidOf } from './uuid.ts';

type KnownInventory = Extract<Inventory, { readonly kind: 'known' }>;

interface Property {
  readonly name: string;
  readonly value: string;
}

const IMAGE_REF = 'image';

/**
 * CycloneDX 1.6 of the packages in the row that decided. Nothing in it depends on the run, so two runs on one row
 * give the same file. The composition is unknown: the report does not claim that its list is complete.
 */
export function sbomOf(image: Image, inventory: KnownInventory, version: string) {
  const { digest, scanTime, platform, distribution } = inventory;
  const packages = inventory.packages.toSorted(comparePackages);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf([digest, scanTime])}`,
    version: 1,
    metadata: {
      timestamp: scanTime,
      tools: { components: [{ type: 'application', name: TOOL, version }] },
      component: {
        type: 'container',
        'bom-ref': IMAGE_REF,
        name: repositoryName(image),
        version: digest,
        purl: imageUrl(image, inventory),
        properties: [
          ...sbomProperties('platform', platform === undefined ? [] : [knownPlatformName(platform)]),
          ...sbomProperties('os:name', [distribution.name]),
          ...sbomProperties('os:version', [distribution.version]),
          ...sbomProperties('os:release', [distribution.release]),
        ],
      },
    },
    components: packages.map((each, index) => packageComponent(each, index)),
    compositions: [{ aggregate: 'unknown', assemblies: [IMAGE_REF] }],
  };
}

function packageComponent(given: ReportedPackage, index: number) {
  const { type, name, version, purl, path, binaryNames, licenses } = given;
  return {
    type: 'library',
    'bom-ref': `package-${index + 1}`,
    name: name ?? '',
    ...(version === undefined ? {} : { version }),
    ...(purl === undefined ? {} : { purl: canonicalUrl(purl) }),
    properties: [
      ...sbomProperties('package:type', [type]),
      ...sbomProperties('package:path', [path]),
      ...sbomProperties('package:binary', binaryNames),
      // The Console's names of licences are not SPDX expressions.
      ...sbomProperties('package:license', licenses),
    ],
  };
}

function sbomProperties(name: string, values: readonly (string | undefined)[]): readonly Property[] {
  return values.filter((value) => value !== undefined).map((value) => ({ name: `${TOOL}:${name}`, value }));
}

/** The package URL in canonical encoding: some Consoles leave characters such as `+` unescaped. */
function canonicalUrl(purl: string): string {
  const url = parsePackageUrl(purl);
  return url === undefined ? purl : formatPackageUrl(url);
}

function imageUrl(image: Image, { digest, platform }: KnownInventory): string {
  const repository = repositoryName(image);
  const url = repository === image.repository ? `docker.io/${repository}` : repository;
  return formatPackageUrl({
    type: 'oci',
    namespace: undefined,
    name: image.repository.slice(image.repository.lastIndexOf('/') + 1).toLowerCase(),
    version: digest,
    qualifiers: new Map([
      ...(platform === undefined ? [] : [['arch', platform.architecture] as const]),
      ['repository_url', url],
    ]),
    subpath: undefined,
  });
}

/** Compares packages, since the order of the report varies between reads. */
function comparePackages(one: ReportedPackage, other: ReportedPackage): number {
  const keys = (each: ReportedPackage) => [
    each.type,
    each.name,
    each.version,
    each.path,
    JSON.stringify(each),
  ];
  const [first, second] = [keys(one), keys(other)];
  const at = first.findIndex((key, index) => key !== second[index]);
  if (at < 0) return 0;
  return (first[at] ?? '') < (second[at] ?? '') ? -1 : 1;
}

/**
 * The SBOM of each image, or a warning why it has none. `pathOf` returns the path for the number of an image, from 0.
 * If the SBOM was not requested, a cause that the verdict or another warning already names is not repeated.
 */
export function sbomFiles(
  images: readonly ImageResult[],
  version: string,
  pathOf: (index: number) => string,
  { output, isWanted }: { readonly output: PathOutputName | undefined; readonly isWanted: boolean },
): readonly OutputFile[] {
  return images.flatMap((one, index): readonly OutputFile[] => {
    const { image, inventory } = one;
    const file = { name: FILE_NAME.sbom, path: pathOf(index) };
    if (image === undefined) return [];
    if (inventory.kind === 'unknown') {
      const isSaid = inventory.why === 'not-read' || inventory.why === 'another-image';
      if (isSaid && !isWanted) return [];
      const absence = absenceText(images, one);
      return [{ ...file, render: () => undefined, output: undefined, absence, isWarning: true }];
    }
    const render = () => `${JSON.stringify(sbomOf(image, inventory, version), null, 2)}\n`;
    return [{ ...file, render, output: images.length === 1 ? output : undefined }];
  });
}

/** The reason why images have no SBOM, once for all images with the same cause: at the first of them. */
function absenceText(images: readonly ImageResult[], one: ImageResult): string | undefined {
  if (one.inventory.kind !== 'unknown') return undefined;
  const { why } = one.inventory;
  const alike = images.filter(({ inventory }) => inventory.kind === 'unknown' && inventory.why === why);
  if (alike[0] !== one) return undefined;
  const names = alike.map(({ name }) => name);
  return noSbomText(names, why);
}

/** The path of a file of one image: with a number before its extension, from 1, if there are several. */
export function numberedPath(path: string, count: number): (index: number) => string {
  const { base, extension } = splitPath(path);
  return (index) => (count === 1 ? path : `${base}-${index + 1}${extension}`);
}

/** True if a run of several images may have written the other path for this one: `sbom-2.json` for `sbom.json`. */
export function isNumberedPath(other: string, path: string): boolean {
  const { base, extension } = splitPath(path);
  if (!other.startsWith(`${base}-`) || !other.endsWith(extension)) return false;
  // A longer number is a year, not the number of an image.
  return /^[1-9]\d{0,2}$/.test(other.slice(base.length + 1, other.length - extension.length));
}

function splitPath(path: string): { base: string; extension: string } {
  const [, base = path, extension = ''] = /^(.*?[^/])((?:\.[A-Za-z]+)*)$/.exec(path) ?? [];
  return { base, extension };
}
