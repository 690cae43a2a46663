import { type HttpResponse, TransportError } from '../http/transport.ts';
import { sanitize } from '../text/sanitize.ts';

export type RegistryErrorKind =
  | 'unreachable'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'invalid-response'
  | 'tls'
  | 'unsupported';

/** The registry could not be asked. The message is what was attempted, what came back, and what to do about it. */
export class RegistryError extends Error {
  readonly kind: RegistryErrorKind;
  /** Another attempt may succeed. */
  readonly isTransient: boolean;
  /** The pause that the registry asked for before another attempt, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: RegistryErrorKind,
    message: string,
    options: ErrorOptions & { readonly isTransient?: boolean; readonly retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = 'RegistryError';
    this.kind = kind;
    this.isTransient = options.isTransient === true;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What a failure of the transport means; undefined for other errors. `attempt` reads like `GET https://ghcr.io/v2/octo/app/manifests/1.0`. */
export function transportFailure(
  attempt: string,
  error: unknown,
  redact: (text: string) => string,
): RegistryError | undefined {
  if (!(error instanceof TransportError)) return undefined;
  const message = `${attempt}: ${sanitize(redact(error.message))}.`;
  switch (error.kind) {
    case 'tls':
      return new RegistryError('tls', `${message} For a private CA, set ca-cert.`, { cause: error });
    case 'too-large':
      return new RegistryError('invalid-response', message, { cause: error });
    case 'timeout':
    case 'connection':
      // A name that does not exist, and a port that nothing listens on, do not change within seconds.
      return new RegistryError('unreachable', message, {
        cause: error,
        isTransient: error.code !== 'ENOTFOUND' && error.code !== 'ECONNREFUSED',
      });
  }
}

const KINDS = new Map<number, readonly [kind: RegistryErrorKind, advice: string]>([
  [401, ['unauthorized', '']],
  [407, ['unreachable', 'A proxy asks for a user and a password; give them in the proxy variable.']],
  [403, ['forbidden', 'The credentials need permission to pull this repository.']],
  [404, ['not-found', 'The registry does not have it, or the credentials may not see it.']],
]);

/** What a status means; undefined for 200. `advice` is added where the registry refuses the credentials. */
export function statusFailure(
  attempt: string,
  response: HttpResponse,
  redact: (text: string) => string,
  advice = '',
): RegistryError | undefined {
  const { status, headers } = response;
  if (status === 200) return undefined;
  if (status >= 300 && status < 400) {
    const target = hostOf(headers.location);
    const message = `${attempt}: redirected (${status}) to ${target}; redirects are not followed.`;
    return new RegistryError('unsupported', message);
  }
  const words = registryWords(response, redact);
  const answer = `${attempt}: ${status === 407 ? 'a proxy' : 'the registry'} answered ${status}${words}.`;
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    const retryAfterMs = retryAfterOf(headers['retry-after']);
    return new RegistryError('unreachable', answer, {
      isTransient: true,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  const [kind, general] = KINDS.get(status) ?? (['invalid-response', ''] as const);
  const advices = status === 401 || status === 403 ? [general, advice] : [general];
  return new RegistryError(kind, [answer, ...advices].filter((text) => text !== '').join(' '));
}

/** The host alone: a redirection to storage carries a signature in its query. */
function hostOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? sanitize(new URL(location).host) : 'another path';
}

/** Registries explain errors as `{"errors": [{"code": "…", "message": "…"}]}`. */
function registryWords(response: HttpResponse, redact: (text: string) => string): string {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(response.body.subarray(0, 10_000)));
    const texts: string[] = [];
    JSON.stringify(body, (key, value: unknown) => {
      const isText = (key === 'code' || key === 'message' || key === 'details') && typeof value === 'string';
      if (isText && value !== '' && texts.length < 2) texts.push(value);
      return value;
    });
    return texts.length === 0 ? '' : ` (${sanitize(redact(texts.join(': ')))})`;
  } catch {
    // A page of a proxy explains nothing.
    return '';
  }
}

function retryAfterOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1_000 : undefined;
}
