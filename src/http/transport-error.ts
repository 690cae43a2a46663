/**
 * The reason why no complete response came. `unresolved`: the host name has no address. `refused`: nothing listens
 * there. `proxy`: no tunnel through the proxy. `not-tls`: the peer speaks something else on a port for TLS. `tls`: a
 * certificate or the handshake. `connection`: any other failure of the connection.
 */
type TransportFailure =
  | 'timeout'
  | 'unresolved'
  | 'refused'
  | 'proxy'
  | 'not-tls'
  | 'tls'
  | 'connection'
  | 'too-large';

/** No response came, or only a part of it. `cause` is Node's error. */
export class TransportError extends Error {
  readonly kind: TransportFailure;
  /** Node's or OpenSSL's code, or the status of a proxy's refusal; undefined without one. */
  readonly code: string | undefined;

  constructor(
    kind: TransportFailure,
    code: string | undefined,
    message: string,
    options?: { readonly cause: unknown },
  ) {
    super(message, options);
    this.name = 'TransportError';
    this.kind = kind;
    this.code = code;
  }
}

const UNRESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/** OpenSSL's errors for a peer whose first bytes are not TLS, such as a plain HTTP server. */
const NOT_TLS = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_UNKNOWN_PROTOCOL',
]);

/**
 * OpenSSL's errors for a certificate or a handshake, as Node spells them; `UNSPECIFIED` is an error without a name.
 */
const TLS_CODE =
  /^(?:CERT_|CRL_|CA_|EE_|ERROR_IN_C|INVALID_|PATH_LENGTH_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|UNSPECIFIED)/;

/** Classifies an error of Node by its code alone: texts differ between versions. */
export function transportErrorOf(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  const code = codeOf(error);
  const kind = kindOfCode(code);
  const text = error instanceof Error ? error.message : String(error);
  return new TransportError(kind, code, transportText(kind, code, text), { cause: error });
}

/** The code that Node gives an error; undefined without one. */
export function codeOf(error: unknown): string | undefined {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : undefined;
}

function kindOfCode(code: string | undefined): TransportFailure {
  if (code === undefined) return 'connection';
  if (UNRESOLVED.has(code)) return 'unresolved';
  if (code === 'ECONNREFUSED') return 'refused';
  if (NOT_TLS.has(code)) return 'not-tls';
  return TLS_CODE.test(code) ? 'tls' : 'connection';
}

function transportText(kind: TransportFailure, code: string | undefined, text: string): string {
  if (kind === 'not-tls') return 'the port does not speak TLS; it probably speaks plain HTTP';
  // OpenSSL's text has numbers and names of its source files.
  if (code?.startsWith('ERR_SSL_') === true) return `the TLS handshake failed (${code})`;
  // If every address of a host fails, Node joins the errors in one without a message of its own.
  if (text === '') return code ?? 'connection failed';
  return code === undefined || text.includes(code) ? text : `${text} (${code})`;
}
