/** A system as rows name it: the fields `osDistro`, `osDistroVersion` and `osDistroRelease`. */
export interface Distro {
  readonly name: string;
  readonly version: string;
  readonly release: string;
}

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^debian/i, 'debian'],
  [/^ubuntu/i, 'ubuntu'],
  [/^alpine/i, 'alpine'],
  [/^red hat/i, 'redhat'],
];

/** Reads `Debian GNU/Linux 12 (bookworm)` or `Alpine Linux v3.16`; an unknown system has no version. */
export function distroOf(text: string): Distro {
  const [, name] = NAMES.find(([pattern]) => pattern.test(text)) ?? [];
  if (name === undefined) return { name: '', version: '', release: '' };
  const [version = ''] = /\d+(\.\d+)*/.exec(text) ?? [];
  const [, release = version] = /\((\w+)\)/.exec(text) ?? [];
  return { name, version, release };
}
