import { INPUTS, type InputName } from './config/inputs.ts';
import type { Environment } from './host.ts';

/**
 * Every text that must never be printed, whatever else is wrong with the inputs: the secret inputs, the
 * credentials of a proxy, and those that stand in `console-url` by mistake.
 */
export function secretsIn(inputs: ReadonlyMap<string, string>, environment: Environment): readonly string[] {
  const text = (name: InputName): string => inputs.get(name)?.trim() ?? '';
  const secrets: InputName[] = INPUTS.filter(({ isSecret }) => isSecret).map(({ name }) => name);
  const login = { username: text('username'), password: text('password') };
  return secretForms([...secrets.map(text), ...secretsInAddress(text('console-url'))], login, environment);
}

function secretsInAddress(address: string): readonly string[] {
  const [, user = '', password = ''] = /^(?:[a-z]+:\/\/)?([^/?#@:]*)(?::([^/?#]*))?@/i.exec(address) ?? [];
  return password === '' ? [user] : [password];
}

const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const;

/**
 * Every text that must never be printed: secrets, the pair of user and password, and the credentials of a
 * proxy, as they are and in the forms that headers and addresses give them.
 */
export function secretForms(
  secrets: readonly string[],
  login: { readonly username: string; readonly password: string },
  environment: Environment,
): readonly string[] {
  const proxies = PROXY_VARIABLES.flatMap((name) => proxyCredentials(environment[name] ?? ''));
  const texts = [
    ...secrets.flatMap(formsOf),
    ...basic([login.username, login.password]),
    ...proxies.flatMap((pair) => [...formsOf(pair[1]), ...basic(pair)]),
  ];
  return [...new Set(texts)].filter((text) => text !== '');
}

/** A secret as it is, and as addresses, forms, JSON and headers write it. */
export function formsOf(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    json,
    json.replace(/[<>&\u2028\u2029]/g, escaped),
    json.replace(/[^ -~]/g, escaped),
    json.replace(/[^ -~]|[<>&]/g, escaped),
    JSON.stringify(json).slice(1, -1),
    ...base64Of(secret),
  ];
}

/** As Go's encoder writes what it does not write as it is. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function base64Of(text: string): readonly string[] {
  if (text === '') return [];
  const base64 = Buffer.from(text).toString('base64');
  return [base64, base64.replace(/={1,2}$/, ''), Buffer.from(text).toString('base64url')];
}

/** The credentials of basic authentication, as a header carries them; none without a password. */
function basic([user, password]: readonly [string, string]): readonly string[] {
  return password === '' ? [] : base64Of(`${user}:${password}`);
}

/** User and password in the address of a proxy, which may lack its scheme. */
function proxyCredentials(address: string): readonly (readonly [string, string])[] {
  const text = /^[a-z]+:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(text)) return [];
  const { username, password } = new URL(text);
  return [
    [username, password],
    [decoded(username), decoded(password)],
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
