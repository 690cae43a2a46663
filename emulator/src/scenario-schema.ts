import type { ApiCall } from './api-types.ts';
import {
  byKind,
  count,
  described,
  digest,
  flag,
  listOf,
  milliseconds,
  object,
  oneOf,
  ref,
  signedMilliseconds,
  text,
  texts,
} from './json-schema.ts';
import { LARGEST_FLEET, scenarioNames } from './scenarios/catalogue.ts';
import { findingSetNames } from './scenarios/finding-sets.ts';
import { settingSchemas } from './setting-schemas.ts';

const calls = [
  'authenticate',
  'version',
  'ping',
  'scan',
  'scan-select',
  'stop',
  'download',
  'sbom',
  'progress',
  'registry',
  'names',
  'settings-registry',
  'statuses-registry',
  'defenders-names',
  'current-collections',
  'unknown',
] satisfies readonly ApiCall[];

const finding = object(
  {
    cve: text,
    severity: described('critical, high, medium, low, or any other word', text),
    packageName: text,
    packageVersion: text,
    packageType: text,
    cvss: { type: 'number' },
    fixedIn: described('Version with the fix; default: no fix', text),
    status: described('Default: derived from fixedIn', text),
    description: text,
    link: text,
    block: described('True if the policy of the Console blocks on it', flag),
    gracePeriodDays: { type: 'integer' },
    riskFactors: described('Default: severity, fix and exploit', texts),
    exploits: listOf(object({ source: text, kind: text, link: text }, ['source', 'kind'])),
    exploit: text,
    binaryPkgs: described('Binary packages of the source package', texts),
    published: described('Seconds since 1970; 0: not known', { type: 'integer' }),
    fixDate: described('Seconds since 1970; 0: not known', { type: 'integer' }),
    publishedAgoDays: described('Days before the start of the Console', { type: 'number' }),
    fixedAgoDays: described('Days before the start of the Console', { type: 'number' }),
  },
  ['cve', 'severity', 'packageName', 'packageVersion'],
);

const complianceIssue = object({ id: count, severity: text, title: text, cause: text, block: flag }, [
  'id',
  'severity',
  'title',
]);

const findings = {
  description: `the name of a set (${findingSetNames.join(', ')}), {seed, count}, or a list of findings`,
  anyOf: [
    { type: 'string', enum: findingSetNames },
    object({ seed: count, count }, ['seed', 'count']),
    { type: 'array', items: finding },
  ],
};

const packageSpec = object(
  {
    name: text,
    version: text,
    type: described('package (the default), nodejs, python, jar, go, gem, …', text),
    purl: described('Default: follows from the other fields', text),
    path: text,
    license: text,
    binaryPkgs: texts,
  },
  ['name', 'version'],
);

const scanResult = {
  packages: described('Default: some of the system; those of findings are added', listOf(ref('package'))),
  findings: { $ref: '#/definitions/findings' },
  complianceIssues: listOf({ $ref: '#/definitions/complianceIssue' }),
};

const imageReference = {
  registry: described('Default: any registry', text),
  repo: text,
  tag: text,
  digest,
};

/** Definitions that only the control API uses. */
export const definitions = {
  settings: object(settingSchemas),
  complianceIssue,
  findings,
  package: packageSpec,
  scan: object({
    registerDelayMs: described('From the trigger until progress shows the scan', milliseconds),
    discoveryMs: milliseconds,
    scanMs: milliseconds,
    closingMs: described('How long the scan stays ongoing after its counts are complete', milliseconds),
    images: described('Final count of progress', count),
    scanned: described('How many of images are scanned at the end; default: all', count),
    outcome: oneOf('finished', 'discovery-error', 'scan-error', 'report-error'),
    errorText: text,
    errCode: { type: 'integer' },
    shownInProgress: flag,
    rowLagMs: { type: ['number', 'null'], description: 'From the end to the row; null: no row' },
    endReadByOtherAfterMs: milliseconds,
    digest,
    imageId: text,
    arm64: flag,
    coverageMissing: flag,
    ...scanResult,
  }),
  earlierScan: object({
    agoMs: described('Time from this scan to the start of the Console', signedMilliseconds),
    scanMs: milliseconds,
    digest,
    err: text,
    errCode: { type: 'integer' },
    unread: described('True if its end is still unread', flag),
    ...scanResult,
  }),
  image: object(
    {
      registry: described('As the Console stores it; empty for Docker Hub', text),
      repo: { type: 'string', minLength: 1 },
      tag: text,
      digest,
      digests: described('Other digests of the image, such as those of platforms', listOf(digest)),
      alsoTagged: described('Other tags that the row lists', texts),
      scans: described('One entry per scan; the last one repeats', listOf(ref('scan'), 1)),
      earlier: ref('earlierScan'),
      history: described('Scans before earlier', listOf(ref('earlierScan'))),
      inReport: described('false: the collections of the users hide the row', flag),
      distro: text,
      distroVersion: described('Default: as distro has it', text),
      coverageMissing: flag,
      arm64: flag,
      collections: texts,
    },
    ['repo', 'tag'],
  ),
  imageReference: object(imageReference, ['repo']),
  registry: object(
    {
      registry: { type: 'string', minLength: 1 },
      repositories: count,
      images: count,
      scanned: count,
      defenders: count,
      discoveryMs: milliseconds,
      scanMs: milliseconds,
      closingMs: milliseconds,
      outcome: oneOf('finished', 'discovery-error', 'scan-error'),
      errorText: text,
    },
    ['registry'],
  ),
  user: object(
    {
      username: { type: 'string', minLength: 1 },
      password: { type: 'string', minLength: 1 },
      role: oneOf('administrator', 'operator', 'reader', 'ci'),
      denied: listOf({ type: 'string', enum: calls }),
      collections: texts,
    },
    ['username', 'password', 'role'],
  ),
  event: byKind({
    restart: object({ atMs: signedMilliseconds }, ['atMs']),
    scan: object({ atMs: signedMilliseconds, image: ref('imageReference'), scan: ref('scan') }, [
      'atMs',
      'image',
    ]),
    read: object({ atMs: signedMilliseconds, image: ref('imageReference') }, ['atMs', 'image']),
    'regular-scan': object({ atMs: signedMilliseconds }, ['atMs']),
    'read-regular': object({ atMs: signedMilliseconds }, ['atMs']),
    'stop-regular': object({ atMs: signedMilliseconds }, ['atMs']),
    push: object({ atMs: signedMilliseconds, image: ref('imageReference'), digest }, [
      'atMs',
      'image',
      'digest',
    ]),
    clock: object({ atMs: signedMilliseconds, byMs: signedMilliseconds }, ['atMs', 'byMs']),
  }),
  fault: byKind({
    answer: object(
      {
        status: { type: 'integer', minimum: 200, maximum: 599 },
        headers: { type: 'object', additionalProperties: text },
        body: text,
        accepted: flag,
      },
      ['status'],
    ),
    drop: object({ where: oneOf('before', 'within'), accepted: flag }, ['where']),
    reset: object({ accepted: flag }),
    stall: object({ where: oneOf('before', 'within'), accepted: flag }, ['where']),
    delay: object({ ms: milliseconds }, ['ms']),
    trickle: object({ bytes: { type: 'integer', minimum: 1 }, everyMs: milliseconds }, ['bytes', 'everyMs']),
    flood: object({ bytes: { type: 'integer', minimum: 1 }, everyMs: milliseconds, pieces: count }, [
      'bytes',
      'everyMs',
    ]),
    repeat: object({ start: text, piece: text, times: count, end: text, gzip: flag }, [
      'start',
      'piece',
      'times',
      'end',
    ]),
    rewrite: object({ pattern: { type: 'string', format: 'regex' }, to: text }, ['pattern', 'to']),
    header: object({ name: { type: 'string', pattern: '^[a-z0-9-]+$' }, value: text }, ['name']),
    gzip: object({}),
    'clock-set': object({ fromMs: signedMilliseconds, byMs: signedMilliseconds }, ['fromMs', 'byMs']),
    'hang-up': object({}),
  }),
  faultRule: object(
    {
      call: { type: 'string', enum: ['any', ...calls] },
      from: described('First request that it applies to, counted from 1', { type: 'integer', minimum: 1 }),
      times: described('Number of requests; default: all that follow', { type: 'integer', minimum: 1 }),
      fault: ref('fault'),
    },
    ['call', 'fault'],
  ),
  scope: object(
    {
      registry: text,
      repository: text,
      tag: text,
      excludedRepositories: texts,
      excludedTags: texts,
      cap: count,
      os: oneOf('linux', 'linuxARM64', 'windows'),
      version: text,
      collections: texts,
      lastScanStatus: text,
      scanError: text,
    },
    ['registry'],
  ),
  defender: object({ hostname: text, connected: flag, arm64: flag }, ['hostname']),
  collection: object({ name: text, color: text }, ['name']),
} as const;

/** The schema of a scenario file. `scenario.schema.json` is a copy of it for editors. */
export const scenarioSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Scenario of the embedded Console',
  ...object({
    extends: described('Built-in scenario to start from; lists given here replace its lists', {
      type: 'string',
      enum: scenarioNames,
    }),
    fleet: described('Number of generated images to add', {
      type: 'integer',
      minimum: 0,
      maximum: LARGEST_FLEET,
    }),
    settings: ref('settings'),
    images: listOf(ref('image')),
    registries: described('Registries of the regular scan', listOf(ref('registry'))),
    users: listOf(ref('user'), 1),
    events: listOf(ref('event')),
    faults: listOf(ref('faultRule')),
    scopes: described('Entries of the registry settings', listOf(ref('scope'))),
    defenders: listOf(ref('defender')),
    collections: listOf(ref('collection')),
  }),
  definitions,
} as const;
