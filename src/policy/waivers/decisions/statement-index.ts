import type { JoinedPackage } from './joined-package.ts';
import type { PackageUrl } from './package-url.ts';
import type { VexProduct, VexStatement } from './vex-statement.ts';

interface OfStatement {
  readonly statement: VexStatement;
}

/** Statements by vulnerability. */
export type StatementIndex<Entry> = ReadonlyMap<string, EntriesOfId<Entry>>;

/** The statements about one vulnerability, by the packages that they name. */
interface EntriesOfId<Entry> {
  readonly all: Entry[];
  readonly ofAnyPackage: Entry[];
  readonly byPackage: Map<string, Entry[]>;
  /** True once all of them were compared with a finding. */
  isExplained: boolean;
}

/** Indexes statements by the identifiers of their vulnerabilities. */
export function indexById<Entry extends OfStatement>(entries: readonly Entry[]): StatementIndex<Entry> {
  const byId = new Map<string, EntriesOfId<Entry>>();
  for (const entry of entries) {
    for (const id of entry.statement.ids) {
      const others = byId.get(id) ?? { all: [], ofAnyPackage: [], byPackage: new Map(), isExplained: false };
      byId.set(id, others);
      addTo(others, entry);
    }
  }
  return byId;
}

function addTo<Entry extends OfStatement>(
  { all, ofAnyPackage, byPackage }: EntriesOfId<Entry>,
  entry: Entry,
): void {
  all.push(entry);
  const names = packageNames(entry.statement);
  if (names === undefined) ofAnyPackage.push(entry);
  for (const name of names ?? []) {
    const others = byPackage.get(name);
    if (others === undefined) byPackage.set(name, [entry]);
    else others.push(entry);
  }
}

/** The names of a statement's packages; undefined if it may be about any package. */
function packageNames({ products }: VexStatement): ReadonlySet<string> | undefined {
  const lists = products.flatMap(urlLists);
  if (lists.length === 0 || lists.some((urls) => urls.length === 0)) return undefined;
  return new Set(lists.flat().map(({ name }) => name));
}

/** The URLs of each package that a product names; an empty list for an unreadable product, or a whole image. */
function urlLists(product: VexProduct): readonly (readonly PackageUrl[])[] {
  switch (product.kind) {
    case 'image':
      return product.subcomponents?.map(({ urls }) => urls) ?? [[]];
    case 'package':
      return [product.urls];
    case 'package-in-package':
    case 'unreadable':
      return [[]];
  }
}

/**
 * The statements that may be about a package. A vulnerability can have thousands of statements, and a report
 * thousands of packages with it, so not every pair is compared. One finding is compared with all of them, to explain
 * a mismatch.
 */
export function entriesAbout<Entry>(entries: EntriesOfId<Entry>, joined: JoinedPackage): readonly Entry[] {
  if (joined.kind !== 'package' || !entries.isExplained) {
    entries.isExplained ||= joined.kind === 'package';
    return entries.all;
  }
  const names = new Set([joined.url.name, ...joined.binaryNames]);
  const named = [...names].flatMap((name) => entries.byPackage.get(name) ?? []);
  return [...new Set([...entries.ofAnyPackage, ...named])];
}
