import type { Vulnerability } from './api-types.ts';
import type { Findings } from './findings.ts';
import type { PackageSpec } from './scenario.ts';

/** The stored result of an image's last scan. */
export interface Row {
  readonly scanTimeMs: number;
  readonly firstScanTimeMs: number;
  readonly scanMs: number;
  readonly digest: string;
  readonly imageId: string;
  /** Overrides the image's value. */
  readonly arm64: boolean | undefined;
  /** Overrides the image's value. */
  readonly coverageMissing: boolean | undefined;
  readonly err: string;
  readonly errCode: number;
  readonly findings: Findings;
  readonly complianceIssues: readonly Vulnerability[];
  readonly packages: readonly PackageSpec[] | undefined;
}
