import type { ImageSelection } from '../config/config.ts';
import { CallError, withHint } from '../http/call-error.ts';
import { assumePlatform, selectPlatforms } from '../image/identity.ts';
import type { Digest, Image } from '../image/image.ts';
import type { ImageManifests } from '../image/manifests.ts';
import { knownPlatformName, platformName, type RequiredPlatforms } from '../image/platform.ts';
import type { ImageRegistry } from '../registry/registry.ts';
import { registryError } from '../registry/registry-error.ts';
import { firstOf } from '../text/plural.ts';
import { type CheckResult, cannotTell, failed, ok } from './check-result.ts';

/** What the registry has for an image. */
type RegistryAnswer =
  | { readonly kind: 'found'; readonly tagDigest: Digest | undefined; readonly manifests: ImageManifests }
  | { readonly kind: 'error'; readonly error: CallError };

/** Whether the inputs need the registry for this image at all. */
export function needsRegistry({ digest }: Image, { digestSource, platforms }: ImageSelection): boolean {
  return digest !== undefined || digestSource === 'registry' || platforms !== 'scanned';
}

/** The digest in the registry and its platforms, where `digest` or `platforms` ask for it. */
export async function checkDigest(
  image: Image,
  selection: ImageSelection,
  registry: ImageRegistry,
): Promise<CheckResult> {
  if (!needsRegistry(image, selection)) return ok('Not needed: digest is any, and platforms is scanned.');
  const answer = await readRegistry(image, registry);
  if (answer.kind === 'error') return withoutRegistry(answer.error, image, selection);
  const { tagDigest, manifests } = answer;
  if (image.digest !== undefined && tagDigest !== undefined && tagDigest !== image.digest) {
    return failed(
      `Tag ${image.tag ?? ''} holds ${tagDigest}, not the ${image.digest} asked for.`,
      'The tag was pushed again: give the digest that it holds now, or a tag that only this pipeline pushes.',
    );
  }
  return checkPlatforms(manifests, selection.platforms);
}

async function readRegistry(image: Image, registry: ImageRegistry): Promise<RegistryAnswer> {
  try {
    const tagDigest = image.tag === undefined ? undefined : await registry.resolveTag(image, image.tag);
    const digest = image.digest ?? tagDigest;
    if (digest === undefined) throw registryError('unsupported', 'There is neither a tag nor a digest.');
    return { kind: 'found', tagDigest, manifests: await registry.manifestsOf(image, digest) };
  } catch (error) {
    if (error instanceof CallError) return { kind: 'error', error };
    throw error;
  }
}

/** Where the inputs need the registry in every run, a run would fail; with a digest alone only where the row has another. */
function withoutRegistry(
  error: CallError,
  image: Image,
  { digestSource, platforms }: ImageSelection,
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
    : cannotTell(withHint(error), `${fix} It is asked only where the report shows another digest.`);
}

function checkPlatforms(manifests: ImageManifests, required: RequiredPlatforms): CheckResult {
  const known = assumePlatform(manifests, required);
  const { selected, absent } = selectPlatforms(known, required);
  const names = [...new Set(known.platforms.map(({ platform }) => knownPlatformName(platform)))];
  const has = names.length === 0 ? 'nothing that runs' : firstOf(names, 6);
  const digest = `${manifests.digest}: ${has}`;
  if (absent.length > 0) {
    return failed(
      `The registry has ${digest}; not ${firstOf(absent.map(platformName), 4)}.`,
      'Build the missing platform, or leave it out of platforms.',
    );
  }
  if (required !== 'scanned' && selected.length === 0) {
    return failed(
      `The registry has ${digest}.`,
      'Give the digest of an image that runs, or of an index of such.',
    );
  }
  return ok(`The registry has ${digest}.`);
}
