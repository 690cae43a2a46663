import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createAuthority } from 'compute-console-emulator/certificates';
import { KEEPER } from './registry.ts';

const ISSUER = 'octo-tokens';
const SERVICE = 'octo-registry';
const REFRESH_TOKEN = 'identity-of-the-keeper-Jd8';
const LIFETIME_S = 300;

/** A token server as registries of Docker's kind trust one: it signs what a user may do with a key that they know. */
export class TokenServer {
  /** The identity token in the keeper's docker config after a login that gave one. */
  readonly identityToken = REFRESH_TOKEN;
  /** The scopes that were asked for, and by whom. */
  readonly requests: { readonly user: string; readonly scope: string }[] = [];
  readonly #server: Server;
  readonly #key: string;
  readonly #certificate: X509Certificate;
  readonly #authorityFile: string;

  private constructor(key: string, certificate: X509Certificate, authorityFile: string) {
    this.#key = key;
    this.#certificate = certificate;
    this.#authorityFile = authorityFile;
    this.#server = createServer((request, response) => {
      let form = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        form += text;
      });
      request.on('end', () => this.#answer(request, new URLSearchParams(form), response));
    });
  }

  static async start(folder: string): Promise<TokenServer> {
    const authority = await createAuthority();
    const { key, cert } = await authority.issue();
    const authorityFile = `${folder}/token-authority.pem`;
    await writeFile(authorityFile, authority.cert);
    const server = new TokenServer(key, new X509Certificate(cert), authorityFile);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** The value of `auth` in the registry's configuration. */
  get auth(): object {
    return {
      token: { realm: this.#address, service: SERVICE, issuer: ISSUER, rootcertbundle: this.#authorityFile },
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #address(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${address === null || typeof address === 'string' ? 0 : address.port}/token`;
  }

  /** The keeper may do everything, and everyone may pull what is below `public/`. */
  #answer(request: IncomingMessage, form: URLSearchParams, response: ServerResponse): void {
    const { searchParams } = new URL(request.url ?? '/', this.#address);
    const parameters = request.method === 'POST' ? form : searchParams;
    const user = userOf(request, form);
    if (user === undefined) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'wrong user or password' }] }));
      return;
    }
    const scopes = parameters.getAll('scope').flatMap((scope) => scope.split(' '));
    for (const scope of scopes) this.requests.push({ user, scope });
    const access = scopes.flatMap((scope) => {
      const [type = '', name = '', actions = ''] = scope.split(':');
      const asked = actions.split(',');
      const isFree = name.startsWith('public/');
      const allowed =
        user === KEEPER.username ? asked : asked.filter((action) => isFree && action === 'pull');
      return allowed.length === 0 ? [] : [{ type, name, actions: allowed }];
    });
    const token = this.#sign(user, access);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(request.method === 'POST' ? { access_token: token } : { token }));
  }

  #sign(user: string, access: readonly object[]): string {
    const nowS = Math.floor(Date.now() / 1_000);
    const header = { typ: 'JWT', alg: 'ES256', x5c: [this.#certificate.raw.toString('base64')] };
    const claims = {
      iss: ISSUER,
      sub: user,
      aud: SERVICE,
      // The clocks are the same, but they count in whole seconds.
      nbf: nowS - 5,
      iat: nowS,
      exp: nowS + LIFETIME_S,
      jti: randomUUID(),
      access,
    };
    const content = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const key = createPrivateKey(this.#key);
    const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
    return `${content}.${signature.toString('base64url')}`;
  }
}

/** The user who asks; undefined for wrong credentials. */
function userOf({ method, headers }: IncomingMessage, form: URLSearchParams): string | undefined {
  if (method === 'POST') return form.get('refresh_token') === REFRESH_TOKEN ? KEEPER.username : undefined;
  if (headers.authorization === undefined) return 'anonymous';
  const [, encoded = ''] = headers.authorization.split(' ');
  const isKeeper = Buffer.from(encoded, 'base64').toString() === `${KEEPER.username}:${KEEPER.password}`;
  return isKeeper ? KEEPER.username : undefined;
}
