import type { Finding } from '../../../scan/finding.ts';
import type { ReportedPackage } from '../../../scan/package.ts';
import { type PackageUrl, parsePackageUrl } from './package-url.ts';

/** The package of a finding, from the row's list of packages. */
export type JoinedPackage =
  | {
      readonly kind: 'package';
      readonly url: PackageUrl;
      /** The names of the binary packages built from it. */
      readonly binaryNames: ReadonlySet<string>;
      /** Undefined without one, or with several. */
      readonly path: string | undefined;
    }
  /** The row has no such package, no URL for it, or several different ones. */
  | { readonly kind: 'no-url' | 'ambiguous'; readonly path: string | undefined };

/** The packages of one row by name and version: a finding names both, and no URL. */
export class PackageIndex {
  readonly #byName = new Map<string, ReportedPackage[]>();
  readonly #urls = new Map<string, PackageUrl | undefined>();
  /** A cache: a report lists tens of thousands of findings in hundreds of packages. */
  readonly #joined = new Map<string, JoinedPackage>();

  constructor(packages: readonly ReportedPackage[]) {
    for (const each of packages) {
      const key = packageKey(each.name, each.version);
      const others = this.#byName.get(key);
      if (others === undefined) this.#byName.set(key, [each]);
      else others.push(each);
    }
  }

  /** The package of a finding. Among several with the same name and version, the package type decides, if it can. */
  joinedTo(finding: Finding): JoinedPackage {
    const { packageName, packageVersion, packageType, packagePath } = finding;
    const key = [packageName, packageVersion, packageType, packagePath].join('\n');
    const known = this.#joined.get(key);
    if (known !== undefined) return known;
    const joined = this.#join(finding);
    this.#joined.set(key, joined);
    return joined;
  }

  #join(finding: Finding): JoinedPackage {
    const named = this.#byName.get(packageKey(finding.packageName, finding.packageVersion)) ?? [];
    const candidates = named.filter(({ type }) => isSameType(type, finding.packageType));
    const [first, ...others] = candidates;
    const path = finding.packagePath ?? commonPath(candidates);
    const url = first && this.#urlOf(first);
    if (first === undefined || url === undefined) return { kind: 'no-url', path };
    // One package at several paths is one package; two different packages are ambiguous.
    if (others.some((each) => each.purl !== first.purl)) return { kind: 'ambiguous', path };
    return { kind: 'package', url, binaryNames: commonBinaryNames(candidates), path };
  }

  #urlOf({ purl }: ReportedPackage): PackageUrl | undefined {
    if (purl === undefined) return undefined;
    if (!this.#urls.has(purl)) this.#urls.set(purl, parsePackageUrl(purl));
    return this.#urls.get(purl);
  }
}

function packageKey(name = '', version = ''): string {
  return `${name}\n${version}`;
}

/** True if two types agree: an unknown type matches any. */
function isSameType(one: string | undefined, two: string | undefined): boolean {
  return one === undefined || two === undefined || one.toLowerCase() === two.toLowerCase();
}

function commonPath(candidates: readonly ReportedPackage[]): string | undefined {
  const [path, ...others] = new Set(candidates.map((each) => each.path));
  return others.length === 0 ? path : undefined;
}

function commonBinaryNames([first, ...others]: readonly ReportedPackage[]): ReadonlySet<string> {
  const names = first?.binaryNames ?? [];
  return new Set(names.filter((name) => others.every(({ binaryNames }) => binaryNames.includes(name))));
}
