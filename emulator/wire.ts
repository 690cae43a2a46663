/** Shapes that go over the wire, named as the Console's API names them. */

export type Progress = {
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
};

export type RegistryScanProgress = {
  discovery: Progress;
  imageScan: Progress;
  isScanOngoing: boolean;
  specScanStartTime?: string;
};

export type ImageTag = {
  registry?: string | undefined;
  repo?: string | undefined;
  tag?: string | undefined;
  digest?: string | undefined;
  id?: string | undefined;
};

export type RegistryScanRequest = { onDemandScan?: boolean | undefined; tag?: ImageTag | undefined };

export type Distribution = { critical: number; high: number; medium: number; low: number; total: number };

/**
 * One finding of a report, or one compliance issue. A scenario writes them in this shape, so that a report costs
 * no conversion.
 */
export type Vulnerability = {
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
};

export type ImageScanResult = {
  _id: string;
  type: string;
  hostname: string;
  id: string;
  scanTime: string;
  firstScanTime: string;
  scanDuration: number;
  pullDuration: number;
  distro: string;
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
  missingDistroVulnCoverage: boolean;
  collections: string[];
  trustStatus: string;
  err: string;
  errCode: number;
};

export type ErrorBody = { err: string };
