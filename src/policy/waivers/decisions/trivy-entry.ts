import type { PackageUrl } from './package-url.ts';
import type { PathGlob } from './path-glob.ts';

/** One entry of `vulnerabilities` in a `.trivyignore.yaml` that may accept something. */
export interface TrivyEntry {
  /** Its position in the list, from 1. */
  readonly number: number;
  readonly id: string;
  readonly reason: string;
  /** Its last day, `2026-12-31`, in UTC: Trivy ends it at the start of `expired_at`. */
  readonly until: string;
  /** Undefined if it names none, so that every path matches. */
  readonly paths: readonly PathGlob[] | undefined;
  /** Undefined if it names none, so that every package matches. */
  readonly urls: readonly PackageUrl[] | undefined;
}
