import { type ConsoleAddress, parseConsoleUrl } from '../console/address.ts';
import { plainText } from '../console/plain-text.ts';
import type { Credentials } from '../console/session.ts';
import { certificatesIn, type Trust } from '../console/trust.ts';
import {
  InputError,
  malformed,
  type ReadFile,
  readFlag,
  readInputFile,
  shown,
  type Text,
} from './input-text.ts';

/** Where the Console is, from `console-url`, `api-version` and `project`. */
export function readAddress(text: Text): ConsoleAddress {
  const url = text('console-url');
  if (url === '') throw new InputError('Input console-url is empty; expected https://HOST[:PORT][/PATH].');
  const parsed = parseConsoleUrl(url);
  if ('wrong' in parsed) {
    throw new InputError(`Input console-url ${parsed.isSecret ? '' : `(${shown(url)}) `}${parsed.wrong}.`);
  }
  const version = /^v?(\d{1,3}(?:\.\d{1,3}){0,2})$/.exec(text('api-version'))?.[1];
  if (version === undefined) throw malformed('api-version', text, 'a version such as 32.07 or v32.07');
  const project = text('project');
  if (plainText(project) !== project) throw malformed('project', text, 'the name of a project');
  return { base: parsed.base, apiVersion: version, project };
}

/** How to log in there: `token`, or `username` and `password`. */
export function readCredentials(text: Text): Credentials {
  const username = text('username');
  const password = text('password');
  const token = text('token');
  if (token !== '') {
    if (username !== '' || password !== '') {
      throw new InputError(
        'Inputs token and username/password contradict each other; give one way to log in.',
      );
    }
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new InputError(
        'Input token has characters in it that no token has, such as a space or a line break.',
      );
    }
    return { kind: 'token', token };
  }
  if (username === '' && password === '') {
    throw new InputError(
      'No way to log in: give the inputs username and password, or token. ' +
        'Where they come from secrets, check that these exist and may be read here.',
    );
  }
  if (username === '')
    throw new InputError('Input username is empty, but password is given; both are needed.');
  if (password === '') {
    throw new InputError(
      'Input password is empty, but username is given; both are needed. ' +
        'Where it comes from a secret, check that the secret exists and may be read here.',
    );
  }
  return { kind: 'login', username, password };
}

/** Whom to believe that they are the Console: `ca-cert` and `insecure-skip-tls-verify`. */
export function readTrust(text: Text, readFile: ReadFile): Trust {
  return { extraCa: readCa(text, readFile), verify: !readFlag('insecure-skip-tls-verify', text) };
}

function readCa(text: Text, readFile: ReadFile): string {
  const given = text('ca-cert');
  if (given === '') return '';
  const isPem = given.includes('-----BEGIN');
  const pem = isPem
    ? given
    : readInputFile('ca-cert', given, 'PEM text, or the path of a PEM file', readFile);
  if (certificatesIn(pem) !== undefined) return pem;
  const what = isPem ? 'is PEM text' : `names a file (${shown(given)})`;
  throw new InputError(
    `Input ca-cert ${what} without a certificate in it, or with a broken one; ` +
      'expected -----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----, or the path of a file with that.',
  );
}
