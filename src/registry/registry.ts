import type { Digest, Image } from '../image/image.ts';
import type { ImageManifests } from '../image/manifests.ts';
import { isTag } from '../image/reference.ts';
import { withHint } from '../text/call-text.ts';
import { quoted, sanitize } from '../text/sanitize.ts';
import { Authenticator } from './authenticator.ts';
import { RegistryClient } from './client.ts';
import type { FindCredential } from './docker-config.ts';
import { endpointName, endpointOf } from './endpoint.ts';
import { PlatformReader } from './platforms.ts';
import { registryError } from './registry-error.ts';
import { createSender, type SenderEnvironment } from './sender.ts';

/** The registries of the images, for reading. Every rejection is a `CallError`, or the reason of the run's signal. */
export interface ImageRegistry {
  /** The digest that a tag names now. */
  resolveTag(image: Pick<Image, 'registry' | 'repository'>, tag: string): Promise<Digest>;
  /** The runnable images behind a digest. */
  manifestsOf(image: Pick<Image, 'registry' | 'repository'>, digest: Digest): Promise<ImageManifests>;
}

interface RegistryEnvironment extends SenderEnvironment {
  readonly findCredential: FindCredential;
  /** Receives every token before it is used. */
  readonly addSecret: (secret: string) => void;
}

/**
 * Creates the registry client of a run. Content read by digest is kept, so images that share an index read it once.
 */
export function createRegistry(environment: RegistryEnvironment): ImageRegistry {
  const { redact, debug } = environment;
  const send = createSender(environment);
  const client = new RegistryClient(send, new Authenticator({ ...environment, send }), redact);
  const known = new Map<string, Promise<ImageManifests>>();
  return {
    resolveTag: async (image, tag) => {
      if (!isTag(tag)) throw registryError('unsupported', `${quoted(tag)} is not a tag`);
      return client.resolveTag(endpointOf(image), tag);
    },
    manifestsOf: async (image, digest) => {
      const endpoint = endpointOf(image);
      const key = `${endpointName(endpoint)}@${digest}`;
      const manifests = known.get(key) ?? new PlatformReader(client, endpoint, digest).read();
      known.set(key, manifests);
      // The next call may read what could not be read now.
      manifests.then(
        ({ unread }) => {
          if (unread === undefined) return;
          debug(`A platform is unknown: ${sanitize(withHint(unread))}`);
          known.delete(key);
        },
        () => known.delete(key),
      );
      return manifests;
    },
  };
}
