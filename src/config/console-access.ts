import { type ConsoleAddress, lacksTenantPath, parseConsoleUrl } from '../console/address.ts';
import { type Credentials, isToken } from '../console/session.ts';
import type { Files } from '../host.ts';
import { certificatesIn, type TlsOptions } from '../http/tls.ts';
import { sanitize } from '../text/sanitize.ts';
import { MISSING_SECRET, unexpandedHint } from './hints.ts';
import { type InputReader, shown } from './input-reader.ts';

const NO_ADDRESS: ConsoleAddress = { base: 'https://localhost', apiVersion: '', project: '' };

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
  if (sanitize(project) !== project) reader.refuseValue('project', 'the name of a project');
  return { base: readBase(reader), apiVersion: version ?? '', project };
}

function readBase(reader: InputReader): string {
  const text = reader.text('console-url');
  if (text === '') {
    reader.refuse(`Input console-url is empty; expected https://HOST[:PORT][/PATH]. ${MISSING_SECRET}`);
    return NO_ADDRESS.base;
  }
  const parsed = parseConsoleUrl(text);
  if ('wrong' in parsed) {
    const value = parsed.printable === undefined ? '' : `(${shown(parsed.printable)}) `;
    const hint = parsed.printable === undefined ? '' : unexpandedHint(parsed.printable);
    reader.refuse(`Input console-url ${value}${parsed.wrong}${hint === '' ? '' : ` ${hint}`}`);
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
  if (token !== '') {
    if (username !== '' || password !== '') {
      const other = username === '' ? 'password' : 'username';
      reader.refuse(
        `Inputs token and ${other} are both given. Give one way to log in: token, or username and password.`,
      );
    }
    if (!/^[\x21-\x7e]+$/.test(token)) {
      const hint = /^bearer\s/i.test(token) ? ' Leave out the word Bearer.' : '';
      reader.refuse(
        `Input token contains a character that no token has, such as a space or a line break.${hint}`,
      );
    } else if (!isToken(token)) {
      reader.refuse(
        'Input token is too short to be a token, or is a word. Give the value that the Console returned, such as eyJhbGciOi….',
      );
    }
    return { kind: 'token', token };
  }
  if (username === '' || password === '') refuseMissing(username, password, reader);
  return { kind: 'login', username, password };
}

function refuseMissing(username: string, password: string, reader: InputReader): void {
  if (username === '' && password === '') {
    reader.refuse(
      `Inputs username, password and token are all empty; expected username and password, or token. ${MISSING_SECRET}`,
    );
    return;
  }
  const [missing, present] = username === '' ? ['username', 'password'] : ['password', 'username'];
  reader.refuse(`Input ${missing} is empty, but ${present} is given; expected both. ${MISSING_SECRET}`);
}

/** Reads how certificates are checked: `ca-cert` and `insecure-skip-tls-verify`. */
export function readTls(reader: InputReader, files: Pick<Files, 'read'>): TlsOptions {
  const verify = !reader.flag('insecure-skip-tls-verify');
  const extraCas = readCas(reader, files);
  if (!verify) {
    reader.warn(
      'insecure-skip-tls-verify is true: no certificate is checked, so anyone on the network path can pose as the ' +
        `Console and pass the image.${extraCas === '' ? '' : ' ca-cert has no effect.'}`,
    );
  }
  return { extraCas, verify };
}

const PEM_BEGIN = '-----BEGIN';

function readCas(reader: InputReader, files: Pick<Files, 'read'>): string {
  const given = reader.text('ca-cert');
  if (given === '') return '';
  const isPem = given.includes(PEM_BEGIN);
  const pem = isPem ? given : reader.file('ca-cert', given, 'PEM text, or the path of a PEM file', files);
  if (pem === undefined || certificatesIn(pem) !== undefined) return pem ?? '';
  const what = isPem ? 'is PEM text' : `names the file ${shown(given)}`;
  const keyHint = pem.includes('PRIVATE KEY-----') ? ' A private key does not belong here.' : '';
  const isOneLine = pem.includes(PEM_BEGIN) && !pem.trim().includes('\n');
  const hint = isOneLine
    ? ' The line breaks of the PEM text are lost; in YAML, write ca-cert: | and indent the text.'
    : '';
  reader.refuse(
    `Input ca-cert ${what} without a certificate, or with a broken one; expected -----BEGIN CERTIFICATE----- … ` +
      `-----END CERTIFICATE-----, or the path of a file with that.${keyHint}${hint}`,
  );
  return '';
}
