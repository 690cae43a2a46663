import type { DigestDiffers, PlatformsMissing, RegistryUnread } from '../policy/because.ts';
import type { Description } from './description.ts';
import { firstOf } from './plural.ts';

const DIGESTS_NAMED = 3;
const PLATFORMS_NAMED = 5;
export const MISSING_PLATFORM =
  'Have the missing platform scanned (the registry settings of the Console decide which are), or name in platforms only what you ship.';
const READ_REGISTRY = 'Let this step read the registry (docker login), then run again.';

/** Why a row is not proven to be of the digest asked for. */
export function digestText(because: DigestDiffers, name: string): Description {
  const { shown, platforms, isArm64, registryError } = because;
  const digests = firstOf(shown, DIGESTS_NAMED) || 'no digest';
  const of = (brief: string, todo: string): Description => ({
    what: `${leading(registryError)}Asked for ${name}, but ${brief}.`,
    todo,
    brief,
  });
  switch (because.why) {
    case 'other-digest':
      return of(
        `the report gives ${digests}`,
        'If the tag was pushed again meanwhile, scan a tag that only this pipeline pushes.',
      );
    case 'no-digest':
      return of(
        'the report gives no digest of the scanned image',
        'Leave out digest, or find out in the Console why the row has none.',
      );
    case 'architecture':
      return of(
        `the digest is of ${firstOf(platforms, PLATFORMS_NAMED)}, and the report is of ${isArm64 === true ? 'an ARM64 image' : 'an image that is not ARM64'}`,
        'Have a Defender of that architecture scan it, or give the digest of the platform that is scanned.',
      );
    case 'registry-unread':
      return of(
        `the report gives ${digests}, and only the registry can say if that is a platform of it`,
        READ_REGISTRY,
      );
    case 'report-unreadable': {
      const brief =
        'the Console user is not allowed to read the report, which is needed to verify the digest';
      return {
        what: `The scan of ${name} is finished, but ${brief}.`,
        todo: 'Give the Console user read access to Monitor and collections that cover the image, then run again.',
        brief,
      };
    }
  }
}

/** Which platforms are missing. */
export function missingPlatformsText(because: PlatformsMissing, name: string): Description {
  const { why, platforms, registryError } = because;
  const names = firstOf(platforms, PLATFORMS_NAMED);
  if (why === 'not-in-image') {
    const missing = names === '' ? 'that runs on the platforms asked for' : `for ${names}`;
    return {
      what: `${leading(registryError)}${name} has no image ${missing}.`,
      todo: 'Push the image for that platform, or name in platforms only what you ship.',
      brief: `has no image ${missing}`,
    };
  }
  const [the, were] = platforms.length === 1 ? ['platform', 'was'] : ['platforms', 'were'];
  return {
    what: `${leading(registryError)}The ${the} ${names} of ${name} ${were} not scanned.`,
    todo: registryError === undefined ? MISSING_PLATFORM : READ_REGISTRY,
    brief: `the ${the} ${names} ${were} not scanned`,
  };
}

/** The registry is needed before the wait. */
export function registryUnreadText({ question, registryError }: RegistryUnread, name: string): Description {
  const unknown = question === 'platforms' ? 'which platforms it has' : 'which digest the tag holds';
  return {
    what: `${leading(registryError)}So it is unknown of ${name} ${unknown}.`,
    todo: READ_REGISTRY,
    brief: `it is unknown ${unknown}: ${registryError.replace(/\.$/, '')}`,
  };
}

/** Why the registry could not be asked comes first: the rest follows from it. */
function leading(registryError: string | undefined): string {
  return registryError === undefined ? '' : `${registryError.replace(/([^.])$/, '$1.')} `;
}
