import { repositoryName } from '../image/image.ts';
import type { ImageResult } from '../policy/result.ts';

/** The subject of an attestation: a repository, and the digest of an image in it. */
interface AttestationSubject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

/** The digests of the images without duplicates: the scanned ones, and those to promote. */
export function subjectsOf(images: readonly ImageResult[]): readonly AttestationSubject[] {
  const subjects = new Map<string, AttestationSubject>();
  for (const { image, digest, promotes } of images) {
    if (image === undefined) continue;
    const name = repositoryName(image);
    for (const each of [promotes, digest]) {
      if (each === undefined) continue;
      const sha256 = each.replace(/^sha256:/, '');
      subjects.set(`${sha256}  ${name}`, { name, digest: { sha256 } });
    }
  }
  return [...subjects.values()];
}

/**
 * The subjects as a checksums file, as `sha256sum` writes it and `subject-checksums` of actions/attest reads it.
 * Empty if no digest is known.
 */
export function checksumsOf(images: readonly ImageResult[]): string {
  return subjectsOf(images)
    .map(({ name, digest }) => `${digest.sha256}  ${name}\n`)
    .join('');
}
