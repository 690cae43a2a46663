/** Types of the API: fields have the API's own names. */

export interface Progress {
  id: string;
  type: string;
  discovery: boolean;
  total: number;
  scanned: number;
  title: string;
  error?: string;
  onDemand?: boolean;
  hostname?: string;
  scanTime?: string;
  aisInitialScanInProgress?: boolean;
  aisOnDemandScanInProgress?: boolean;
}

export interface RegistryScanProgress {
  discovery: Progress;
  imageScan: Progress;
  isScanOngoing: boolean;
  specScanStartTime?: string;
}

export interface ImageTag {
  registry?: string | undefined;
  repo?: string | undefined;
  tag?: string | undefined;
  digest?: string | undefined;
  id?: string | undefined;
}

export interface RegistryScanRequest {
  onDemandScan?: boolean | undefined;
  tag?: ImageTag | undefined;
}

export interface Distribution {
  critical: number;
  high: number;
  medium: number;
  low: number;
  total: number;
}

/**
 * One finding of a report, or one compliance issue. A scenario writes them in this shape, so that a report costs
 * no conversion.
 */
export interface Vulnerability {
  text: string;
  id: number;
  severity: string;
  cvss: number;
  status: string;
  cve: string;
  cause: string;
  description: string;
  title: string;
  vecStr: string;
  riskFactors: Record<string, Record<string, never>> | null;
  link: string;
  type: string;
  packageName: string;
  packageVersion: string;
  packageType: string;
  twistlock: boolean;
  published: number;
  fixDate: number;
  discovered: string;
  block: boolean;
  gracePeriodDays?: number;
  /** A source, as text; empty in the recorded Console. */
  exploit: string;
  exploits?: readonly Exploit[];
  /** Binary packages of a source package, which `packageName` names. */
  binaryPkgs?: readonly string[];
}

/** Evidence of an exploit. Published sources: exploit-db, exploit-windows, cisa-kev; kinds: poc, in-the-wild. */
export interface Exploit {
  source: string;
  kind: string;
  link?: string;
}

export interface Package {
  name: string;
  version: string;
  cveCount: number;
  license: string;
  layerTime: number;
  path?: string;
  purl?: string;
  binaryPkgs?: readonly string[];
}

/** The packages of one type in a row. */
export interface PackageGroup {
  pkgsType: string;
  pkgs: Package[];
}

export interface ImageScanResult {
  _id: string;
  type: string;
  hostname: string;
  id: string;
  scanTime: string;
  firstScanTime: string;
  scanDuration: number;
  pullDuration: number;
  distro: string;
  osDistro: string;
  osDistroVersion: string;
  osDistroRelease: string;
  repoTag: ImageTag;
  tags: ImageTag[];
  repoDigests: string[];
  vulnerabilities: readonly Vulnerability[] | null;
  vulnerabilitiesCount: number;
  vulnerabilityDistribution: Distribution;
  complianceIssues: readonly Vulnerability[] | null;
  complianceIssuesCount: number;
  complianceDistribution: Distribution;
  riskFactors: Record<string, Record<string, never>> | null;
  packages: PackageGroup[] | null;
  missingDistroVulnCoverage: boolean;
  collections: string[];
  trustStatus: string;
  isARM64: boolean;
  err: string;
  errCode: number;
}

export interface ErrorBody {
  err: string;
}

/** Calls of the API that the emulator implements. */
export type ApiCall =
  | 'authenticate'
  | 'version'
  | 'ping'
  | 'scan'
  | 'scan-select'
  | 'stop'
  | 'download'
  | 'sbom'
  | 'progress'
  | 'registry'
  | 'names'
  | 'settings-registry'
  | 'statuses-registry'
  | 'defenders-names'
  | 'current-collections'
  | 'unknown';

export interface ScanStatus {
  hostname: string;
  scanTime: string;
  completed: boolean;
  scanning: boolean;
  selective: boolean;
  errors?: string[];
}

export interface RegistrySpecification {
  id: string;
  version: string;
  registry: string;
  repository: string;
  tag: string;
  os: string;
  cap: number;
  scanners: number;
  collections: string[];
  excludedRepositories: string[];
  excludedTags: string[];
  credentialID: string;
  namespace: string;
  lastScanStatus: string;
  lastScanTime: string;
  scanStatus: string;
  scanTime: string;
  scanError: string;
}

export interface RegistrySettings {
  specifications: RegistrySpecification[];
  webhookUrlSuffix: string;
  harborScannerUrlSuffix: string;
}

export interface UserCollection {
  name: string;
  color: string;
}

export interface TriggerResult {
  readonly status: 200 | 400;
  readonly body: string | ErrorBody;
  /** Delay before the answer, in milliseconds; the scan has started already. */
  readonly answerAfterMs: number;
}

export interface ProgressQuery {
  readonly onDemand?: boolean | undefined;
  readonly registry?: string | undefined;
  readonly repo?: string | undefined;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

export type ProgressResult =
  | { readonly status: 200; readonly body: RegistryScanProgress[] }
  | { readonly status: 400; readonly body: ErrorBody };

export interface ReportQuery {
  readonly name?: readonly string[] | undefined;
  readonly repository?: readonly string[] | undefined;
  readonly registry?: readonly string[] | undefined;
  readonly id?: readonly string[] | undefined;
  readonly imageID?: readonly string[] | undefined;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly sort?: string | undefined;
  readonly reverse?: boolean | undefined;
  readonly compact?: boolean | undefined;
  readonly normalizedSeverity?: boolean | undefined;
  readonly search?: string | undefined;
}

export type ReportResult =
  | {
      readonly status: 200;
      readonly body: Partial<ImageScanResult>[] | null;
      /** Total number of rows, for the header; undefined: no header. */
      readonly totalCount: number | undefined;
      /** How far the clock of the node that answers is behind. */
      readonly clockLagMs: number;
    }
  | { readonly status: 403 | 404; readonly body: ErrorBody }
  | {
      readonly status: 429;
      readonly body: ErrorBody | string;
      /** Value of `Retry-After`; undefined: no header. */
      readonly retryAfterSeconds: number | undefined;
    };

export interface NamesResult {
  readonly status: 200;
  readonly body: string[] | null;
}
