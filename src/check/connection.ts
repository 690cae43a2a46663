import type { InputReading } from '../config/parse.ts';
import { type ProxyInUse, proxyInUse } from '../config/proxy.ts';
import { type ConsoleAddress, lacksTenantPath } from '../console/address.ts';
import type { Environment } from '../host.ts';
import type { CallError } from '../http/call-error.ts';
import type { ServerCertificate } from '../http/certificate.ts';
import { transportHint } from '../http/hints.ts';
import { TransportError } from '../http/transport-error.ts';
import { DAY_MS, formatDuration } from '../scan/duration.ts';
import { firstOf, plural } from '../text/plural.ts';
import { sanitize } from '../text/sanitize.ts';
import type { Answer } from './answer.ts';
import { type CheckResult, cannotTell, failed, ok } from './check-result.ts';
import { isAbsent, type Pings } from './route.ts';

/** A certificate that ends within this time gets advice. */
const RENEW_WITHIN_MS = 21 * DAY_MS;
const NAMES_SHOWN = 3;

/** Checks that the Console answers at the address. Without any ping, the log-in decides. */
export function checkAddress(
  { base, apiVersion }: ConsoleAddress,
  pings: Pings,
  logIn: Answer<unknown> | undefined,
  proxy: ProxyInUse | undefined,
): CheckResult {
  const { answer } = isAbsent(pings.given) ? pings.own : pings.given;
  const at = sanitize(base);
  if (answer.kind === 'not-asked') return cannotTell(`Not asked: ${answer.why}.`);
  if (answer.kind === 'answered') return answer.value.isPage ? pageInstead(at) : ok(`${at} answers.`);
  return checkRefusal(answer.error, base, apiVersion, logIn, proxy);
}

function checkRefusal(
  error: CallError,
  base: string,
  apiVersion: string,
  logIn: Answer<unknown> | undefined,
  proxy: ProxyInUse | undefined,
): CheckResult {
  const at = sanitize(base);
  switch (error.kind) {
    case 'tls':
      return cannotTell('The server answers, and its certificate is refused; see certificate.');
    case 'unreachable':
      return isFailureOfProxy(error, proxy)
        ? cannotTell('The proxy does not let the request through; see proxy.')
        : unreachable(at, error);
    case 'invalid-response':
      return unreachable(at, error);
    case 'not-found':
      return isThere(logIn) ? ok(`${at} answers.`) : nothingThere(base, apiVersion);
    // Any other answer comes from the API.
    case 'unauthorized':
    case 'forbidden':
    case 'bad-request':
    case 'unsupported':
    case 'rate-limited':
      return ok(`${at} answers.`);
  }
}

function pageInstead(at: string): CheckResult {
  return failed(
    `${at} answers with a web page, not with the API.`,
    'A log-in page or a proxy answers instead of the Console. Give the address that the Console shows as "Path to Console".',
  );
}

function nothingThere(base: string, apiVersion: string): CheckResult {
  return failed(
    `Nothing of the API is at ${sanitize(base)}: 404 for API ${apiVersion} and for the Console's own version.`,
    lacksTenantPath(base)
      ? 'A Console on SaaS has a path for each tenant, such as https://us-east1.cloud.twistlock.com/us-2-158254964.'
      : 'Check host, port and path of console-url: give the address that the Console shows as "Path to Console".',
  );
}

/** True if the log-in got an answer that only an API gives. */
function isThere(logIn: Answer<unknown> | undefined): boolean {
  if (logIn?.kind !== 'refused') return logIn?.kind === 'answered';
  return logIn.error.kind === 'unauthorized' || logIn.error.kind === 'forbidden';
}

function unreachable(at: string, error: CallError): CheckResult {
  if (!(error.cause instanceof TransportError)) {
    return failed(
      `${at}: ${error.what}`,
      error.kind === 'invalid-response'
        ? 'Redirects are not followed; give the address of the Console itself in console-url.'
        : 'The Console, or what is in front of it, is not ready; run the check again later.',
    );
  }
  const fix = 'Check console-url and the network; a firewall may drop what the runner sends.';
  return failed(`${at}: ${error.what}`, error.hint ?? fix);
}

/** True if the proxy refuses the tunnel, or cannot be reached itself. */
function isFailureOfProxy({ cause }: CallError, proxy: ProxyInUse | undefined): boolean {
  return proxy !== undefined && cause instanceof TransportError && cause.kind === 'proxy';
}

/** The proxy on the way to the Console; undefined without one. */
export function proxyOf(subject: {
  readonly inputs: InputReading;
  readonly environment: Environment;
}): ProxyInUse | undefined {
  return proxyInUse(subject.environment, subject.inputs.config.address.base);
}

/** Checks the proxy in use. */
export function checkProxyUse(
  proxy: ProxyInUse | undefined,
  environment: Environment,
  pings: Pings,
): CheckResult {
  if (proxy === undefined) {
    return ok(
      environment.https_proxy || environment.HTTPS_PROXY
        ? 'None for this address, although one is set.'
        : 'None.',
    );
  }
  const used = `${proxy.variable} names ${sanitize(proxy.host)}`;
  const { answer } = pings.given;
  if (answer.kind !== 'refused' || !isFailureOfProxy(answer.error, proxy)) return ok(`${used}.`);
  const fix = 'Correct the variable, or name the Console in no_proxy.';
  return failed(`${used}. ${answer.error.what}`, answer.error.hint ?? fix);
}

/** The certificate, or the reason why it was not read. */
export type CertificateReading =
  | { readonly kind: 'read'; readonly certificate: ServerCertificate }
  | { readonly kind: 'unread'; readonly why: 'no-tls' | 'proxy' | 'no-answer' };

/** Checks the Console's certificate: its names, its issuer, and its end by the runner's clock. */
export function checkCertificate(
  reading: CertificateReading,
  { given }: Pings,
  isVerified: boolean,
  nowMs: number,
): CheckResult {
  const error = given.answer.kind === 'refused' ? given.answer.error : undefined;
  if (reading.kind === 'unread') return withoutCertificate(reading.why, error, isVerified);
  const { certificate } = reading;
  const what = certificateText(certificate, nowMs);
  if (certificate.refusal !== undefined) {
    const hint = transportHint({ kind: 'tls', code: certificate.refusal }, 'Console');
    return isVerified
      ? failed(`${what} It is refused (${sanitize(certificate.refusal)}).`, hint)
      : cannotTell(
          `${what} It would be refused (${sanitize(certificate.refusal)}), but insecure-skip-tls-verify is true.`,
          'Give the CA of the Console in ca-cert, and leave insecure-skip-tls-verify out.',
        );
  }
  if (!isVerified) return ok(what, 'It is trusted: leave insecure-skip-tls-verify out.');
  const isSoon = certificate.endsAtMs - nowMs < RENEW_WITHIN_MS;
  return ok(what, isSoon ? 'Renew it before it ends.' : undefined);
}

function certificateText({ names, issuer, startsAtMs, endsAtMs }: ServerCertificate, nowMs: number): string {
  const leftMs = endsAtMs - nowMs;
  const span = Math.abs(leftMs);
  const time = span < DAY_MS ? formatDuration(span) : plural(Math.floor(span / DAY_MS), 'day');
  const ends = `${leftMs >= 0 ? `ends in ${time}` : `ended ${time} ago`} (${dayOf(endsAtMs)})`;
  const starts = startsAtMs > nowMs ? `, begins only on ${dayOf(startsAtMs)},` : '';
  const subject = names.length === 0 ? 'no name' : sanitize(firstOf(names, NAMES_SHOWN));
  return `For ${subject}, signed by ${sanitize(issuer ?? 'an issuer without a name')}${starts}; ${ends}.`;
}

function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

function withoutCertificate(
  why: Extract<CertificateReading, { readonly kind: 'unread' }>['why'],
  error: CallError | undefined,
  isVerified: boolean,
): CheckResult {
  if (error?.kind === 'tls') {
    return failed(error.what, error.hint ?? 'Correct the certificate on the Console.');
  }
  switch (why) {
    case 'no-tls':
      return ok('None: http:// on loopback.');
    case 'proxy':
      return isVerified
        ? cannotTell('It is checked with every request; its end cannot be read through the proxy.')
        : cannotTell('insecure-skip-tls-verify is true, and it cannot be read through the proxy.');
    case 'no-answer':
      return cannotTell('No TLS connection came about; see address.');
  }
}
