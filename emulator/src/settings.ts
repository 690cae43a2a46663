/**
 * Behaviour that the documentation leaves open, one field per question. The README lists for each field whether its
 * default is documented, seen in recorded data, or assumed.
 */
export interface Settings {
  /** The answer to `GET version`. */
  readonly consoleVersion: string;
  /** Versions accepted in the path; any other is an unknown page. */
  readonly apiVersions: readonly string[];
  readonly tokenLifetimeMs: number;
  /** A JSON Web Token with the claim `exp`, or a text without meaning. */
  readonly tokenForm: 'jwt' | 'opaque';
  readonly restartDropsTokens: boolean;
  /** Larger request bodies are refused with 413. */
  readonly bodyLimitBytes: number;
  /** Fields of a wrong type in a request body are ignored, or the request is refused with 400. */
  readonly wrongTypes: 'ignored' | 'refused';
  /** How far the Console's clock is ahead of the true time; negative: behind. */
  readonly clockSkewMs: number;
  /** True if answers carry the Console's time in `Date`. */
  readonly dateHeader: boolean;

  /** Delay of the answer to `POST registry/scan`; the scan starts at once. */
  readonly triggerBlocksMs: number;
  /** Meaning of a trigger without a registry. */
  readonly emptyRegistryTriggers: 'docker-hub' | 'every-registry';
  /** Answer to an on-demand scan of an image that no registry has. */
  readonly unknownImage: 'never-shows' | 'refused' | 'zero-of-zero' | 'zero-of-one';
  /** A trigger with an image and without `onDemandScan`: a regular scan of that image, or of every registry. */
  readonly singleImageScan: 'image' | 'every-registry';
  /** Answer to a regular scan requested while one runs. */
  readonly regularScanTwice: 'ignored' | 'refused';
  /** When a scan resolves a tag of a real registry. */
  readonly tagReadAt: 'scan-start' | 'scan-end';
  /** Body of the answer to an accepted trigger. */
  readonly triggerBody: string;
  /** Scan of an image if no Defender of its architecture is connected. */
  readonly unscannablePlatform: 'error' | 'nothing-scanned' | 'never-shows';
  /** Digest in the row of a multi-platform image of a real registry. */
  readonly indexDigest: 'platform' | 'index';

  /** Image parameters in a progress query without `onDemand=true`. */
  readonly onDemandFalse: 'bad-request' | 'empty';
  /** How `registry` narrows an on-demand progress query. */
  readonly registryMatch: 'exact' | 'without-scheme' | 'ignored';
  /** The selector that finds a scan in progress: that of its trigger, or either one. */
  readonly pollBy: 'as-triggered' | 'either';
  /** How long an unread end is kept; null: until the next scan of that image. */
  readonly unreadEndMs: number | null;
  /** An end is shown once in all, or once per user. */
  readonly endReadBy: 'anyone' | 'each-user';
  /** An end is consumed at once, or only when all entries of the same answer have ended. */
  readonly endConsumed: 'per-entry' | 'whole-answer';
  /** An earlier unread end between a new trigger and the registration of the new scan. */
  readonly unreadEndAfterTrigger: 'kept-until-registered' | 'dropped';
  /** The parallel scans of one image that progress shows. */
  readonly parallelScansShown: 'latest' | 'all';
  readonly specScanStartTime: 'zero' | 'start' | 'absent';
  /** Value of `type` in `discovery` and `imageScan`. */
  readonly progressType: string;
  /** The times at which `discovery.discovery` is true. */
  readonly discoveryFlag: 'never' | 'while-discovering';
  /** Documented fields that the documented samples omit. A non-empty `error` is always present. */
  readonly extraProgressFields: readonly ExtraProgressField[];
  /** Number of registries that a regular scan processes in parallel. */
  readonly parallelRegistries: number;
  /**
   * null: the next registry starts as soon as one ends. A number: registries are scanned in batches, and the next
   * batch starts this long after the whole previous one has ended.
   */
  readonly regularBatchGapMs: number | null;
  /** How the end of one registry's regular scan shows. */
  readonly regularEnd: 'shown-once' | 'never-shown';

  /** Status of `GET registry`; 403 and 404 make the report unreadable. */
  readonly reportStatus: 200 | 403 | 404;
  /** Time from the end in progress to the row, which may be negative; an image's spec can override it. */
  readonly rowLagMs: number;
  /** Number of first answers of `GET registry` that are `null` even if there are rows. */
  readonly reportNullReads: number;
  /** Time after the start and after a restart during which `GET registry` answers `null`. */
  readonly reportNullMs: number;
  /** Replicas that answer `GET registry` in turn, each with rows that are this old; empty: one without lag. */
  readonly reportReplicaLagsMs: readonly number[];
  /** `Date` of a replica's answers: the Console's time, or as far behind as its rows. */
  readonly replicaDates: 'same' | 'lagging';
  /** True if every page is the first one, whatever `offset` is. */
  readonly offsetIgnored: boolean;
  /** Age of answers from a cache, shown in `Age` and subtracted from `Date`; 0: no cache. */
  readonly cacheAgeSeconds: number;
  readonly scanTimeIs: 'end' | 'start';
  /** How far the clock of the Defenders, which `scanTime` follows, is ahead of the Console's. */
  readonly defenderSkewMs: number;
  /** Row of a scan requested by digest alone: that of the tag, or one of its own without a tag. */
  readonly digestScanRow: 'tagged' | 'untagged';
  /** Full name of a row without a tag: `repo@sha256:…`, or `repo`. */
  readonly untaggedName: 'digest' | 'repository';
  readonly failedScanWritesRow: boolean;
  readonly regularScanWritesRows: boolean;
  /** Unit of `scanDuration` and `pullDuration`. */
  readonly durationUnit: 'ns' | 'us' | 'ms' | 's';
  /** Rows per page: default and maximum. */
  readonly pageLimit: number;
  readonly totalCountHeader: boolean;
  readonly nothingFound: 'null' | 'empty';
  /** Requests to `GET registry` in a sliding window; null: no limit. */
  readonly rateLimit: { readonly requests: number; readonly windowMs: number } | null;
  /** Requests that use up the limit: those that were answered, or refused ones as well. */
  readonly rateLimitCounts: 'answered' | 'all';
  readonly rateLimitScope: 'console' | 'user';
  readonly rateLimitBody: 'json' | 'text' | 'empty';
  /** True if a 429 carries `Retry-After`, in seconds. */
  readonly rateLimitRetryAfter: boolean;
  /**
   * How full names spell the registry: with the `https://` that it was configured with, but no slash at its end; with both;
   * or with neither. Its case is kept.
   */
  readonly nameSpelling: 'as-stored' | 'verbatim' | 'without-scheme';
  /** How the `name` filter compares. */
  readonly nameMatch: 'exact' | 'without-scheme';
  /** True if the `name` filter also finds rows that list the name among their `tags`. */
  readonly nameMatchesTags: boolean;
  /** Registry part of full names of Docker Hub; empty: none. */
  readonly dockerHubName: string;
  readonly repoDigestName: 'full' | 'without-library';
  /** True if rows have `repoTag.digest`. */
  readonly repoTagDigest: boolean;
  readonly compactDropsRepoDigests: boolean;
  readonly compactDropsTagDigest: boolean;
  /** Row `id`: the digest of the configuration, or the digest that the tag names. */
  readonly rowId: 'config' | 'named-digest';
  /** The fields that the documentation explains, or all of a recorded Console. */
  readonly rowFields: 'reduced' | 'recorded';
  /** Value of `hostname` in rows. */
  readonly rowHostname: string;
  /** True if times in rows drop trailing zeros: `…52.93Z`. */
  readonly trimmedTimes: boolean;
  /** Order of rows: by full name, or none that a client can rely on. */
  readonly rowOrder: 'name' | 'unordered';
  /** Order of findings: the same in each answer, or another one. */
  readonly findingOrder: 'stable' | 'shuffled';
  /** Fields that findings and compliance issues lack. */
  readonly absentFindingFields: readonly string[];
  /** Top-level fields that rows lack. */
  readonly absentRowFields: readonly string[];
  /** Result of `normalizedSeverity` for an unknown word. */
  readonly unknownSeverity: 'kept' | 'low';
  /** True if a finding that the policy blocks on has `block: true` while days of grace are left. */
  readonly blockDuringGrace: boolean;
  /** True if packages have a package URL. */
  readonly packagePurls: boolean;
}

export type ExtraProgressField =
  | 'error'
  | 'onDemand'
  | 'hostname'
  | 'scanTime'
  | 'aisInitialScanInProgress'
  | 'aisOnDemandScanInProgress';

export const defaultSettings: Settings = {
  consoleVersion: '32.07.123',
  apiVersions: [
    'v1',
    'v30.03',
    'v31.02',
    'v32.00',
    'v32.02',
    'v32.03',
    'v32.04',
    'v32.05',
    'v32.06',
    'v32.07',
  ],
  tokenLifetimeMs: 30 * 60_000,
  tokenForm: 'jwt',
  restartDropsTokens: false,
  bodyLimitBytes: 1024 * 1024,
  wrongTypes: 'ignored',
  clockSkewMs: 0,
  dateHeader: true,
  triggerBlocksMs: 0,
  emptyRegistryTriggers: 'docker-hub',
  unknownImage: 'never-shows',
  singleImageScan: 'image',
  regularScanTwice: 'ignored',
  triggerBody: '',
  unscannablePlatform: 'error',
  tagReadAt: 'scan-end',
  indexDigest: 'platform',
  onDemandFalse: 'bad-request',
  registryMatch: 'without-scheme',
  pollBy: 'as-triggered',
  unreadEndMs: null,
  endReadBy: 'anyone',
  endConsumed: 'per-entry',
  unreadEndAfterTrigger: 'kept-until-registered',
  parallelScansShown: 'latest',
  specScanStartTime: 'zero',
  progressType: '',
  discoveryFlag: 'never',
  extraProgressFields: [],
  parallelRegistries: 4,
  regularBatchGapMs: null,
  regularEnd: 'shown-once',
  reportStatus: 200,
  rowLagMs: 500,
  reportNullReads: 0,
  reportNullMs: 0,
  reportReplicaLagsMs: [],
  replicaDates: 'same',
  offsetIgnored: false,
  cacheAgeSeconds: 0,
  scanTimeIs: 'end',
  defenderSkewMs: 0,
  digestScanRow: 'tagged',
  untaggedName: 'digest',
  failedScanWritesRow: true,
  regularScanWritesRows: true,
  durationUnit: 'ms',
  pageLimit: 50,
  totalCountHeader: true,
  nothingFound: 'null',
  rateLimit: { requests: 30, windowMs: 30_000 },
  rateLimitCounts: 'answered',
  rateLimitScope: 'console',
  rateLimitBody: 'json',
  rateLimitRetryAfter: false,
  nameSpelling: 'as-stored',
  nameMatch: 'exact',
  nameMatchesTags: false,
  dockerHubName: '',
  repoDigestName: 'without-library',
  repoTagDigest: true,
  compactDropsRepoDigests: false,
  compactDropsTagDigest: false,
  rowId: 'config',
  rowFields: 'reduced',
  rowHostname: '',
  trimmedTimes: false,
  rowOrder: 'name',
  findingOrder: 'stable',
  absentFindingFields: [],
  absentRowFields: [],
  unknownSeverity: 'kept',
  blockDuringGrace: true,
  packagePurls: true,
};

/** Versions of the published API. */
const PUBLISHED_VERSIONS = [
  ...['30.00', '30.01', '30.02', '30.03', '31.00', '31.01', '31.02', '31.03'],
  ...['32.00', '32.01', '32.02', '32.03', '32.04', '32.05', '32.06', '32.07'],
  ...['33.00', '33.01', '33.02', '33.03', '34.00', '34.01', '34.02', '34.03', '34.04'],
];

/**
 * The settings of a Console of this version: it accepts its own version in the path, and those of the two previous
 * majors.
 */
export function versionSettings(version: string): Pick<Settings, 'consoleVersion' | 'apiVersions'> {
  const oldest = String(Number(version.slice(0, 2)) - 2);
  const accepted = PUBLISHED_VERSIONS.filter((known) => known >= oldest && known < version);
  return {
    consoleVersion: `${version}.123`,
    apiVersions: ['v1', ...[...accepted, version].map((known) => `v${known}`)],
  };
}
