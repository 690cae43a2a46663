import type { FailedRead } from '../image/manifests.ts';
import { knownPlatformName } from '../image/platform.ts';
import type { PlatformAbsent, RegistryUnread } from '../policy/because.ts';
import type { GateDetail } from '../policy/gates.ts';
import { withHint } from './call-text.ts';
import type { Description } from './description.ts';
import { MISSING_PLATFORM } from './given-up-text.ts';
import { joined } from './joined.ts';
import { firstOf } from './plural.ts';

const DIGESTS_NAMED = 3;
const PLATFORMS_NAMED = 5;
const READ_REGISTRY = 'Let this step read the registry (docker login), then run again.';

/** The reason why a row belongs to another image than the requested one. */
export function digestText(
  { why, shown, platforms, isArm64, registryError }: Extract<GateDetail, { kind: 'different-image' }>,
  name: string,
): Description {
  const of = (brief: string, todo: string): Description => ({
    what: afterError(registryError, `Asked for ${name}, but ${brief}.`),
    todo,
    brief,
  });
  switch (why) {
    case 'other-digest':
      return of(
        `the report gives ${firstOf(shown, DIGESTS_NAMED)}`,
        'If the tag was pushed again meanwhile, scan a tag that only this pipeline pushes.',
      );
    case 'no-digest':
      return of(
        'the report gives no digest of the scanned image',
        'Leave out digest, or find out in the Console why the row has none.',
      );
    case 'contradiction':
      return of(
        `the report contradicts itself: ${firstOf(shown, DIGESTS_NAMED)} are not of one image`,
        'Scan the image again, and see its row in the Console.',
      );
    case 'architecture':
      return of(
        `the digest is of ${firstOf(platforms, PLATFORMS_NAMED)}, and the report is of ${isArm64 === true ? 'an ARM64 image' : 'an image that is not ARM64'}`,
        'Have a Defender of that architecture scan it, or give the digest of the platform that is scanned.',
      );
  }
}

/** Only the registry can show if the scanned digest is a part of the requested one, and it could not be asked. */
export function registryNotAskedText(
  { shown, registryError }: Extract<GateDetail, { kind: 'registry-not-asked' }>,
  name: string,
): Description {
  const digests = firstOf(shown, DIGESTS_NAMED) || 'no digest';
  const brief = `the report gives ${digests}, and only the registry can say if that is a platform of it`;
  return { what: afterError(registryError, `Asked for ${name}, but ${brief}.`), todo: READ_REGISTRY, brief };
}

/** Platforms of the image that were not scanned. */
export function unscannedText(
  { platforms, registryError }: Extract<GateDetail, { kind: 'unscanned-platforms' }>,
  name: string,
): Description {
  const shown = platforms.map(({ platform }) => knownPlatformName(platform));
  const names = firstOf(shown, PLATFORMS_NAMED);
  const [the, were] = platforms.length === 1 ? ['platform', 'was'] : ['platforms', 'were'];
  return {
    what: afterError(registryError, `The ${the} ${names} of ${name} ${were} not scanned.`),
    todo: registryError === undefined ? MISSING_PLATFORM : READ_REGISTRY,
    brief: `the ${the} ${names} ${were} not scanned`,
  };
}

/** A platform that the image does not have; its name is a part of `name`. */
export function absentPlatformText({ platform, registryError }: PlatformAbsent, name: string): Description {
  const brief =
    platform === undefined ? 'the image has no platform that can run' : 'the image has no such platform';
  return {
    what: afterError(registryError, `${name} cannot be scanned: ${brief}.`),
    todo: 'Push the image for that platform, or name in platforms only what you ship.',
    brief,
  };
}

/** The registry was needed before the wait, and could not be read. */
export function registryUnreadText({ question, registryError }: RegistryUnread, name: string): Description {
  const [what, are] = question === 'platforms' ? ['platforms', 'are'] : ['digest', 'is'];
  return {
    what: afterError(registryError, `So the ${what} of ${name} in the registry ${are} unknown.`),
    todo: READ_REGISTRY,
    brief: `the ${what} in the registry ${are} unknown: ${registryError.what}`,
  };
}

/** The registry's error at the beginning of a text: the rest follows from it. */
function afterError(error: FailedRead | undefined, text: string): string {
  return joined([error && withHint(error), text]);
}
