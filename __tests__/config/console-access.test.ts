import { describe, expect, test } from '@jest/globals';
import { createAuthority } from 'compute-console-emulator/certificates';
import { configOf, problemsOf, warningsOf } from './reading.ts';

const MISSING =
  'A secret arrives empty if its name is misspelt, or if this run has no access to it (a pull request from a fork has none).';

describe('The address', () => {
  test.each([
    ['32.07', '32.07'],
    ['v32.07', '32.07'],
    ['v1', '1'],
    ['34.04.145', '34.04.145'],
  ])('takes the version %s', async (version, expected) => {
    expect((await configOf({ 'api-version': version })).address.apiVersion).toBe(expected);
  });

  test.each(['latest', '../..', '32.', 'v', '32.07/x', '1234'])('refuses the version %s', async (version) => {
    expect(await problemsOf({ 'api-version': version })).toEqual([
      `Input api-version is "${version}"; expected a version such as 32.07 or v32.07.`,
    ]);
  });

  test('warns of a version that YAML read as a number', async () => {
    expect(await warningsOf({ 'api-version': '34.1' })).toEqual([
      `Input api-version is "34.1", but the Console's versions have two digits behind the dot. In YAML, put the version ` +
        'in quotes: 34.10 without quotes becomes 34.1.',
    ]);
  });

  test('keeps its path, and the project', async () => {
    const { address } = await configOf({
      'console-url': 'https://us-east1.cloud.twistlock.com/us-2-158254964/api/v1/registry?x=1',
      project: 'blue team',
    });
    expect(address).toEqual({
      base: 'https://us-east1.cloud.twistlock.com/us-2-158254964',
      apiVersion: '32.07',
      project: 'blue team',
    });
  });

  test('warns if SaaS lacks the path of the tenant', async () => {
    expect(await warningsOf({ 'console-url': 'https://us-east1.cloud.twistlock.com' })).toEqual([
      'Input console-url has no path, but a Console on SaaS has one for each tenant, such as ' +
        'https://us-east1.cloud.twistlock.com/us-2-158254964.',
    ]);
  });

  test.each([
    [{ 'console-url': '' }, `Input console-url is empty; expected https://HOST[:PORT][/PATH]. ${MISSING}`],
    [
      { 'console-url': 'console.example.com' },
      'Input console-url ("console.example.com") is not an address; expected https://HOST[:PORT][/PATH]. Did you mean ' +
        'https://console.example.com?',
    ],
    [
      { 'console-url': 'https://app.prismacloud.io/compute?id=1' },
      'Input console-url ("https://app.prismacloud.io/compute") is an address of the Prisma Cloud platform, not of its ' +
        'Compute Console. Give the address that the Console shows as "Path to Console" (Manage > System > Utilities), ' +
        'such as https://us-east1.cloud.twistlock.com/us-2-158254964.',
    ],
    [
      { 'console-url': 'https://ci:pw@console.example.com' },
      'Input console-url contains a user or a password. Give them in username and password.',
    ],
    [
      { 'console-url': '"https://console.example.com"' },
      'Input console-url (""https://console.example.com"") is not an address; expected https://HOST[:PORT][/PATH]. Leave ' +
        'out the quotation marks.',
    ],
    [
      { 'console-url': '$CONSOLE_URL' },
      'Input console-url ("$CONSOLE_URL") is not an address; expected https://HOST[:PORT][/PATH]. It contains a variable or ' +
        'an expression that was not expanded.',
    ],
    [{ project: 'a\nb' }, 'Input project is "a b"; expected the name of a project.'],
  ])('refuses %j', async (change, problem) => {
    expect(await problemsOf(change)).toEqual([problem]);
  });
});

describe('The log-in', () => {
  test('may be a token', async () => {
    const { credentials } = await configOf({ username: '', password: '', token: 'abc.def.ghi' });
    expect(credentials).toEqual({ kind: 'token', token: 'abc.def.ghi' });
  });

  test.each([
    [
      { username: '', password: '' },
      `Inputs username, password and token are all empty; expected username and password, or token. ${MISSING}`,
    ],
    [{ username: '' }, `Input username is empty, but password is given; expected both. ${MISSING}`],
    [{ password: ' ' }, `Input password is empty, but username is given; expected both. ${MISSING}`],
    [
      { token: 'abc.def.ghi' },
      'Inputs token and username are both given. Give one way to log in: token, or username and password.',
    ],
    [
      { token: 'abc.def.ghi', username: '' },
      'Inputs token and password are both given. Give one way to log in: token, or username and password.',
    ],
    [
      { token: 'passed', username: '', password: '' },
      'Input token is too short to be a token, or is a word. Give the value that the Console returned, such as eyJhbGciOi….',
    ],
    [
      { token: 'abc\ndef', username: '', password: '' },
      'Input token contains a character that no token has, such as a space or a line break.',
    ],
    [
      { token: 'Bearer abc', username: '', password: '' },
      'Input token contains a character that no token has, such as a space or a line break. Leave out the word Bearer.',
    ],
  ])('refuses %j', async (change, problem) => {
    expect(await problemsOf(change)).toEqual([problem]);
  });
});

describe('The trusted CAs', () => {
  const pem = createAuthority().then(({ cert }) => cert);
  const EXPECTED =
    'without a certificate, or with a broken one; expected -----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----, or ' +
    'the path of a file with that.';

  test('are PEM text or a file of it', async () => {
    const text = (await pem).trim();
    expect((await configOf({ 'ca-cert': text })).tls).toEqual({ extraCas: text, verify: true });
    expect((await configOf({ 'ca-cert': 'ca.pem' }, { files: { 'ca.pem': text } })).tls.extraCas).toBe(text);
  });

  test.each([
    [
      'ca.pem',
      `Input ca-cert names the file "ca.pem", which cannot be read (ENOENT: no such file or directory, open 'ca.pem'); ` +
        'expected PEM text, or the path of a PEM file. A file of the repository is there only after the repository was ' +
        'checked out.',
    ],
    ['empty.pem', `Input ca-cert names the file "empty.pem" ${EXPECTED}`],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', `Input ca-cert is PEM text ${EXPECTED}`],
    [
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
      `Input ca-cert is PEM text ${EXPECTED} A private key does not belong here.`,
    ],
    [
      '-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----',
      `Input ca-cert is PEM text ${EXPECTED} The line breaks of the PEM text are lost; in YAML, write ca-cert: | and ` +
        'indent the text.',
    ],
  ])('are not %s', async (given, problem) => {
    expect(await problemsOf({ 'ca-cert': given }, { files: { 'empty.pem': '' } })).toEqual([problem]);
  });

  test('are not checked if insecure-skip-tls-verify says so, with a warning', async () => {
    const { tls, warnings } = await configOf({ 'insecure-skip-tls-verify': 'true', 'ca-cert': await pem });
    expect(tls.verify).toBe(false);
    expect(warnings).toEqual([
      'insecure-skip-tls-verify is true: no certificate is checked, so anyone on the network path can pose as the ' +
        'Console and pass the image. ca-cert has no effect.',
    ]);
  });

  test.each([
    ['yes', ' Did you mean true?'],
    ['True', ' Did you mean true?'],
    ['0', ' Did you mean false?'],
    ['perhaps', ''],
  ])('are checked or not, but never %s', async (value, hint) => {
    expect(await problemsOf({ 'insecure-skip-tls-verify': value })).toEqual([
      `Input insecure-skip-tls-verify is "${value}"; expected true or false.${hint}`,
    ]);
  });
});
