/** `registry/repo` of a full reference: what stays the same when a tag moves on. */
export function repositoryIn(reference: string): string {
  return reference.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');
}

/** The repository as a relative reference. A colon in its first part would make a scheme of what stands before it. */
export function artifactUri(repository: string): string {
  const segments = repository.split('/').filter((segment) => !/^\.*$/.test(segment));
  return segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join('/') || 'image';
}
