import { INPUTS, type InputName } from '../config/inputs.ts';
import { PROXY_VARIABLES } from '../config/proxy.ts';
import { isToken } from '../console/session.ts';
import type { Environment } from '../host.ts';

/**
 * Every secret of a run, even if its inputs are wrong: the secret inputs, user and password together as in headers,
 * and the credentials in an address or a reference, in any input or in a variable for proxies.
 */
export function secretsIn(inputs: ReadonlyMap<string, string>, environment: Environment): readonly string[] {
  const text = (name: InputName): string => inputs.get(name)?.trim() ?? '';
  const own = INPUTS.filter(({ isSecret }) => isSecret)
    // A text that is too short for a token is refused; masking a word such as passed would hide every verdict.
    .filter(({ name }) => name !== 'token' || isToken(text(name)))
    .map(({ name }) => text(name));
  const addresses = [...inputs].flatMap(([name, value]) =>
    value.split(/\s+/).flatMap((word) => logInsIn(word, ADDRESSES.has(name))),
  );
  const proxies = VARIABLES_OF_PROXIES.flatMap((name) => proxyLogIns(environment[name] ?? ''));
  const given = { user: text('username'), password: text('password') || undefined };
  const logIns = [given, ...addresses, ...proxies];
  const texts = [
    ...own,
    ...logIns.flatMap(({ user, password }) => (password === undefined ? [] : basic(user, password))),
    ...[...addresses, ...proxies].map(({ user, password }) => password ?? user),
  ];
  return [...new Set(texts)].filter((secret) => secret !== '');
}

/** Variables that may name a proxy for any program of the job. */
const VARIABLES_OF_PROXIES = [...PROXY_VARIABLES, 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];

interface LogIn {
  readonly user: string;
  /** Undefined if there is only a user, which is then a token. */
  readonly password: string | undefined;
}

/** Inputs that are an address, even without a scheme. */
const ADDRESSES: ReadonlySet<string> = new Set<InputName>(['console-url', 'registry']);

/**
 * The credentials before the @ of an address or a reference: `https://robot:secret@host`,
 * `robot:secret@host.example/repo`. An @ also precedes a digest, and the host in a user's mail address.
 */
function logInsIn(text: string, isAddress: boolean): readonly LogIn[] {
  const [, scheme, before = '', host = ''] = /^([^:/?#]*:\/\/)?(.*)@(.*)$/s.exec(text) ?? [];
  if (before === '' || /^sha\d+:/i.test(host)) return [];
  const isSure = isAddress || scheme !== undefined;
  if (!isSure && !(/^[^/:]+:[^/]+$/.test(before) && /[.:/]/.test(host))) return [];
  return spelled(splitLogIn(before));
}

function splitLogIn(text: string): LogIn {
  const colon = text.indexOf(':');
  return colon < 0
    ? { user: text, password: undefined }
    : { user: text.slice(0, colon), password: text.slice(colon + 1) || undefined };
}

/** User and password in the address of a proxy, which may lack its scheme. */
function proxyLogIns(address: string): readonly LogIn[] {
  const text = /^[a-z]+\d?:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(text)) return logInsIn(address, true);
  const { username: user, password } = new URL(text);
  return user === '' && password === '' ? [] : spelled({ user, password: password || undefined });
}

/** Credentials as spelled in the address, and decoded. */
function spelled({ user, password }: LogIn): readonly LogIn[] {
  return [
    { user, password },
    { user: percentDecoded(user), password: password && percentDecoded(password) },
  ];
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The credentials of basic authentication, as a header carries them. */
function basic(user: string, password: string): readonly string[] {
  const base64 = Buffer.from(`${user}:${password}`).toString('base64');
  return [base64, base64.replace(/={1,2}$/, '')];
}
