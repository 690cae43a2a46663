import type { ImageSelection } from '../config/config.ts';
import { CallError } from '../http/call-error.ts';
import { selectPlatforms } from '../image/identity.ts';
import type { Digest, Image } from '../image/image.ts';
import type { ImageManifests } from '../image/manifests.ts';
import { knownPlatformName, platformName, type RequiredPlatforms } from '../image/platform.ts';
import type { ImageRegistry } from '../registry/registry.ts';
import { registryError } from '../registry/registry-error.ts';
import { withHint } from '../text/call-text.ts';
import { firstOf } from '../text/plural.ts';
import { type CheckResult, cannotTell, failed, ok } from './check-result.ts';

/** The registry's answer about one image. */
export interface RegistryReading {
  readonly image: Image;
  readonly selection: Pick<ImageSelection, 'digestSource' | 'platforms'>;
  readonly answer:
    | { readonly kind: 'not-needed' }
    | { readonly kind: 'found'; readonly tagDigest: Digest | undefined; readonly manifests: ImageManifests }
    | { readonly kind: 'error'; readonly error: CallError };
}

/** Asks the registry for the digest and its platforms, if `digest` or `platforms` need it. */
export async function askRegistry(
  image: Image,
  selection: RegistryReading['selection'],
  registry: ImageRegistry,
): Promise<RegistryReading> {
  const { digestSource, platforms } = selection;
  const isNeeded = image.digest !== undefined || digestSource === 'registry' || platforms !== 'scanned';
  if (!isNeeded) return { image, selection, answer: { kind: 'not-needed' } };
  try {
    const tagDigest = image.tag === undefined ? undefined : await registry.resolveTag(image, image.tag);
    const digest = image.digest ?? tagDigest;
    if (digest === undefined) throw registryError('unsupported', 'There is neither a tag nor a digest');
    const manifests = await registry.manifestsOf(image, digest);
    return { image, selection, answer: { kind: 'found', tagDigest, manifests } };
  } catch (error) {
    if (error instanceof CallError) return { image, selection, answer: { kind: 'error', error } };
    throw error;
  }
}

/** Checks the digest in the registry and its platforms. */
export function checkDigest({ image, selection, answer }: RegistryReading): CheckResult {
  switch (answer.kind) {
    case 'not-needed':
      return ok('Not needed: digest is any, and platforms is scanned.');
    case 'error':
      return withoutRegistry(answer.error, image, selection);
    case 'found': {
      const { tagDigest, manifests } = answer;
      return image.digest !== undefined && tagDigest !== undefined && tagDigest !== image.digest
        ? failed(
            `Tag ${image.tag ?? ''} holds ${tagDigest}, not the ${image.digest} asked for.`,
            'The tag was pushed again: give the digest that it holds now, or a tag that only this pipeline pushes.',
          )
        : checkPlatforms(manifests, selection.platforms);
    }
  }
}

/**
 * The result if the registry cannot be read. If the inputs always need it, a run would fail; with a digest alone,
 * only if the row has another one.
 */
function withoutRegistry(
  error: CallError,
  image: Image,
  { digestSource, platforms }: RegistryReading['selection'],
): CheckResult {
  const isNeeded = platforms !== 'scanned' || digestSource === 'registry';
  if (error.kind === 'not-found') {
    return failed(
      withHint(error),
      image.digest === undefined
        ? 'Push the image first, compare repo and tag, and log in to the registry (docker login) before this step.'
        : 'Compare repo, tag and digest, and log in to the registry (docker login) before this step.',
    );
  }
  const fix = 'Let this step read the registry: docker login before it, and for a private CA ca-cert.';
  return isNeeded
    ? failed(withHint(error), fix)
    : cannotTell(withHint(error), `${fix} It is asked only if the report shows another digest.`);
}

function checkPlatforms(manifests: ImageManifests, required: RequiredPlatforms): CheckResult {
  const { selected, absent } = selectPlatforms(manifests, required);
  const names = [...new Set(manifests.platforms.map(({ platform }) => knownPlatformName(platform)))];
  const has = names.length === 0 ? 'nothing that runs' : firstOf(names, 6);
  const digest = `${manifests.digest}: ${has}`;
  const why = manifests.unread === undefined ? '' : `${withHint(manifests.unread)} `;
  if (absent.length > 0) {
    return failed(
      `${why}The registry has ${digest}; not ${firstOf(absent.map(platformName), 4)}.`,
      'Build the missing platform, or leave it out of platforms.',
    );
  }
  if (required !== 'scanned' && selected.length === 0) {
    return failed(
      `The registry has ${digest}.`,
      'Give the digest of an image that can run, or of an index of such images.',
    );
  }
  return ok(`The registry has ${digest}.`);
}
