import type { CallError } from '../http/call-error.ts';
import { objectAt, optionalTextAt, parseJson } from '../http/decode.ts';
import type { HttpResponse } from '../http/transport.ts';
import { quoted } from '../text/sanitize.ts';
import { type Challenge, isTrustedRealm, parseChallenges } from './challenge.ts';
import type { FindCredential, FoundCredential, RegistryCredential } from './docker-config.ts';
import { type Endpoint, endpointName } from './endpoint.ts';
import { registryError, statusFailure } from './registry-error.ts';
import { attemptName, type Sender } from './sender.ts';

interface AuthenticatorEnvironment {
  readonly send: Sender;
  readonly findCredential: FindCredential;
  readonly redact: (text: string) => string;
  readonly addSecret: (secret: string) => void;
}

/** The only scope that is requested, whatever the registry proposes: pulling. */
const PULL_SCOPE = /^repository:[^\s:]+(?::\d+[^\s:]*)?:pull$/;

const CLIENT_ID = 'registry-scan-gate';

/** The `Authorization` headers of the run: one for each repository, obtained when the registry first requires it. */
export class Authenticator {
  readonly #environment: AuthenticatorEnvironment;
  readonly #headers = new Map<string, Promise<string>>();
  readonly #credentials = new Map<string, Promise<FoundCredential>>();

  constructor(environment: AuthenticatorEnvironment) {
    this.#environment = environment;
  }

  /** The header for the next request; undefined before the registry has required one. */
  async header(endpoint: Endpoint): Promise<string | undefined> {
    return this.#headers.get(endpointName(endpoint));
  }

  /**
   * A header in answer to a 401, for one more attempt. Requests that were refused with the same header share a new
   * one. Rejects with a `CallError` if no header can be obtained.
   */
  async answer(endpoint: Endpoint, refusal: HttpResponse, refused: string | undefined): Promise<string> {
    const key = endpointName(endpoint);
    const current = this.#headers.get(key);
    if (current !== undefined) {
      const header = await current;
      if (header !== refused) return header;
      const other = this.#headers.get(key);
      if (other !== undefined && other !== current) return other;
    }
    const renewed = this.#obtain(endpoint, parseChallenges(refusal.headers['www-authenticate']));
    this.#headers.set(key, renewed);
    // A failure of the token server is not kept for the run.
    renewed.catch(() => {
      if (this.#headers.get(key) === renewed) this.#headers.delete(key);
    });
    return renewed;
  }

  /** The origin of the credentials, for the message of a refusal. */
  async advice(endpoint: Endpoint): Promise<string> {
    return (await this.#found(endpoint)).origin;
  }

  #found(endpoint: Endpoint): Promise<FoundCredential> {
    const key = endpointName(endpoint);
    const found = this.#credentials.get(key) ?? this.#environment.findCredential(endpoint);
    this.#credentials.set(key, found);
    return found;
  }

  /** Looks for credentials again if none were found before: a helper may give some now. */
  async #foundAnew(endpoint: Endpoint): Promise<FoundCredential> {
    const known = await this.#credentials.get(endpointName(endpoint));
    if (known?.credential === undefined) this.#credentials.delete(endpointName(endpoint));
    return this.#found(endpoint);
  }

  async #obtain(endpoint: Endpoint, challenges: readonly Challenge[]): Promise<string> {
    const { credential, origin } = await this.#foundAnew(endpoint);
    if (credential?.kind === 'registry-token') return `Bearer ${credential.token}`;
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    const realm = realmOf(bearer);
    if (bearer !== undefined && realm !== undefined && isTrustedRealm(endpoint.origin, realm)) {
      return `Bearer ${await this.#token(endpoint, bearer, realm, credential, origin)}`;
    }
    const isBasicOffered = challenges.some(({ scheme }) => scheme === 'basic');
    if (isBasicOffered && credential?.kind === 'password') return basicHeader(credential);
    throw bearer === undefined ? noWayIn(endpoint, isBasicOffered, origin) : untrustedRealm(endpoint, realm);
  }

  async #token(
    endpoint: Endpoint,
    { parameters }: Challenge,
    realm: URL,
    credential: RegistryCredential | undefined,
    origin: string,
  ): Promise<string> {
    const proposed = parameters.get('scope') ?? '';
    const scope = PULL_SCOPE.test(proposed) ? proposed : `repository:${endpoint.repository}:pull`;
    const service = parameters.get('service') || undefined;
    const request =
      credential?.kind === 'identity-token'
        ? refreshRequest(realm, service, scope, credential.token)
        : tokenRequest(realm, service, scope, credential);
    const { send, redact, addSecret } = this.#environment;
    const response = await send(request);
    const failure = statusFailure(attemptName(request), response, redact, origin);
    if (failure !== undefined) throw failure;
    const token = tokenIn(response.body);
    if (token === undefined) {
      throw registryError(
        'invalid-response',
        `${attemptName(request)}: the answer has no token that can be sent`,
      );
    }
    addSecret(token);
    return token;
  }
}

function noWayIn({ registry }: Endpoint, isBasicOffered: boolean, origin: string): CallError {
  const what = isBasicOffered
    ? 'requests a user and a password'
    : 'refuses the request, and offers no known way to authenticate';
  return registryError('unauthorized', `${registry} ${what}`, { hint: origin });
}

function untrustedRealm({ registry }: Endpoint, realm: URL | undefined): CallError {
  const server = realm === undefined ? 'something that is no address' : quoted(realm.origin);
  return registryError(
    'unauthorized',
    `${registry} requests a token from ${server}, which is not https or not on its own host or domain`,
    { hint: 'No credentials were sent.' },
  );
}

function realmOf(challenge: Challenge | undefined): URL | undefined {
  const realm = challenge?.parameters.get('realm') ?? '';
  if (!URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  return url.hostname === '' ? undefined : url;
}

function basicHeader({
  username,
  password,
}: {
  readonly username: string;
  readonly password: string;
}): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function tokenRequest(
  realm: URL,
  service: string | undefined,
  scope: string,
  credential: RegistryCredential | undefined,
): Parameters<Sender>[0] {
  const url = new URL(realm);
  url.hash = '';
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  const headers = credential?.kind === 'password' ? { authorization: basicHeader(credential) } : {};
  return { method: 'GET', url, headers: { accept: 'application/json', ...headers } };
}

function refreshRequest(
  realm: URL,
  service: string | undefined,
  scope: string,
  token: string,
): Parameters<Sender>[0] {
  const url = new URL(realm);
  url.hash = '';
  const form = {
    grant_type: 'refresh_token',
    service: service ?? '',
    scope,
    client_id: CLIENT_ID,
    refresh_token: token,
  };
  return {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  };
}

/** The token in a response. A text with characters that a header cannot carry is not a token. */
function tokenIn(body: Uint8Array): string | undefined {
  try {
    const json = objectAt(parseJson(body), 'token');
    const token = optionalTextAt(json.token, 'token') || optionalTextAt(json.access_token, 'access_token');
    return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
