import { describe, expect, test } from '@jest/globals';
import { entry, NOT_FOUND, noConnection, type Replies, refusal, row, slow, stalling } from './console.ts';
import { type Preflight, preflight, type World } from './preflight.ts';

const NAMES = [
  'inputs',
  'address',
  'certificate',
  'proxy',
  'api-version',
  'log-in',
  'read-report',
  'read-progress',
  'start-scans',
  'image',
  'registry-spelling',
  'scope',
  'defender',
  'clock',
  'digest',
  'gates',
  'exceptions',
];

describe('a Console that has nothing wrong', () => {
  test('passes every check in the order of the contract; starting a scan is not tried', async () => {
    const { result, failed } = await preflight();

    expect(failed).toEqual([]);
    expect(result.checks.map(({ check }) => check)).toEqual(NAMES);
    expect(result.checks.filter(({ state }) => state !== 'ok').map(({ check }) => check)).toEqual([
      'start-scans',
    ]);
    expect(result.decision).toMatchObject({ verdict: 'passed', reason: 'check-passed' });
  });

  test('shows when the image was scanned last, how long it took, and what covers it', async () => {
    const { check } = await preflight();

    expect(check('image').message).toBe('Last scan 3h ago, took 41s: timeout 30m is ample.');
    expect(check('registry-spelling').message).toMatch(
      /"https:\/\/registry.example.com".*taken for the same/,
    );
    expect(check('scope').message).toBe('Covered: pattern "shop/*", cap 5, excluded tags "*-dev".');
  });

  test('is asked nothing but readings and one log-in, and about no image’s progress', async () => {
    const { requests } = await preflight();

    expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([
      'POST /api/v32.07/authenticate',
    ]);
    const progress = requests.filter((request) => request.includes('progress'));
    expect(progress).toEqual([
      'GET /api/v32.07/registry/progress?onDemand=true&repo=registry-scan-gate%2Fpreflight&tag=no-such-image',
    ]);
  });
});

interface Case extends World {
  readonly wrong: string;
  /** The one check that fails. */
  readonly fails: string;
  /** In what was seen and what to do. */
  readonly says: RegExp;
}

const SPELLED = 'https://registry.example.com';
const SCANNED = '2026-11-26T06:00:00Z';
const NO_IMAGE = { registry: '', repo: '', tag: '' };

/** The row of the image that is asked about, scanned three hours ago. */
const cartRow = (given: Readonly<Record<string, unknown>>) => row(SPELLED, 'shop/cart', '7', SCANNED, given);

/** The fields of a row with these vulnerabilities, all of them fixed. */
const vulnerable = (...cves: readonly string[]) => ({
  vulnerabilities: cves.map((cve) => ({
    cve,
    severity: 'high',
    packageName: 'openssl',
    packageVersion: '3.0.1',
    status: 'fixed in 3.0.2',
  })),
  vulnerabilityDistribution: { critical: 0, high: cves.length, medium: 0, low: 0, total: cves.length },
});

/** The reads of the report. */
const readsOf = ({ requests }: Preflight) =>
  requests.filter((request) => /^GET \/api\/v32\.07\/registry\?/.test(request));

const report = (rows: readonly unknown[]): Replies => ({
  'GET registry': (url: URL) =>
    url.searchParams.has('name')
      ? { json: rows.length === 0 ? null : rows }
      : { json: rows, headers: { 'total-count': String(rows.length) } },
});

/** The rows that the Console has; only what is asked for by a name that it has is found. */
function holding(registry: string, repo: string, tags: readonly string[]): Replies {
  const rows = tags.map((tag, at) => row(registry, repo, tag, `2026-11-2${at % 6}T06:00:00Z`));
  const full = tags.map((tag) => `${registry === '' ? '' : `${registry}/`}${repo}:${tag}`);
  return {
    'GET registry/names': { json: full },
    'GET registry': ({ searchParams }: URL) => {
      const names = searchParams.getAll('name');
      const repositories = searchParams.getAll('repository');
      const found = rows.filter(
        (_, at) =>
          (names.length === 0 || names.includes(full[at] ?? '')) &&
          (repositories.length === 0 || repositories.includes(repo)),
      );
      return { json: found.length === 0 ? null : found, headers: { 'total-count': String(found.length) } };
    },
  };
}

const settings = (...specifications: unknown[]): Replies => ({
  'GET settings/registry': { json: { specifications } },
});

const CASES: readonly Case[] = [
  {
    wrong: 'nothing accepts connections',
    replies: { 'any call': noConnection('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:8083') },
    fails: 'address',
    says: /ECONNREFUSED.*console-url/,
  },
  {
    wrong: 'the host name does not exist',
    replies: { 'any call': noConnection('ENOTFOUND', 'getaddrinfo ENOTFOUND console.example') },
    fails: 'address',
    says: /cannot be resolved/,
  },
  {
    wrong: 'the address has no API',
    replies: { 'any call': NOT_FOUND },
    fails: 'address',
    says: /404.*path/,
  },
  {
    wrong: 'a log-in page answers everything',
    replies: { 'any call': { text: '<!DOCTYPE html><html></html>' } },
    fails: 'address',
    says: /web page.*Path to Console/,
  },
  {
    wrong: 'it redirects',
    replies: { 'any call': { status: 302, headers: { location: 'https://sso.example.com/' } } },
    fails: 'address',
    says: /redirected.*console-url/,
  },
  {
    wrong: 'it is starting',
    replies: { 'any call': refusal(503, 'starting') },
    fails: 'address',
    says: /503.*again later/,
  },
  {
    wrong: 'it lacks the API version, and is older',
    inputs: { 'api-version': '34.04' },
    replies: {
      'GET v34.04/_ping': NOT_FOUND,
      'POST v34.04/authenticate': NOT_FOUND,
    },
    fails: 'api-version',
    says: /32\.07\.123.*no API 34\.04.*Give api-version 32\.07/,
  },
  {
    wrong: 'it lacks the API version, and is much newer',
    replies: {
      'GET v32.07/_ping': NOT_FOUND,
      'POST v32.07/authenticate': NOT_FOUND,
      'GET version': { json: '35.01.100' },
    },
    fails: 'api-version',
    says: /Give api-version 35\.01/,
  },
  {
    wrong: 'it is too old for progress',
    replies: { 'GET version': { json: '22.12.100' } },
    fails: 'api-version',
    says: /no progress.*30\.02/,
  },
  {
    wrong: 'the password is wrong',
    replies: { 'POST authenticate': refusal(401, 'invalid credentials') },
    fails: 'log-in',
    says: /401 \(invalid credentials\).*username and password/,
  },
  {
    wrong: 'the access key may not log in',
    replies: { 'POST authenticate': refusal(403, 'access key disabled') },
    fails: 'log-in',
    says: /403.*role/,
  },
  {
    wrong: 'the log-in breaks',
    replies: { 'POST authenticate': refusal(500, 'database') },
    fails: 'log-in',
    says: /500/,
  },
  {
    wrong: 'the token has expired',
    inputs: { username: '', password: '', token: 'given-token-9' },
    replies: Object.fromEntries(
      [
        'version',
        'registry',
        'registry/progress',
        'settings/registry',
        'statuses/registry',
        'defenders/names',
      ].map((path) => [`GET ${path}`, refusal(401, 'token expired')]),
    ),
    fails: 'log-in',
    says: /token expired.*obtain a new one/,
  },
  {
    wrong: 'the role may not read the report',
    replies: { 'GET registry': refusal(403, 'permission denied') },
    fails: 'read-report',
    says: /403 \(permission denied\).*role/,
  },
  {
    wrong: 'the report is not there',
    replies: { 'GET registry': NOT_FOUND },
    fails: 'read-report',
    says: /404/,
  },
  {
    wrong: 'the report is a page of a proxy',
    replies: { 'GET registry': { text: '<html>' } },
    fails: 'read-report',
    says: /page of HTML.*proxies/,
  },
  {
    wrong: 'the role may not read progress',
    replies: { 'GET registry/progress': refusal(403, 'permission denied') },
    fails: 'read-progress',
    says: /403.*role/,
  },
  {
    wrong: 'there is no progress',
    replies: { 'GET registry/progress': NOT_FOUND },
    fails: 'read-progress',
    says: /404.*api-version/,
  },
  {
    wrong: 'the last scan failed',
    replies: report([cartRow({ err: 'failed to pull: unauthorized' })]),
    fails: 'image',
    says: /3h ago, failed: failed to pull: unauthorized.*credential/,
  },
  {
    wrong: 'scans take longer than timeout',
    replies: report([cartRow({ scanDuration: 2_700_000_000_000 })]),
    fails: 'image',
    says: /took 45m: longer than timeout 30m.*Raise timeout/,
  },
  {
    wrong: 'the registry is given with its port',
    inputs: { registry: 'registry.example.com:443' },
    replies: holding(SPELLED, 'shop/cart', ['7']),
    fails: 'registry-spelling',
    says: /The Console has "https:\/\/registry.example.com\/shop\/cart", and not "registry.example.com:443.*Give registry "https:\/\/registry.example.com"/,
  },
  {
    wrong: 'the registry has another port',
    replies: {
      ...holding('registry.example.com:5000', 'shop/cart', ['7']),
      ...settings(entry({ registry: 'registry.example.com:5000' })),
    },
    fails: 'registry-spelling',
    says: /registry.example.com:5000/,
  },
  {
    wrong: 'the registry is misspelt',
    inputs: { registry: 'registry.exmaple.com' },
    replies: holding(SPELLED, 'shop/other', ['7']),
    fails: 'registry-spelling',
    says: /Give registry "https:\/\/registry.example.com"/,
  },
  {
    wrong: 'the registry is left out',
    inputs: { registry: '' },
    replies: holding(SPELLED, 'shop/cart', ['7']),
    fails: 'registry-spelling',
    says: /Give registry "https:\/\/registry.example.com"/,
  },
  {
    wrong: 'the Console has a part of the path in its registry',
    replies: {
      ...holding('registry.example.com/shop', 'cart', ['7']),
      ...settings(entry({ registry: 'registry.example.com/shop', repository: 'cart' })),
    },
    fails: 'registry-spelling',
    says: /registry.example.com\/shop/,
  },
  {
    wrong: 'the repository is misspelt',
    inputs: { repo: 'shop/catr' },
    replies: holding(SPELLED, 'shop/cart', ['6', '7']),
    fails: 'image',
    says: /"shop\/catr" is not known, but "shop\/cart" is.*give repo shop\/cart/,
  },
  {
    wrong: 'no entry of the settings is for the registry',
    replies: settings(entry({ registry: 'ghcr.io' })),
    fails: 'scope',
    says: /no entry for "registry.example.com"; they have "ghcr.io".*Add the registry/,
  },
  {
    wrong: 'the settings are empty',
    replies: settings(),
    fails: 'scope',
    says: /they are empty/,
  },
  {
    wrong: 'the entry is for other repositories',
    replies: settings(entry({ repository: 'team/*' })),
    fails: 'scope',
    says: /the entry is for "team\/\*"/,
  },
  {
    wrong: 'the repository is excluded',
    replies: settings(entry({ excludedRepositories: ['shop/ca*'] })),
    fails: 'scope',
    says: /"shop\/ca\*" is excluded/,
  },
  {
    wrong: 'the tag is excluded',
    replies: settings(entry({ excludedTags: ['7*'] })),
    fails: 'scope',
    says: /tags "7\*" are excluded/,
  },
  {
    wrong: 'the entry is for other tags',
    replies: settings(entry({ tag: 'v*' })),
    fails: 'scope',
    says: /the entry is for tags "v\*"/,
  },
  {
    wrong: 'the registry refuses the Console',
    replies: settings(entry({ scanError: 'Failed to retrieve repositories info: unauthorized' })),
    fails: 'scope',
    says: /unauthorized.*credential of the entry/,
  },
  {
    wrong: 'no Defender is connected',
    replies: { 'GET defenders/names': { json: null } },
    fails: 'defender',
    says: /No Defender is connected.*Connect/,
  },
  {
    wrong: 'the last regular scan found no Defender, and Defenders may not be read',
    replies: {
      'GET defenders/names': refusal(403, 'permission denied'),
      'GET statuses/registry': { json: { completed: true, errors: ['No available Defender was found'] } },
    },
    fails: 'defender',
    says: /No available Defender was found/,
  },
  {
    wrong: 'its clock is ahead',
    replies: { 'GET _ping': { text: 'OK', headers: { date: 'Thu, 26 Nov 2026 09:14:00 GMT' } } },
    fails: 'clock',
    says: /14m ahead of/,
  },
  {
    wrong: 'its clock is behind',
    replies: { 'GET _ping': { text: 'OK', headers: { date: 'Thu, 26 Nov 2026 08:00:00 GMT' } } },
    fails: 'clock',
    says: /1h behind/,
  },
  {
    wrong: 'an exception has expired',
    inputs: { exceptions: 'accepted.yml' },
    files: { 'accepted.yml': '- id: CVE-2026-1\n  reason: not reachable\n  until: 2026-11-01\n' },
    fails: 'exceptions',
    says: /CVE-2026-1 \(until 2026-11-01\) has expired.*Renew/,
  },
  {
    wrong: 'two inputs are wrong',
    inputs: { 'severity-cutoff': 'sever', timeout: '1 hour' },
    fails: 'inputs',
    says: /\(1\).*timeout.*\(2\).*severity-cutoff/,
  },
  {
    wrong: 'the image is not a reference',
    inputs: { ...NO_IMAGE, images: 'shop/cart:7:8' },
    fails: 'inputs',
    says: /shop\/cart:7:8/,
  },
  {
    wrong: 'the address is of another product',
    inputs: { 'console-url': 'https://api.prismacloud.io' },
    fails: 'inputs',
    says: /Prisma Cloud platform/,
  },
];

describe('a Console that has one thing wrong', () => {
  test.each(CASES)(
    '$wrong: $fails fails with what to do, and no other',
    async ({ fails, says, ...world }) => {
      const { failed, check, result, requests } = await preflight(world);

      expect(failed).toEqual([fails]);
      expect(`${check(fails).message} ${check(fails).fix}`).toMatch(says);
      expect(check(fails).fix).not.toBe('');
      expect(result.decision).toMatchObject({ verdict: 'error', reason: 'check-failed' });
      const writes = requests.filter(
        (request) => !/^GET |^POST \/api\/v[0-9.]+\/authenticate$/.test(request),
      );
      expect(writes).toEqual([]);
      expect(requests.filter((request) => request.startsWith('POST')).length).toBeLessThanOrEqual(1);
    },
  );
});

const untold = ({ result }: Preflight) =>
  result.checks.filter(({ state }) => state === 'cannot-tell').map(({ check }) => check);

describe('what the user is not allowed to read', () => {
  test.each([
    ['settings/registry', 'scope'],
    ['defenders/names', 'defender'],
  ])('%s: %s is unknown, and nothing fails', async (path, name) => {
    const run = await preflight({ replies: { [`GET ${path}`]: refusal(403, 'permission denied') } });

    expect(run.failed).toEqual([]);
    expect(untold(run)).toEqual(expect.arrayContaining([name]));
    expect(run.check(name).message).toMatch(/403/);
  });

  test('a used up rate limit fails nothing', async () => {
    const run = await preflight({ replies: { 'GET registry': refusal(429, 'too many requests') } });

    expect(run.failed).toEqual([]);
    expect(run.check('read-report')).toMatchObject({
      state: 'cannot-tell',
      fix: expect.stringMatching(/half a minute/),
    });
  });
});

describe('an image that was never scanned', () => {
  test('is distinguished from a tag of a known repository, with the tag scanned last', async () => {
    const run = await preflight({
      inputs: { tag: '9' },
      replies: holding(SPELLED, 'shop/cart', ['5', '6', '7']),
    });

    expect(run.failed).toEqual([]);
    expect(run.check('image').message).toBe(
      'Repository known with 3 tags, not this one; the last scanned: "7", 2026-11-22T06:00Z.',
    );
  });
});

describe('the report', () => {
  const tags = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);

  test.each<[string, World]>([
    ['one image', {}],
    ['an image by digest alone', { inputs: { tag: '', digest: `sha256:${'d'.repeat(64)}` } }],
    ['an image that is not known', { inputs: { tag: '9' }, replies: holding(SPELLED, 'shop/cart', ['7']) }],
    ['no image', { inputs: NO_IMAGE }],
    [
      'two images',
      {
        inputs: { ...NO_IMAGE, images: 'registry.example.com/shop/cart:7\nghcr.io/a/b:1' },
      },
    ],
  ])('is read once for %s', async (_what, world) => {
    expect(readsOf(await preflight(world))).toHaveLength(1);
  });

  test('is read again only for a tag that a page of a large repository does not show', async () => {
    const large = holding(SPELLED, 'shop/cart', tags(120));
    const paged: Replies = {
      ...large,
      'GET registry': (url: URL) => {
        const reply = large['GET registry'];
        const whole = typeof reply === 'function' ? reply(url) : reply;
        const rows =
          typeof whole === 'object' && 'json' in whole && Array.isArray(whole.json) ? whole.json : [];
        return { json: rows.slice(0, 50), headers: { 'total-count': String(rows.length) } };
      },
    };
    const run = await preflight({ inputs: { tag: '77' }, replies: paged });

    expect(readsOf(run)).toHaveLength(2);
    expect(run.check('image').message).toContain('Last scan');
  });

  test.each([
    ['https://art.example.com/', 'art.example.com'],
    ['MyACR.azurecr.io', 'myacr.azurecr.io'],
    ['https://MyACR.azurecr.io', 'MyACR.azurecr.io'],
    ['http://registry.example.com', 'https://registry.example.com/'],
  ])('of a registry that the Console spells %s knows the image of %s', async (stored, given) => {
    const run = await preflight({
      inputs: { registry: given },
      replies: holding(stored, 'shop/cart', ['6', '7']),
    });

    expect(run.check('image').message).toMatch(/^Last scan/);
    expect(run.check('registry-spelling').state).toBe('ok');
    expect(readsOf(run)).toHaveLength(1);
  });

  test('never says that a tag is missing and there', async () => {
    const run = await preflight({
      replies: {
        'GET registry': { json: null },
        'GET registry/names': { json: ['https://registry.example.com/shop/cart:7'] },
      },
    });

    expect(run.check('image')).toMatchObject({
      state: 'ok',
      message: 'Known as "https://registry.example.com/shop/cart:7"; its last scan was not read.',
    });
  });
});

describe('compare-with', () => {
  const rowOf = (repo: string, tag: string, cves: readonly string[], digest: string) =>
    row(SPELLED, repo, tag, SCANNED, {
      id: `sha256:${digest.repeat(64)}`,
      repoDigests: [`${repo}@sha256:${digest.repeat(64)}`],
      ...vulnerable(...cves),
    });
  const own = rowOf('shop/cart', '7', ['CVE-2026-1', 'CVE-2026-2', 'CVE-2026-3'], 'a');
  const reference = rowOf('production/cart', 'latest', ['CVE-2026-1', 'CVE-2026-2'], 'b');
  const inputs = {
    'severity-cutoff': 'high',
    'compare-with': 'registry.example.com/production/{name}:latest',
  };

  test.each<[string, readonly unknown[], RegExp]>([
    [
      'waives',
      [own, reference],
      /reference registry\.example\.com\/production\/cart:latest is known, last scanned 2026-11-26T06:00:00Z; of 3 vulnerabilities of the last scan it waives 2 today\.$/,
    ],
    [
      'has no row',
      [own],
      /has no row of the reference registry\.example\.com\/production\/cart:latest, so everything is new\.$/,
    ],
    ['is known before the image is', [reference], /is known, last scanned 2026-11-26T06:00:00Z\.$/],
  ])('%s: the check says so, with one read of the report', async (_what, rows, message) => {
    const run = await preflight({ inputs, replies: report(rows) });

    expect(run.failed).toEqual([]);
    expect(run.check('gates').message).toMatch(message);
    expect(readsOf(run)).toHaveLength(1);
  });
});

describe('files of exceptions', () => {
  const listed = cartRow(vulnerable('CVE-2026-1', 'CVE-2026-2'));
  const inputs = { exceptions: 'accepted.yml' };
  const entryOf = (id: string) => `- id: ${id}\n  reason: not reachable\n  until: 2027-03-01\n`;
  const files = { 'accepted.yml': `${entryOf('CVE-2026-1')}${entryOf('CVE-2026-9')}` };

  test('are compared with the existing row, which is read once, with its findings', async () => {
    const run = await preflight({ inputs, files, replies: report([listed]) });

    expect(run.check('exceptions')).toMatchObject({
      state: 'ok',
      message: '2 exceptions, none about to expire. Today they accept 1 of 2 findings of the last scan.',
      fix: expect.stringMatching(/match no finding.*CVE-2026-9/),
    });
    expect(run.check('exceptions').fix).not.toContain('CVE-2026-1,');
    expect(readsOf(run)).toEqual([expect.not.stringContaining('compact')]);
  });

  test('are compared with the rows of several images together, which are read once', async () => {
    const other = row(SPELLED, 'shop/till', '8', SCANNED, vulnerable('CVE-2026-9'));
    const names = ['registry.example.com/shop/cart:7', 'registry.example.com/shop/till:8'];
    const several = { ...inputs, ...NO_IMAGE, images: names.join('\n') };
    const run = await preflight({ inputs: several, files, replies: report([listed, other]) });

    expect(run.check('exceptions')).toMatchObject({
      state: 'ok',
      message: '2 exceptions, none about to expire. Today they accept 2 of 3 findings of the last scan.',
      fix: '',
    });
    expect(readsOf(run)).toEqual([expect.not.stringContaining('compact')]);

    const half = await preflight({ inputs: several, files, replies: report([listed]) });
    expect(half.check('exceptions').message).toBe('2 exceptions, none about to expire.');
  });

  test('are checked without a row that is too large to be read in full', async () => {
    const run = await preflight({
      inputs,
      files,
      replies: {
        'GET registry': (url: URL) =>
          url.searchParams.has('compact') ? { json: [listed] } : noConnection('ECONNRESET', 'socket hang up'),
      },
    });

    expect(run.failed).toEqual([]);
    expect(run.check('exceptions').message).toBe('2 exceptions, none about to expire.');
    expect(run.check('image').message).toMatch(/^Last scan/);
  });

  test('are checked although the Console cannot be asked', async () => {
    const run = await preflight({ inputs: { ...inputs, token: 'x'.repeat(20) }, files });

    expect(run.failed).toEqual(['inputs']);
    expect(run.check('exceptions').message).toBe('2 exceptions, none about to expire.');
  });
});

describe('inputs that are wrong', () => {
  test.each([
    ['severity-cutoff', 'sever', ['gates', 'exceptions']],
    ['platforms', 'linux', ['image', 'registry-spelling', 'scope', 'digest']],
    ['api-version', 'x', NAMES.slice(1, NAMES.indexOf('digest'))],
  ])('%s: only the checks that need it are not asked', async (name, value, unasked) => {
    const { result } = await preflight({ inputs: { [name]: value } });
    const named = result.checks.filter(
      ({ message }) => message === 'Not asked: an input that it needs is wrong; see inputs.',
    );

    expect(named.map(({ check }) => check)).toEqual(unasked);
  });
});

describe('several images', () => {
  const images = (count: number) =>
    Array.from({ length: count }, (_, at) => `registry.example.com/shop/cart:${at}`).join('\n');

  test('are one line, which names those that differ', async () => {
    const run = await preflight({
      inputs: { ...NO_IMAGE, images: 'registry.example.com/shop/cart:7\nregistry.example.com/team/tool:1' },
    });

    expect(run.failed).toEqual(['scope']);
    expect(run.check('scope').message).toBe(
      'registry.example.com/team/tool:1: Not covered by the registry settings: the entry is for "shop/*" (1 of 2).',
    );
  });

  test('are asked about together, within a share of the rate limit', async () => {
    const run = await preflight({ inputs: { ...NO_IMAGE, images: images(500) } });
    const reads = readsOf(run);

    expect(run.failed).toEqual([]);
    expect(reads.length).toBeLessThanOrEqual(12);
    expect(reads.every((request) => request.length < 8_000)).toBe(true);
    expect(run.check('registry-spelling').message).toMatch(/more: Not asked/);
  });

  test('are none: what needs an image is unknown', async () => {
    const run = await preflight({ inputs: NO_IMAGE });

    expect(run.failed).toEqual([]);
    expect(run.check('image')).toMatchObject({ state: 'cannot-tell', message: 'No image is given.' });
  });
});

describe('a proxy variable that cannot be used', () => {
  test('is a mistake in the inputs, and nothing is sent', async () => {
    const run = await preflight({ environment: { HTTPS_PROXY: 'proxy.example:3128' } });

    expect(run.failed).toEqual(['inputs']);
    expect(run.requests).toEqual([]);
  });
});

describe('what else answers show', () => {
  test('the rate limit that is left, if a header says so', async () => {
    const run = await preflight({
      replies: {
        'GET registry': { json: null, headers: { 'x-ratelimit-remaining': '21', 'total-count': '0' } },
      },
    });

    expect(run.check('read-report').message).toMatch(/no image\. Requests left before the limit: 21\./);
  });

  test('an API version that is newer than the Console, and answered all the same', async () => {
    const run = await preflight({ inputs: { 'api-version': '34.04' } });

    expect(run.failed).toEqual([]);
    expect(run.check('api-version')).toMatchObject({ state: 'ok', fix: 'Give api-version 32.07.' });
  });

  test('that a scan of now would be accepted by its age', async () => {
    const run = await preflight({ inputs: { 'max-scan-age': '4h' } });

    expect(run.check('image').message).toMatch(/max-scan-age would accept it/);
  });

  test('no credential of the registry settings', async () => {
    const { result } = await preflight();

    expect(JSON.stringify(result.checks)).not.toContain('never-shown');
  });

  test('an exception that is about to expire', async () => {
    const run = await preflight({
      inputs: { exceptions: 'accepted.yml' },
      files: { 'accepted.yml': '- id: CVE-2026-1\n  reason: not reachable\n  until: 2026-11-28\n' },
    });

    expect(run.check('exceptions')).toMatchObject({
      state: 'ok',
      message: 'CVE-2026-1 (until 2026-11-28) expires within a week.',
    });
  });
});

describe('a Console that stalls', () => {
  const STALLING = ['GET _ping', 'POST authenticate', 'GET version', 'GET registry', 'GET registry/progress'];

  test('every call: all checks end within ten seconds, and the address fails', async () => {
    const run = await preflight({ replies: { 'any call': 'stalls' } });

    expect(run.tookMs).toBeLessThan(10_000);
    expect(run.failed).toEqual(['address']);
    expect(run.result.checks).toHaveLength(NAMES.length);
  });

  test.each([...STALLING, 'GET settings/registry', 'GET statuses/registry', 'GET defenders/names'])(
    'at %s: all checks end within ten seconds',
    async (call) => {
      const run = await preflight({ replies: { [call]: 'stalls' } });

      expect(run.tookMs).toBeLessThan(10_000);
      expect(run.result.checks).toHaveLength(NAMES.length);
      expect(run.failed.length > 0).toBe(
        ['GET settings/registry', 'GET statuses/registry', 'GET defenders/names', 'GET version'].every(
          (optional) => optional !== call,
        ),
      );
    },
  );

  test('in the registry: the checks end within ten seconds, and those of the Console are as ever', async () => {
    const run = await preflight({
      inputs: { digest: 'registry' },
      others: (clock) => (host) => (host === 'registry.example.com' ? stalling(clock) : undefined),
    });

    expect(run.tookMs).toBeLessThan(10_000);
    expect(run.check('digest').state).not.toBe('ok');
    expect(run.failed.filter((name) => name !== 'digest')).toEqual([]);
  });

  test('each call for three seconds: what was answered is reported, and the rest is unknown', async () => {
    const run = await preflight({ replies: slow(2_900) });

    expect(run.tookMs).toBeLessThan(10_000);
    expect(run.failed).toEqual([]);
    expect(run.check('address').state).toBe('ok');
    expect(run.check('log-in').state).toBe('ok');
  });

  test('a shorter timeout ends it earlier', async () => {
    const run = await preflight({ replies: { 'any call': 'stalls' }, inputs: { timeout: '2s' } });

    expect(run.tookMs).toBeLessThanOrEqual(2_000);
  });

  test('and is cancelled: the run ends at once', async () => {
    const cancellation = new AbortController();
    cancellation.abort(new Error('stop'));
    const run = await preflight({ replies: { 'any call': 'stalls' }, signal: cancellation.signal });

    expect(run.result.decision.verdict).toBe('cancelled');
    expect(run.tookMs).toBe(0);
  });
});
