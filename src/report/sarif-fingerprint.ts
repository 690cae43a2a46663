import { createHash } from 'node:crypto';
import type { Finding } from '../scan/finding.ts';

/**
 * Tells the findings of a run apart by what stays the same from one tag, and one scan, to the next: the repository,
 * the CVE and the package. Where that is not enough, they are numbered in the order of the report.
 */
export class Fingerprints {
  readonly #seen = new Map<string, number>();

  of(repository: string, { id, packageName, packageType }: Finding): string {
    const parts = JSON.stringify([repository, id, packageType, packageName]);
    const hash = createHash('sha256').update(parts).digest('hex').slice(0, 16);
    const nth = (this.#seen.get(hash) ?? 0) + 1;
    this.#seen.set(hash, nth);
    return `${hash}:${nth}`;
  }
}
