import { describe, expect, test } from '@jest/globals';
import { problemsOf, warningsOf } from './reading.ts';

const of = (https_proxy: string, more: Record<string, string> = {}) => ({
  environment: { https_proxy, ...more },
});

const NO_ADDRESS =
  'is not the address of a proxy; expected http://[USER:PASSWORD@]HOST:PORT. In user and password, write / as %2F, # as ' +
  '%23, @ as %40, % as %25.';

describe('The address of a proxy', () => {
  test.each([
    '',
    'http://proxy.example:3128',
    'HTTP://proxy.example:3128/',
    'http://user:p%25ss@proxy.example:3128',
    'http://proxy.example',
    '127.0.0.1:3128',
  ])('may be %j', async (address) => {
    expect(await warningsOf({}, of(address))).toEqual([]);
  });

  test.each([
    [
      'http://user:50%off@proxy.example:3128',
      'has a % in its user or password that begins no percent-encoded character; write % as %25.',
    ],
    [
      'http://user:100%@proxy.example:3128',
      'has a % in its user or password that begins no percent-encoded character; write % as %25.',
    ],
    ['proxy.example:3128', 'does not begin with http://; expected http://[USER:PASSWORD@]HOST:PORT.'],
    [
      'user:s3cr3t@proxy.example:3128',
      'does not begin with http://; expected http://[USER:PASSWORD@]HOST:PORT.',
    ],
    [
      'socks5://proxy.example:1080',
      'does not begin with http://; expected http://[USER:PASSWORD@]HOST:PORT.',
    ],
    ['http://user:s3cr3t/1@proxy.example:3128', NO_ADDRESS],
    ['http://user:1/s3cr3t@proxy.example:3128', NO_ADDRESS],
    ['http://', NO_ADDRESS],
    ['http://proxy example:3128', NO_ADDRESS],
  ])('is not %s, which would be left aside without a word', async (address, wrong) => {
    const problems = await problemsOf({}, of(address));
    expect(problems).toEqual([`Environment variable https_proxy ${wrong} Correct or unset it.`]);
    expect(problems.join('')).not.toMatch(/s3cr3t|50%|100%/);
  });

  test('is refused with https://, and is not in use for a Console on loopback', async () => {
    const address = of('https://proxy.example:3128');
    expect(await problemsOf({}, address)).toEqual([
      'Environment variable https_proxy names a proxy with https://; the connection to the proxy itself has to be ' +
        'http://. What goes through it to the Console is encrypted all the same.',
    ]);
    expect(await problemsOf({ 'console-url': 'http://127.0.0.1:8083' }, address)).toEqual([]);
  });

  test('is that of https_proxy before that of HTTPS_PROXY, and http_proxy is not used', async () => {
    const problems = await problemsOf({}, { environment: { HTTPS_PROXY: 'http://%@x', http_proxy: '::' } });
    expect(problems).toEqual([expect.stringContaining('Environment variable HTTPS_PROXY has a %')]);
    expect(await problemsOf({}, of('http://proxy.example:1', { HTTPS_PROXY: '%' }))).toEqual([]);
  });
});

describe('The exemptions from the proxy', () => {
  const proxy = 'https://proxy.example:3128';
  const at = (host: string) => ({ 'console-url': `https://${host}` });

  test.each([
    ['console.example.com', 'localhost, CONSOLE.example.com'],
    ['console.example.com', '.example.com'],
    ['console.example.com', 'example.com'],
    ['console.example.com', '*'],
    ['console.example.com:8083', 'console.example.com:8083'],
    ['console.example.com', 'console.example.com:443'],
    ['10.1.2.3', '10.1.2.3'],
  ])('lead to %s directly if they are %s', async (host, no_proxy) => {
    expect(await problemsOf(at(host), of(proxy, { no_proxy }))).toEqual([]);
  });

  test.each([
    ['console.example.com', '*.example.com'],
    ['console.example.com', 'other.example console.example.com'],
    ['console.example.com', 'other.example *.example.com'],
    ['10.1.2.3', '10.0.0.0/8'],
    ['[2001:db8::7]', '2001:db8::/32'],
  ])('are warned of if %s is meant by %s, which does not count', async (host, entry) => {
    expect(
      await warningsOf(at(host), of('http://proxy.example:3128', { NO_PROXY: `a.example,${entry}` })),
    ).toEqual([
      `Environment variable NO_PROXY has the entry "${entry.replace('::/', ': :/')}" in a form that does not count here, so ` +
        `${host} is reached through the proxy. Entries are host names, domains such as .example.com, IP addresses or *, ` +
        'with commas between them.',
    ]);
  });

  test.each([
    ['console.example.com', '10.0.0.0/8,*.example.org,a.example b.example,/,x/y,10.0.0.0/99,10.0.0.0/'],
    ['10.1.2.3', '192.168.0.0/16,::/0,10.0.0.0/33'],
    ['console.example.com', 'example.co,e.com'],
  ])('are left alone if %s is not among %s', async (host, no_proxy) => {
    expect(await warningsOf(at(host), of('http://proxy.example:3128', { no_proxy }))).toEqual([]);
    expect(await problemsOf(at(host), of(proxy, { no_proxy }))).toHaveLength(1);
  });
});
