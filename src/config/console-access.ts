import { type ConsoleAddress, lacksTenantPath, parseConsoleUrl } from '../console/address.ts';
import { type Credentials, isToken } from '../console/session.ts';
import type { Files } from '../host.ts';
import { certificatesIn, type TlsOptions } from '../http/tls.ts';
import { joined } from '../text/joined.ts';
import { sanitize } from '../text/sanitize.ts';
import { MISSING_SECRET, unexpandedHint } from './hints.ts';
import { type InputReader, shown } from './input-reader.ts';

const NO_ADDRESS: ConsoleAddress = { base: 'https://localhost', apiVersion: '1', project: undefined };

/** Reads the address of the Console: `console-url`, `api-version` and `project`. */
export function readAddress(reader: InputReader): ConsoleAddress {
  const version = /^v?(\d{1,3}(?:\.\d{1,3}){0,2})$/.exec(reader.text('api-version'))?.[1];
  if (version === undefined) reader.refuseValue('api-version', 'a version such as 32.07 or v32.07');
  else if (/^\d+\.\d$/.test(version)) {
    reader.warn(
      `Input api-version is ${shown(version)}, but the Console's versions have two digits behind the dot. In YAML, put ` +
        `the version in quotes: 34.10 without quotes becomes 34.1.`,
    );
  }
  const project = reader.text('project');
  if (project !== undefined && sanitize(project) !== project)
    reader.refuseValue('project', 'the name of a project');
  return { base: readBase(reader), apiVersion: version ?? NO_ADDRESS.apiVersion, project };
}

function readBase(reader: InputReader): string {
  const text = reader.text('console-url');
  if (text === undefined) {
    reader.refuse(`Input console-url is empty; expected https://HOST[:PORT][/PATH]. ${MISSING_SECRET}`);
    return NO_ADDRESS.base;
  }
  const parsed = parseConsoleUrl(text);
  if ('wrong' in parsed) {
    const { wrong, printable } = parsed;
    const value = printable && `(${shown(printable)})`;
    reader.refuse(joined(['Input console-url', value, wrong, printable && unexpandedHint(printable)]));
    return NO_ADDRESS.base;
  }
  if (lacksTenantPath(parsed.base)) {
    reader.warn(
      'Input console-url has no path, but a Console on SaaS has one for each tenant, such as ' +
        'https://us-east1.cloud.twistlock.com/us-2-158254964.',
    );
  }
  return parsed.base;
}

/** Reads the credentials: `token`, or `username` and `password`. */
export function readCredentials(reader: InputReader): Credentials {
  const username = reader.text('username');
  const password = reader.text('password');
  const token = reader.text('token');
  if (token === undefined) {
    if (username !== undefined && password !== undefined) return { kind: 'login', username, password };
    refuseMissing(username, password, reader);
    return NO_CREDENTIALS;
  }
  const other = username === undefined ? password && 'password' : 'username';
  if (other !== undefined) {
    reader.refuse(
      `Inputs token and ${other} are both given. Give one way to log in: token, or username and password.`,
    );
  }
  const mistake = tokenMistake(token);
  if (mistake !== undefined) reader.refuse(`Input token ${mistake}`);
  return { kind: 'token', token };
}

const NO_CREDENTIALS: Credentials = { kind: 'token', token: 'none' };

/** Continues “Input token”; undefined for a text that can be one. */
function tokenMistake(token: string): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const hint = /^bearer\s/i.test(token) ? 'Leave out the word Bearer.' : undefined;
    return joined(['contains a character that no token has, such as a space or a line break.', hint]);
  }
  return isToken(token)
    ? undefined
    : 'is too short to be a token, or is a word. Give the value that the Console returned, such as eyJhbGciOi….';
}

function refuseMissing(
  username: string | undefined,
  password: string | undefined,
  reader: InputReader,
): void {
  if (username === undefined && password === undefined) {
    reader.refuse(
      `Inputs username, password and token are all empty; expected username and password, or token. ${MISSING_SECRET}`,
    );
    return;
  }
  const [missing, present] = username === undefined ? ['username', 'password'] : ['password', 'username'];
  reader.refuse(`Input ${missing} is empty, but ${present} is given; expected both. ${MISSING_SECRET}`);
}

/** Reads how certificates are checked: `ca-cert` and `insecure-skip-tls-verify`. */
export function readTls(reader: InputReader, files: Pick<Files, 'read'>): TlsOptions {
  const verify = !reader.flag('insecure-skip-tls-verify');
  const extraCas = readCas(reader, files);
  if (!verify) {
    reader.warn(
      'insecure-skip-tls-verify is true: no certificate is checked, so anyone on the network path can pose as the ' +
        `Console and pass the image.${extraCas === undefined ? '' : ' ca-cert has no effect.'}`,
    );
  }
  return { extraCas, verify };
}

const PEM_BEGIN = '-----BEGIN';

function readCas(reader: InputReader, files: Pick<Files, 'read'>): string | undefined {
  const given = reader.text('ca-cert');
  if (given === undefined) return undefined;
  const isPem = given.includes(PEM_BEGIN);
  const pem = isPem ? given : reader.file('ca-cert', given, 'PEM text, or the path of a PEM file', files);
  if (pem === undefined || certificatesIn(pem) !== undefined) return pem;
  const what = isPem ? 'is PEM text' : `names the file ${shown(given)}`;
  const isOneLine = pem.includes(PEM_BEGIN) && !pem.trim().includes('\n');
  reader.refuse(
    joined([
      `Input ca-cert ${what} without a certificate, or with a broken one; expected -----BEGIN CERTIFICATE----- … ` +
        '-----END CERTIFICATE-----, or the path of a file with that.',
      pem.includes('PRIVATE KEY-----') ? 'A private key does not belong here.' : undefined,
      isOneLine
        ? 'The line breaks of the PEM text are lost; in YAML, write ca-cert: | and indent the text.'
        : undefined,
    ]),
  );
  return undefined;
}
